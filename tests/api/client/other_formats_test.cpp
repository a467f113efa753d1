// CSV, FHIR, identifier and token files, and telling them apart.
#include <gtest/gtest.h>

#include "api/client/formats/fhir_resource.h"
#include "api/client/text/line_reader.h"
#include "tests/api/client/claims_file.h"

namespace ishi::client {
namespace {

const auto kAll = [](std::size_t) { return true; };
const auto kNone = [](std::size_t) { return false; };

ReadingOptions csv(Charset charset = Charset::kUtf8, std::string_view columns = "") {
  return ReadingOptions{FileFormat::kCsv, charset, *parse_columns(columns)};
}

TEST(Csv, FindsTheUsualColumnsInEitherCharset) {
  const std::string text = "患者,保険者番号,記号,番号,枝番\r\n山田,01130012,千－１２,１２３,01\r\n";
  const auto utf8 = read_all(text, csv()).items();
  const auto cp932 = read_all(*to_cp932(text), csv(Charset::kCp932)).items();
  const auto marked = read_all("\xEF\xBB\xBF" + text, csv()).items();
  for (const auto& items : {utf8, cp932, marked}) {
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].piece.identifiers.at(0).symbol, "千－１２");
    EXPECT_EQ(items[0].piece.identifiers.at(0).branch, "01");
    EXPECT_EQ(items[0].piece.line, 2u);
  }
}

TEST(Csv, TakesAnyColumnNames) {
  const auto items = read_all("hk,bn,x\n138016,12,\"a\"\n", csv(Charset::kUtf8, "insurer=hk,number=bn")).items();
  EXPECT_EQ(items.at(0).piece.identifiers.at(0).number, "12");
  const auto token =
      read_all("who,x\n00112233445566778899aabbccddeeff,1\nnothex,2\n", csv(Charset::kUtf8, "token=who")).items();
  EXPECT_EQ(token.at(0).piece.identifiers.at(0).kind, Identifier::Kind::kToken);
  EXPECT_EQ(token.at(1).piece.problem, "token_format");
}

TEST(Csv, MissingAndDoubledColumnsAreNamed) {
  EXPECT_EQ(read_all("a,b\n1,2\n", csv()).error, "csv_column_missing");
  EXPECT_EQ(read_all("a,b\n1,2\n", csv(Charset::kUtf8, "insurer=c,number=a")).error, "csv_column_missing");
  EXPECT_EQ(read_all("番号,番号,保険者番号\n1,2,3\n", csv()).error, "csv_column_twice");
  EXPECT_EQ(read_all("", csv()).error, "csv_header_missing");
  EXPECT_FALSE(parse_columns("who=x").has_value());
  EXPECT_FALSE(parse_columns("insurer=").has_value());
}

TEST(Csv, QuotedFieldsMayHoldCommasQuotesAndLines) {
  const std::string text = "insurer,number,note\n138016,\"12\",\"a, \"\"b\"\"\r\nline\nmore\"\n138016,13,c\n";
  const auto reading = read_all(text, csv());
  const auto items = reading.items();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].piece.identifiers.at(0).number, "12");
  EXPECT_EQ(items[1].piece.line, 5u);
  EXPECT_EQ(write_all(reading, FileFormat::kCsv, kAll).bytes, text);
  EXPECT_EQ(write_all(reading, FileFormat::kCsv, [](std::size_t item) { return item == 1; }).bytes,
            "insurer,number,note\n138016,13,c\n");
  EXPECT_EQ(write_all(reading, FileFormat::kCsv, kNone).bytes, "insurer,number,note\n");
}

TEST(Csv, ABadRowIsItsOwnProblem) {
  const auto items = read_all("insurer,number\n138016\n138016,1,2\n138016,5\n138016,\"6", csv()).items();
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].piece.problem, "column_count");
  EXPECT_EQ(items[1].piece.problem, "column_count");
  EXPECT_EQ(items[2].piece.problem, "");
  EXPECT_EQ(items[3].piece.problem, "quote_not_closed");
}

TEST(Csv, AQuoteNeverClosedIsRefusedAtTheBound) {
  std::string text = "insurer,number\n138016,\"1\n";
  while (text.size() < kLineBytesMax + 100) text += "138016,1\n";
  EXPECT_EQ(read_all(text, csv()).error, "record_too_large");
}

const ReadingOptions kFhir{FileFormat::kFhir, Charset::kUtf8, {}};
constexpr const char* kSystem = "http://jpfhir.jp/fhir/clins/Idsysmem/JP_Insurance_memberID";

