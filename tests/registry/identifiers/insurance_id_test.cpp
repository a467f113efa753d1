#include "registry/identifiers/insurance_id.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ishi {
namespace {

std::string exact_of(std::string_view insurer, std::string_view symbol, std::string_view number,
                     std::string_view branch) {
  const auto id = parse_insurance_id(insurer, symbol, number, branch);
  return id ? canonical_exact(*id) : "refused: " + id.error().code;
}

std::string loose_of(std::string_view insurer, std::string_view symbol, std::string_view number,
                     std::string_view branch) {
  const auto id = parse_insurance_id(insurer, symbol, number, branch);
  return id ? canonical_loose(*id) : "refused: " + id.error().code;
}

std::string symbol_of(std::string_view symbol) {
  const auto id = parse_insurance_id("138016", symbol, "1", "00");
  return id ? id->symbol : "refused: " + id.error().code;
}

std::string line_of(std::string_view line) {
  const auto id = parse_insurance_line(line);
  return id ? canonical_exact(*id) : "refused: " + id.error().code;
}

std::string csv_of(std::string_view text) {
  const auto id = parse_insurance_csv(text);
  return id ? canonical_exact(*id) : "refused: " + id.error().code;
}

InsurerKind kind_of(std::string_view insurer) {
  return parse_insurance_id(insurer, "", "1", "").value().kind;
}

// LAW.md 5.8, row by row.
TEST(InsuranceId, ThePublishedRowsHaveTheirCanonicalForm) {
  EXPECT_EQ(exact_of("01130012", "21700023", "1", "00"), "v1|01130012|21700023|1|00");
  EXPECT_EQ(exact_of("０１１３００１２", "２１７０００２３", "１", "００"), "v1|01130012|21700023|1|00");
  EXPECT_EQ(exact_of("138016", "千－１２", "0012345", "01"), "v1|00138016|千-12|0012345|01");
  EXPECT_EQ(exact_of("00138016", "千12", "12345", "1"), "v1|00138016|千12|12345|01");
  EXPECT_EQ(exact_of("39131016", "", "01234566", ""), "v1|39131016||01234566|");
  EXPECT_EQ(exact_of("12131017", "", "1234566", ""), "v1|12131017||1234566|");
  EXPECT_EQ(exact_of("06130017", "1001", "00123", "02"), "v1|06130017|1001|00123|02");
}

TEST(InsuranceId, TheLooseFormDropsPunctuationAndLeadingZeros) {
  EXPECT_EQ(loose_of("138016", "千－１２", "0012345", "01"), "v1L|00138016|千12|12345|01");
  EXPECT_EQ(loose_of("00138016", "千12", "12345", "1"), "v1L|00138016|千12|12345|01");
  EXPECT_EQ(loose_of("138016", "千-0012", "0012345", "01"), "v1L|00138016|千12|12345|01");
  EXPECT_EQ(loose_of("138016", "千・１／２．；", "00-12345", "01"), "v1L|00138016|千12|12345|01");
  EXPECT_EQ(loose_of("138016", "A007B08", "1-02", ""), "v1L|00138016|A7B8|102|");
  EXPECT_EQ(loose_of("138016", "1020", "100", "00"), "v1L|00138016|1020|100|00");
}

TEST(InsuranceId, ALooseRunOfZerosKeepsOne) {
  EXPECT_EQ(loose_of("138016", "A000", "000", "00"), "v1L|00138016|A0|0|00");
  EXPECT_EQ(loose_of("138016", "00A", "0", "00"), "v1L|00138016|0A|0|00");
}

TEST(InsuranceId, TheHouseholdFormIsTheSameWithoutBranch) {
  const auto id = parse_insurance_id("138016", "千－１２", "0012345", "01").value();
  EXPECT_EQ(canonical_household(id), "v1|00138016|千-12|0012345|");
}

TEST(InsuranceId, AnEmptyBranchIsNotBranchZero) {
  EXPECT_NE(exact_of("01130012", "21700023", "1", ""), exact_of("01130012", "21700023", "1", "00"));
  EXPECT_EQ(exact_of("01130012", "21700023", "1", "0"), exact_of("01130012", "21700023", "1", "00"));
}

TEST(InsuranceId, EveryBranchFromZeroToNinetyNineIsTaken) {
  for (int branch = 0; branch < 100; ++branch) {
    const std::string text = (branch < 10 ? "0" : "") + std::to_string(branch);
    EXPECT_EQ(parse_insurance_id("01130012", "21700023", "1", text).value().branch, text);
    EXPECT_EQ(parse_insurance_id("01130012", "21700023", "1", std::to_string(branch)).value().branch, text);
  }
  for (const char* branch : {"100", "001", "a", "-", "0-", "-1", "一"})
    EXPECT_EQ(exact_of("01130012", "21700023", "1", branch), "refused: branch_format") << branch;
}

TEST(InsuranceId, BlanksOfEveryKindAreDropped) {
  EXPECT_EQ(exact_of("  133066", " 東　１ ", "　12 345", " 1 "), "v1|00133066|東1|12345|01");
  EXPECT_EQ(exact_of("\t01130012", "2170\u00A00023", "\u20031\u3000", "00\r\n"), "v1|01130012|21700023|1|00");
  EXPECT_EQ(exact_of("01130012", "  ", " \u3000", ""), "refused: number_missing");
}

// NFKC folds U+FF0D and U+FE63, but none of the others (LAW.md 5.8).
TEST(InsuranceId, EveryHyphenIsTheSameHyphen) {
  for (const char* hyphen : {"-", "\uFF0D", "\uFE63", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015",
                             "\u2212", "\u00AD", "\uFE58", "\u207B", "\u30FC", "\uFF70"})
    EXPECT_EQ(symbol_of("A" + std::string(hyphen) + "12"), "A-12") << hyphen;
}

TEST(InsuranceId, ALongVowelIsAHyphenOnlyBetweenLettersAndDigitsThatAreNotKana) {
  EXPECT_EQ(symbol_of("１ー２ー３"), "1-2-3");
  EXPECT_EQ(symbol_of("千ー１２"), "千-12");
  EXPECT_EQ(symbol_of("サーバー"), "サーバー");
  EXPECT_EQ(symbol_of("ｻｰﾊﾞｰ"), "サーバー");
  EXPECT_EQ(symbol_of("あー1"), "あー1");
  EXPECT_EQ(symbol_of("ー1"), "ー1");
  EXPECT_EQ(symbol_of("1ー"), "1ー");
  EXPECT_EQ(symbol_of("1ーー2"), "1ーー2");
}

TEST(InsuranceId, KanaAndKanjiStayAsTheyAre) {
  EXPECT_EQ(symbol_of("宮市かきく"), "宮市かきく");
  EXPECT_NE(symbol_of("かきく"), symbol_of("カキク"));
  EXPECT_EQ(symbol_of("ｶｷｸ"), "カキク");
  EXPECT_EQ(symbol_of("か\u3099"), "が");
  EXPECT_EQ(symbol_of("か \u3099"), "が");
  EXPECT_EQ(symbol_of("か゛"), "が");
  EXPECT_EQ(symbol_of("𠀋-1"), "𠀋-1");
  EXPECT_EQ(symbol_of("ａbｃ"), "ABC");
  EXPECT_EQ(symbol_of("abc"), "ABC");
}

TEST(InsuranceId, SeparatorsControlsAndInvisibleCharactersAreRefused) {
  for (const std::string text : {"a|b", "千｜1", "a:b", "千：1", "a\x01", "a\x7f", "千\x1f", "千\u0080", "千\u200B",
                                 "\uFEFF千", "千\u202E1", "葛\U000E0100", "千\uFE00", "千\uFFFF", "千\U000E0FFF"}) {
    EXPECT_EQ(symbol_of(text), "refused: symbol_format") << text;
    EXPECT_EQ(exact_of("138016", "", text, "00"), "refused: number_format") << text;
  }
  EXPECT_EQ(symbol_of(std::string("a\0b", 3)), "refused: symbol_format");
}

TEST(InsuranceId, BrokenUtf8IsRefused) {
  for (const char* text : {"\xff", "千\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe5\x8d", "1\xe3\x80"}) {
    EXPECT_EQ(symbol_of(text), "refused: symbol_format");
    EXPECT_EQ(exact_of(text, "", "1", ""), "refused: insurer_format");
    EXPECT_EQ(exact_of("138016", "", "1", text), "refused: branch_format");
  }
}

TEST(InsuranceId, EachFieldEndsAtSixtyFourFoldedBytes) {
  EXPECT_EQ(symbol_of(std::string(64, 'A')), std::string(64, 'A'));
  EXPECT_EQ(symbol_of(std::string(65, 'A')), "refused: symbol_format");
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += "Ａ";
  EXPECT_EQ(symbol_of(wide), std::string(64, 'A'));
  EXPECT_EQ(symbol_of(wide + "Ａ"), "refused: symbol_format");
  EXPECT_EQ(symbol_of(std::string(192, ' ') + std::string(64, 'A')), std::string(64, 'A'));
  EXPECT_EQ(symbol_of(std::string(300, ' ') + "A"), "refused: symbol_format");
  EXPECT_EQ(symbol_of(std::string(1 << 20, 'A')), "refused: symbol_format");
  std::string ligatures;  // 18 characters each after NFKC
  for (int i = 0; i < 85; ++i) ligatures += "\uFDFA";
  EXPECT_EQ(symbol_of(ligatures), "refused: symbol_format");
}

TEST(InsuranceId, SixDigitInsurersGetTwoZerosAndOtherLengthsAreRefused) {
  EXPECT_EQ(parse_insurance_id("138016", "", "1", "").value().insurer, "00138016");
  EXPECT_EQ(parse_insurance_id("１３８０１６", "", "1", "").value().insurer, "00138016");
  for (const char* insurer : {"", "1", "13801", "1130012", "001380160", "0113001X", "0113-0012", "00000000", "000000"})
    EXPECT_EQ(exact_of(insurer, "", "1", ""), "refused: insurer_format") << insurer;
}

// Policy of LAW.md 5.1: the caller refuses by hand and flags in bulk.
TEST(InsuranceId, AWrongCheckDigitIsAFlag) {
  EXPECT_TRUE(parse_insurance_id("138016", "", "1", "").value().check_digit_ok);
  EXPECT_FALSE(parse_insurance_id("138017", "", "1", "").value().check_digit_ok);
  EXPECT_FALSE(parse_insurance_id("01130013", "", "1", "").value().check_digit_ok);
}

TEST(InsuranceId, ANumberMayBeMissingOnlyForAHouseholdOfAKnownSymbol) {
  EXPECT_EQ(exact_of("06130017", "1001", "", ""), "v1|06130017|1001||");
  EXPECT_EQ(exact_of("06130017", "1001", "", "00"), "refused: number_missing");
  EXPECT_EQ(exact_of("06130017", "", "", ""), "refused: number_missing");
  EXPECT_EQ(exact_of("39131016", "1001", "", ""), "refused: number_missing");
  EXPECT_EQ(exact_of("12131017", "1001", "", ""), "refused: number_missing");
}

TEST(InsuranceId, TheLawNumberTellsTheKindOfInsurer) {
  EXPECT_EQ(kind_of("01130012"), InsurerKind::kKyokai);
  EXPECT_EQ(kind_of("02130011"), InsurerKind::kSeamen);
  EXPECT_EQ(kind_of("03130010"), InsurerKind::kDayLabour);
  EXPECT_EQ(kind_of("04130019"), InsurerKind::kDayLabour);
  EXPECT_EQ(kind_of("06139992"), InsurerKind::kKumiai);
  EXPECT_EQ(kind_of("07130016"), InsurerKind::kSelfDefence);
  for (const char* insurer : {"31130016", "32130015", "33120015", "34130013"})
    EXPECT_EQ(kind_of(insurer), InsurerKind::kKyosai) << insurer;
  EXPECT_EQ(kind_of("39131016"), InsurerKind::kLate75);
  for (const char* insurer : {"63130017", "67130013", "72130016", "73130015", "74130014", "75130013"})
    EXPECT_EQ(kind_of(insurer), InsurerKind::kRetiree) << insurer;
  EXPECT_EQ(kind_of("12131017"), InsurerKind::kPublicAssistance);
  for (const char* insurer : {"54136015", "21136015", "10131019", "38130019", "79130019"})
    EXPECT_EQ(kind_of(insurer), InsurerKind::kPublicOther) << insurer;
  EXPECT_EQ(kind_of("99130019"), InsurerKind::kOther);
}

TEST(InsuranceId, TheMiddleBlockTellsNationalHealthAssociationsFromMunicipalities) {
  EXPECT_EQ(kind_of("138016"), InsurerKind::kNhiMunicipal);
  EXPECT_EQ(kind_of("00138016"), InsurerKind::kNhiMunicipal);
  EXPECT_EQ(kind_of("133017"), InsurerKind::kNhiKumiai);
  EXPECT_EQ(kind_of("00133017"), InsurerKind::kNhiKumiai);
  EXPECT_EQ(kind_of("  133066"), InsurerKind::kNhiKumiai);
}

TEST(InsuranceId, OnlyTheOldAndPublicPayersArePersonalWithoutABranch) {
  for (const char* insurer : {"39131016", "12131017", "54136015"})
    EXPECT_TRUE(parse_insurance_id(insurer, "", "1", "").value().personal_without_branch()) << insurer;
  for (const char* insurer : {"01130012", "138016", "133017", "06139992", "63130017", "99130019"})
    EXPECT_FALSE(parse_insurance_id(insurer, "", "1", "").value().personal_without_branch()) << insurer;
}

// T15
TEST(InsuranceId, AMyNumberIsRefusedInEveryFieldAndEveryDisguise) {
  for (const char* number : {"123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８",
                             "1234ー5678ー9018", "１２３４　５６７８　９０１８", "1234|5678|9018", "番号123456789018",
                             "123456789018千", "1234\u200B56789018", "X1234-5678-9018X"}) {
    EXPECT_EQ(exact_of(number, "1", "1", "00"), "refused: my_number_refused") << number;
    EXPECT_EQ(exact_of("138016", number, "1", "00"), "refused: my_number_refused") << number;
    EXPECT_EQ(exact_of("138016", "1", number, "00"), "refused: my_number_refused") << number;
    EXPECT_EQ(exact_of("138016", "1", "1", number), "refused: my_number_refused") << number;
    EXPECT_EQ(exact_of("broken", "\xff", number, "xyz"), "refused: my_number_refused") << number;
  }
}

TEST(InsuranceId, TwelveDigitsWithAnotherCheckDigitOrSpreadOverFieldsAreNoMyNumber) {
  EXPECT_EQ(exact_of("138016", "", "123456789019", "00"), "v1|00138016||123456789019|00");
  EXPECT_EQ(exact_of("138016", "12345678", "9018", "00"), "v1|00138016|12345678|9018|00");
  EXPECT_EQ(exact_of("138016", "", "1234567890180", "00"), "v1|00138016||1234567890180|00");
}

TEST(InsuranceId, ErrorsNameTheFieldAndNeverTheValue) {
  const std::string secret = "７７１２３４５６";
  for (const auto& id :
       {parse_insurance_id("771234567", "", "1", ""), parse_insurance_id("138016", "77123456|", "1", ""),
        parse_insurance_id("138016", "", "77123456:", ""), parse_insurance_id("138016", "", "1", "77123456"),
        parse_insurance_line("77123456"), parse_insurance_csv("77123456"),
        parse_insurance_id("138016", secret + "|", "1", "")}) {
    ASSERT_FALSE(id.has_value());
    EXPECT_EQ(id.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(id.error().detail.find("771234"), std::string::npos) << id.error().detail;
    EXPECT_EQ(id.error().detail.find("７７"), std::string::npos) << id.error().detail;
  }
}

TEST(InsuranceLine, TheFhirStringIsRead) {
  EXPECT_EQ(line_of("00012345:あいう:１８７:05"), "v1|00012345|あいう|187|05");
  EXPECT_EQ(line_of("00012345::１８７:"), "v1|00012345||187|");
  EXPECT_EQ(line_of("01130012:21700023:1:00\r"), "v1|01130012|21700023|1|00");
  EXPECT_EQ(line_of("39131016::01234566:"), "v1|39131016||01234566|");
}

TEST(InsuranceLine, OtherThanFourFieldsIsRefused) {
  for (const char* line : {"", "01130012", "01130012:1", "00012345::１８７", "01130012:21700023:1",
                           "::", "01130012:2:3:04:", "01130012:2:3:04:5", "::::", "01130012：21700023：1：00"})
    EXPECT_EQ(line_of(line), "refused: identifier_format") << line;
  EXPECT_EQ(line_of(":::"), "refused: insurer_format");
  EXPECT_EQ(line_of("01130012:1::"), "v1|01130012|1||");
}

TEST(InsuranceLine, AMyNumberInPlaceOfALineIsToldApart) {
  EXPECT_EQ(line_of("123456789018"), "refused: my_number_refused");
  EXPECT_EQ(line_of("１２３４－５６７８－９０１８"), "refused: my_number_refused");
  EXPECT_EQ(line_of("138016::123456789018:00"), "refused: my_number_refused");
  EXPECT_EQ(csv_of("1234 5678 9018"), "refused: my_number_refused");
}

// Insurer, number and branch of this line are twelve digits that would make a My Number.
TEST(InsuranceLine, DigitsOfAWholeLineAreNotStrungTogether) {
  EXPECT_EQ(line_of("123456::78901:8"), "v1|00123456||78901|08");
}

TEST(InsuranceCsv, TheFhirCsvFormIsRead) {
  EXPECT_EQ(csv_of("\"00138016\",\"千－１２\",\"００１２３４５\",\"01\""), "v1|00138016|千-12|0012345|01");
  EXPECT_EQ(csv_of("\"00012345\",\"１２－３４\",\"５６７８\",\"00\""), "v1|00012345|12-34|5678|00");
  EXPECT_EQ(csv_of("00138016,千－１２,００１２３４５,01"), "v1|00138016|千-12|0012345|01");
  EXPECT_EQ(csv_of(" \"39131016\" , \"\" , \"01234566\" , \"\" "), "v1|39131016||01234566|");
  EXPECT_EQ(csv_of("\"39131016\",,\"01234566\""), "v1|39131016||01234566|");
  EXPECT_EQ(csv_of("\"138016\",\"a,\"\"b\",\"1\",\"00\""), "v1|00138016|A,\"B|1|00");
}

TEST(InsuranceCsv, BrokenQuotesAndOtherCountsOfFieldsAreRefused) {
  for (const char* text :
       {"", "\"", "\"138016", "\"138016\",\"1\"", "\"138016\",\"1\",\"2\",\"03\",", "138016,1\"2,3,04",
        "\"138016\"x,\"1\",\"2\",\"03\"", "138016,1,2,3,4", "\"138016\",\"1\",\"2\",\"03\"\""})
    EXPECT_EQ(csv_of(text), "refused: identifier_format") << text;
  EXPECT_EQ(csv_of(std::string(1 << 20, '"')), "refused: identifier_format");
}

}  // namespace
}  // namespace ishi
