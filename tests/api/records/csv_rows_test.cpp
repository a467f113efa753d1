#include <gtest/gtest.h>

#include "api/records/record_reader.h"

namespace ishi::api {
namespace {

TEST(CsvRows, AreNamedByTheirHeader) {
  RecordReader reader(RecordFormat::kCsv, "token, holder ,date\r\nab,0110113719,2026-11-20\r\ncd,,\r\n");
  EXPECT_EQ(reader.header_fault(), RowFault::kNone);
  EXPECT_EQ(reader.header_bytes(), "token, holder ,date\r\n");
  const Row* row = reader.next();
  ASSERT_EQ(row->fault, RowFault::kNone);
  EXPECT_EQ(row->line, 2u);
  EXPECT_EQ(row->text("holder"), "0110113719");
  EXPECT_EQ(row->text("date"), "2026-11-20");
  EXPECT_EQ(row->bytes, "ab,0110113719,2026-11-20\r\n");
  row = reader.next();
  EXPECT_EQ(row->text("token"), "cd");
  EXPECT_EQ(row->text("date"), "");
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(CsvRows, MayStartWithAByteOrderMarkAndEndWithoutALineEnd) {
  RecordReader reader(RecordFormat::kCsv, "\xEF\xBB\xBF\"token\",b\nx,\"y\"");
  EXPECT_EQ(reader.header_bytes(), "\xEF\xBB\xBF\"token\",b\n");
  const Row* row = reader.next();
  EXPECT_EQ(row->text("token"), "x");
  EXPECT_EQ(row->text("b"), "y");
  EXPECT_EQ(row->bytes, "x,\"y\"");
}

TEST(CsvRows, QuotesHoldCommasQuotesAndLineEnds) {
  RecordReader reader(RecordFormat::kCsv, "a,b\n\"1,\"\"2\"\"\",\"x\r\ny\"\r\n3,4\n");
  const Row* row = reader.next();
  ASSERT_EQ(row->fault, RowFault::kNone);
  EXPECT_EQ(row->text("a"), "1,\"2\"");
  EXPECT_EQ(row->text("b"), "x\r\ny");
  EXPECT_EQ(row->line, 2u);
  EXPECT_EQ(row->bytes, "\"1,\"\"2\"\"\",\"x\r\ny\"\r\n");
  row = reader.next();
  EXPECT_EQ(row->line, 4u);
  EXPECT_EQ(row->text("b"), "4");
}

TEST(CsvRows, AStrayQuoteLosesOnlyItsOwnLine) {
  RecordReader reader(RecordFormat::kCsv, "a,b\n\"1,2\n3,4\nx\"y,5\n\"6\"z,7\n8,9\n");
  EXPECT_EQ(reader.next()->fault, RowFault::kMalformed);  // the quote that opens here closes in the middle of x"y
  std::vector<std::pair<std::uint64_t, RowFault>> seen;
  while (const Row* row = reader.next()) seen.emplace_back(row->line, row->fault);
  const std::vector<std::pair<std::uint64_t, RowFault>> expected = {{5, RowFault::kMalformed}, {6, RowFault::kNone}};
  EXPECT_EQ(seen, expected);
}

TEST(CsvRows, AnUnclosedQuoteLosesOnlyItsOwnLine) {
  RecordReader reader(RecordFormat::kCsv, "a,b\n1,\"2\n3,4\n5,6\n");
  EXPECT_EQ(reader.next()->fault, RowFault::kMalformed);
  const Row* row = reader.next();
  EXPECT_EQ(row->line, 3u);
  EXPECT_EQ(row->text("b"), "4");
  EXPECT_EQ(reader.next()->text("b"), "6");
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(CsvRows, SayWhatIsWrong) {
  RecordReader reader(RecordFormat::kCsv, "a,b\n1\n1,2,3\n\xFF,2\n1,a\rb\n1,2\n");
  EXPECT_EQ(reader.next()->fault, RowFault::kFieldCount);
  EXPECT_EQ(reader.next()->fault, RowFault::kFieldCount);
  EXPECT_EQ(reader.next()->fault, RowFault::kInvalidUtf8);
  EXPECT_EQ(reader.next()->fault, RowFault::kMalformed);
  EXPECT_EQ(reader.next()->fault, RowFault::kNone);
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(CsvRows, HaveBounds) {
  const std::string body = "a\n" + std::string(kRowBytesMax, 'x') + "\n1\n" + std::string(kRowFieldsMax, ',') +
                           "\n2\n\"" + std::string(kRowBytesMax, 'y') + "\"\n3\n";
  RecordReader reader(RecordFormat::kCsv, body);
  EXPECT_EQ(reader.next()->fault, RowFault::kTooLong);
  EXPECT_EQ(reader.next()->text("a"), "1");
  EXPECT_EQ(reader.next()->fault, RowFault::kTooManyFields);
  EXPECT_EQ(reader.next()->text("a"), "2");
  EXPECT_EQ(reader.next()->fault, RowFault::kTooLong);
  EXPECT_EQ(reader.next()->text("a"), "3");
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(CsvRows, WithoutAGoodHeaderThereAreNone) {
  const std::vector<std::pair<std::string, RowFault>> headers = {{"a,a\n", RowFault::kDuplicateName},
                                                                 {"a,\n", RowFault::kMalformed},
                                                                 {"\xFF\n", RowFault::kInvalidUtf8},
                                                                 {"a\"b\n", RowFault::kMalformed}};
  for (const auto& [header, fault] : headers) {
    const std::string body = header + "1,2\n";
    RecordReader reader(RecordFormat::kCsv, body);
    EXPECT_EQ(reader.header_fault(), fault) << header;
    EXPECT_EQ(reader.next(), nullptr);
  }
}

TEST(CsvRows, TellATrailerFromARecord) {
  RecordReader reader(RecordFormat::kCsv, "a,b,c\n1,2,3\n#TRAILER,1,\n#TRAILER,x\n#TRAILER,2\n");
  EXPECT_FALSE(reader.next()->trailer.has_value());
  EXPECT_EQ(reader.next()->trailer, 1u);
  EXPECT_EQ(reader.next()->fault, RowFault::kMalformed);
  EXPECT_EQ(reader.next()->trailer, 2u);
}

}  // namespace
}  // namespace ishi::api