std::string coverage(const std::string& patient, const std::string& system, const std::string& value) {
  return R"({"resourceType":"Coverage","id":"c","identifier":[{"system":")" + system + R"(","value":")" + value +
         R"("}],"beneficiary":{"reference":")" + patient + R"("}})" + "\n";
}

TEST(Fhir, ReadsEverySpellingOfTheInsuranceIdentifier) {
  EXPECT_EQ(insurance_system(kSystem), Identifier::Kind::kLine);
  EXPECT_EQ(insurance_system("http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID"), Identifier::Kind::kLine);
  EXPECT_EQ(insurance_system("http://jpfhir.jp/fhir/ccs/Idsysmem/JP_Insurance_member/00138016"),
            Identifier::Kind::kLine);
  EXPECT_EQ(insurance_system("http://jpfhir.jp/fhir/core/IdSystem/JP_Coverage_id"), Identifier::Kind::kCsv);
  EXPECT_EQ(insurance_system("http://example.jp/JP_Insurance_memberID"), std::nullopt);
  EXPECT_EQ(insurance_system("urn:oid:1.2.392.100495.20.3.51.11312345679"), std::nullopt);
}

TEST(Fhir, OneReferenceHasManySpellings) {
  const auto person = local_person("Patient/p1");
  ASSERT_TRUE(person);
  EXPECT_EQ(local_person("https://example.jp/fhir/Patient/p1"), person);
  EXPECT_EQ(local_person("https://example.jp/fhir/Patient/p1/_history/3"), person);
  EXPECT_EQ(local_person("urn:uuid:p1"), person);
  EXPECT_NE(local_person("Patient/p2"), person);
  for (const char* other : {"Group/g1", "#p1", "Patient/", "XPatient/p1", "", "Patient?identifier=x"}) {
    EXPECT_EQ(local_person(other), std::nullopt) << other;
  }
}

TEST(Fhir, ResourcesAboutAPersonNameThePerson) {
  const auto items = read_all(coverage("Patient/p1", kSystem, "00138016::12:01") +
                                  R"({"resourceType":"Patient","id":"p1"})"
                                  "\n"
                                  R"({"resourceType":"Observation","subject":{"reference":"Patient/p1"}})"
                                  "\n"
                                  R"({"resourceType":"Immunization","patient":{"reference":"Patient/p1"}})"
                                  "\n"
                                  R"({"resourceType":"Organization","id":"o1"})"
                                  "\n"
                                  R"({"resourceType":"Observation","subject":{"reference":"Group/g"}})"
                                  "\n"
                                  R"({"resourceType":"Bundle","entry":[]})"
                                  "\n",
                              kFhir)
                         .items();
  ASSERT_EQ(items.size(), 7u);
  EXPECT_EQ(items[0].piece.identifiers.at(0).text, "00138016::12:01");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(items[i].piece.people, (std::vector{*local_person("Patient/p1")}));
  EXPECT_TRUE(items[4].piece.names_nobody);
  EXPECT_EQ(items[5].piece.problem, "patient_reference_unreadable");
  EXPECT_EQ(items[6].piece.problem, "patient_reference_missing");
}

TEST(Fhir, BrokenResourcesAreTheirOwnProblem) {
  const std::string deep =
      R"({"resourceType":"Observation","x":)" + std::string(5000, '[') + std::string(5000, ']') + "}\n";
  const auto items =
      read_all("{\"resourceType\":\n{}\n[1]\n\"x\"\n{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}\n" + deep +
                   coverage("Patient/p1", "http://example.jp/other", "1"),
               kFhir)
          .items();
  ASSERT_EQ(items.size(), 7u);
  EXPECT_EQ(items[0].piece.problem, "json_unreadable");
  EXPECT_EQ(items[1].piece.problem, "resource_type_missing");
  for (std::size_t i = 2; i < 6; ++i) EXPECT_EQ(items[i].piece.problem, "json_unreadable") << i;
  EXPECT_EQ(items[6].piece.problem, "insurance_identifier_missing");
}

TEST(IdentifierLines, TakeBothFormsAndCopyBlankLines) {
  const ReadingOptions ids{FileFormat::kIds, Charset::kUtf8, {}};
  const std::string text =
      "\xEF\xBB\xBF"
      "01130012:1:2:00\r\n\r\n\"00138016\",\"千－１２\",\"００１\",\"01\"\n138016::5:";
  const auto reading = read_all(text, ids);
  const auto items = reading.items();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].piece.identifiers.at(0).text, "01130012:1:2:00");
  EXPECT_EQ(items[1].piece.identifiers.at(0).kind, Identifier::Kind::kCsv);
  EXPECT_EQ(items[2].piece.line, 4u);
  EXPECT_EQ(write_all(reading, FileFormat::kIds, kAll).bytes, text);
  EXPECT_EQ(write_all(reading, FileFormat::kIds, kNone).bytes, "\xEF\xBB\xBF\r\n");
}

