#include <gtest/gtest.h>

#include "api/records/record_reader.h"

namespace ishi::api {
namespace {

RowFault fault_of(std::string_view line) {
  RecordReader reader(RecordFormat::kNdjson, line);
  const Row* row = reader.next();
  return row == nullptr ? RowFault::kNone : row->fault;
}

TEST(JsonRows, FlattenScalarsListsAndOneObject) {
  RecordReader reader(RecordFormat::kNdjson,
                      "{\"token\":\"ab\",\"number\":-1.5e3,\"void\":true,\"none\":null,"
                      "\"regimes\":[\"A\",\"B\"],\"scope\":{\"holder\":\"H\",\"list\":[]}}\n");
  const Row* row = reader.next();
  ASSERT_NE(row, nullptr);
  ASSERT_EQ(row->fault, RowFault::kNone);
  EXPECT_EQ(row->text("token"), "ab");
  EXPECT_EQ(row->text("number"), "-1.5e3");
  EXPECT_EQ(row->find("number")->kind, ValueKind::kNumber);
  EXPECT_EQ(row->text("void"), "true");
  EXPECT_EQ(row->find("none")->kind, ValueKind::kNull);
  EXPECT_EQ(row->text("scope.holder"), "H");
  const auto regimes = row->list(*row->find("regimes"));
  ASSERT_EQ(regimes.size(), 2u);
  EXPECT_EQ(regimes[0], "A");
  EXPECT_EQ(regimes[1], "B");
  EXPECT_EQ(row->list(*row->find("scope.list")).size(), 0u);
  EXPECT_EQ(row->find("missing"), nullptr);
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(JsonRows, UnescapeTextsAndNames) {
  RecordReader reader(RecordFormat::kNdjson,
                      R"({"na\u006de":"\"\\\/\b\f\n\r\t\u3042\ud83d\ude00","scope":{"\u0061":"x"},"plain":"あ"})");
  const Row* row = reader.next();
  ASSERT_EQ(row->fault, RowFault::kNone);
  EXPECT_EQ(row->text("name"), "\"\\/\b\f\n\r\tあ😀");
  EXPECT_EQ(row->text("scope.a"), "x");
  EXPECT_EQ(row->text("plain"), "あ");
}

TEST(JsonRows, KeepTheirBytesAndLineNumbers) {
  const std::string body = "{\"a\":\"1\"}\r\n\n  \n {\"a\":\"2\"} \n{\"a\":\"3\"}";
  RecordReader reader(RecordFormat::kNdjson, body);
  const Row* row = reader.next();
  EXPECT_EQ(row->bytes, "{\"a\":\"1\"}\r\n");
  EXPECT_EQ(row->line, 1u);
  row = reader.next();
  EXPECT_EQ(row->bytes, " {\"a\":\"2\"} \n");
  EXPECT_EQ(row->line, 4u);
  row = reader.next();
  EXPECT_EQ(row->bytes, "{\"a\":\"3\"}");
  EXPECT_EQ(row->line, 5u);
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(JsonRows, ABadLineDoesNotTouchItsNeighbours) {
  RecordReader reader(RecordFormat::kNdjson, "{\"a\":\"1\"}\n{\"a\":\n{\"a\":\"3\"}\n");
  EXPECT_EQ(reader.next()->fault, RowFault::kNone);
  const Row* bad = reader.next();
  EXPECT_EQ(bad->fault, RowFault::kMalformed);
  EXPECT_EQ(bad->line, 2u);
  EXPECT_TRUE(bad->fields.empty());
  const Row* good = reader.next();
  EXPECT_EQ(good->fault, RowFault::kNone);
  EXPECT_EQ(good->text("a"), "3");
}

TEST(JsonRows, RefuseWhatRfc8259Refuses) {
  for (const char* line : {"x",
                           "[]",
                           "\"a\"",
                           "{",
                           "{}{}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":01}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":1e}",
                           "{\"a\":-}",
                           "{\"a\":NaN}",
                           "{\"a\":tru}",
                           "{\"a\":truex}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\\ud800\\u0041\"}",
                           "{\"a\":\"\\udc00\"}",
                           "{\"a\":\"\t\"}",
                           "{\"a\":[\"x\",]}",
                           "{\"a\":[\"x\"}",
                           "{\"a\":\"x}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}"}) {
    EXPECT_EQ(fault_of(line), RowFault::kMalformed) << line;
  }
}

TEST(JsonRows, SayWhatElseIsWrong) {
  EXPECT_EQ(fault_of(R"({"a":1,"a":2})"), RowFault::kDuplicateName);
  EXPECT_EQ(fault_of(R"({"a.b":1,"a":{"b":2}})"), RowFault::kDuplicateName);
  EXPECT_EQ(fault_of(R"({"a":{"b":{"c":1}}})"), RowFault::kTooDeep);
  EXPECT_EQ(fault_of(R"({"":{"token":"x"}})"), RowFault::kTooDeep);
  EXPECT_EQ(fault_of(R"({"a":[1]})"), RowFault::kTooDeep);
  EXPECT_EQ(fault_of(R"({"a":[["x"]]})"), RowFault::kTooDeep);
  EXPECT_EQ(fault_of("{\"a\":\"\xC0\xAF\"}"), RowFault::kInvalidUtf8);
  EXPECT_EQ(fault_of("{\"a\":\"\xED\xA0\x80\"}"), RowFault::kInvalidUtf8);
}

TEST(JsonRows, HaveBounds) {
  std::string many = "{";
  for (std::size_t i = 0; i <= kRowFieldsMax; ++i) many += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
  EXPECT_EQ(fault_of(many + "}"), RowFault::kTooManyFields);

  std::string list = "{\"a\":[\"\"";
  for (std::size_t i = 0; i < kRowItemsMax; ++i) list += ",\"\"";
  EXPECT_EQ(fault_of(list + "]}"), RowFault::kTooManyFields);

  const std::string exact = "{\"a\":\"" + std::string(kRowBytesMax - 8, 'x') + "\"}";
  EXPECT_EQ(exact.size(), kRowBytesMax);
  EXPECT_EQ(fault_of(exact), RowFault::kNone);
  RecordReader reader(RecordFormat::kNdjson, exact + "\n");
  EXPECT_EQ(fault_of(exact + "\n{}"), RowFault::kTooLong);
}

TEST(JsonRows, TellATrailerFromARecord) {
  RecordReader reader(RecordFormat::kNdjson,
                      "{\"trailer\":\"x\"}\n{\"trailer\":{\"count\":17}}\n{\"trailer\":{\"count\":-1}}");
  EXPECT_FALSE(reader.next()->trailer.has_value());
  EXPECT_EQ(reader.next()->trailer, 17u);
  EXPECT_FALSE(reader.next()->trailer.has_value());
}

TEST(JsonRows, OneObjectMayTakeManyLines) {
  RecordReader reader(RecordFormat::kJson, "{\n  \"token\": \"x\"\n}\n");
  const Row* row = reader.next();
  ASSERT_EQ(row->fault, RowFault::kNone);
  EXPECT_EQ(row->text("token"), "x");
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(JsonRows, NothingComesOutOfNothing) {
  for (const RecordFormat format : {RecordFormat::kNdjson, RecordFormat::kJson, RecordFormat::kCsv}) {
    for (const char* body : {"", "\n", "\xEF\xBB\xBF"}) {
      RecordReader reader(format, body);
      EXPECT_EQ(reader.next(), nullptr);
    }
  }
}

TEST(RecordFormats, AreKnownByMediaType) {
  EXPECT_EQ(record_format_of("application/x-ndjson"), RecordFormat::kNdjson);
  EXPECT_EQ(record_format_of("application/json; charset=utf-8"), RecordFormat::kJson);
  EXPECT_EQ(record_format_of("Text/CSV; header=present; charset=\"UTF-8\""), RecordFormat::kCsv);
  EXPECT_EQ(record_format_of("text/csv; charset=Shift_JIS"), std::nullopt);
  EXPECT_EQ(record_format_of("text/plain"), std::nullopt);
  EXPECT_EQ(record_format_of(""), std::nullopt);
}

}  // namespace
}  // namespace ishi::api