TEST(Tokens, InHexAndInBinary) {
  const std::string hex = "00112233445566778899aabbccddeeff\nxyz\n00112233445566778899AABBCCDDEEFF\n";
  const auto lines = read_all(hex, ReadingOptions{FileFormat::kTokens, Charset::kUtf8, {}}).items();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].piece.identifiers.at(0).token, lines[2].piece.identifiers.at(0).token);
  EXPECT_EQ(lines[1].piece.problem, "token_format");
  const std::string binary(16 * 3 + 5, '\x07');
  const auto reading = read_all(binary, ReadingOptions{FileFormat::kTokensBinary, Charset::kUtf8, {}});
  ASSERT_EQ(reading.items().size(), 4u);
  EXPECT_EQ(reading.items()[3].piece.problem, "token_truncated");
  EXPECT_EQ(write_all(reading, FileFormat::kTokensBinary, [](std::size_t item) { return item == 1; }).bytes,
            binary.substr(16, 16));
}

TEST(Formats, AreToldApartByNameAndByTheirFirstBytes) {
  const auto detected = [](std::string_view name, std::string_view bytes) {
    const auto format = detect_format(name, bytes, std::nullopt);
    return format ? std::string(name_of(*format)) : format.error().code;
  };
  EXPECT_EQ(detected("RECEIPTC.UKE", ""), "uke");
  EXPECT_EQ(detected("a", claims_file({"UK,1,13", "IR,1"})), "uke");
  EXPECT_EQ(detected("a.ndjson", ""), "fhir");
  EXPECT_EQ(detected("a.txt", "{\"resourceType\":"), "fhir");
  EXPECT_EQ(detected("a.txt", "01130012:1:2:00\n"), "ids");
  EXPECT_EQ(detected("a.txt", "00112233445566778899aabbccddeeff\n"), "tokens");
  EXPECT_EQ(detected("a.txt", "保険者番号,番号\n"), "csv");
  EXPECT_EQ(detected("a.txt", "hello\n"), "format_unknown");
  EXPECT_EQ(detected("a.xlsx", std::string("PK\x03\x04\0\0", 6)), "format_unknown") << "never taken for binary tokens";
  EXPECT_EQ(detected("a.csv", std::string("\xFF\xFEi\0", 4)), "charset_utf16");
  EXPECT_EQ(detect_format("x", std::string(16, '\0'), FileFormat::kTokens).value(), FileFormat::kTokensBinary);
  EXPECT_EQ(detect_format("x", "00112233445566778899aabbccddeeff", FileFormat::kTokens).value(), FileFormat::kTokens);
}

TEST(Lines, BeyondTheBoundAreRefusedWhateverTheFormat) {
  const std::string line(100u << 20, 'x');
  for (const FileFormat format :
       {FileFormat::kUke, FileFormat::kFhir, FileFormat::kCsv, FileFormat::kIds, FileFormat::kTokens}) {
    EXPECT_EQ(read_all(line, ReadingOptions{format, Charset::kUtf8, {}}).error, "line_too_long") << name_of(format);
  }
}

TEST(Charsets, AWholeFileIsUtf8OrCp932) {
  const auto valid = [](std::string_view text, std::size_t block) {
    Utf8Check check;
    for (std::size_t at = 0; at < text.size(); at += block) check.feed(text.substr(at, block));
    return check.valid();
  };
  for (const std::size_t block : {1u, 2u, 3u, 100u}) {
    EXPECT_TRUE(valid("保険者番号 𠮷", block));
    EXPECT_FALSE(valid(*to_cp932("保険者番号"), block));
    EXPECT_FALSE(valid("\xC0\x80", block)) << "overlong";
    EXPECT_FALSE(valid("\xED\xA0\x80", block)) << "surrogate";
    EXPECT_FALSE(valid("\xE4\xBF", block)) << "cut";
  }
  EXPECT_EQ(decode_field(*to_cp932("千－１２"), Charset::kCp932), "千－１２");
  EXPECT_EQ(decode_field("a\nb", Charset::kUtf8), std::nullopt);
}

}  // namespace
}  // namespace ishi::client
