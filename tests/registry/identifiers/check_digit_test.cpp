#include "registry/identifiers/check_digit.h"

#include <gtest/gtest.h>

#include <string>

namespace ishi {
namespace {

struct Vector {
  const char* payload;
  const char* full;
};

constexpr Vector kInsurers[] = {
    {"3312001", "33120015"}, {"0104001", "01040013"}, {"0113001", "01130012"}, {"0101001", "01010016"},
    {"0127001", "01270016"}, {"0114001", "01140011"}, {"13801", "138016"},     {"01001", "010017"},
    {"27001", "270017"},     {"13301", "133017"},     {"3913101", "39131016"}, {"3901101", "39011010"},
    {"0613999", "06139992"}, {"6313001", "63130017"},
};
constexpr Vector kPublicPayers[] = {{"1213101", "12131017"}, {"5413601", "54136015"}, {"2113601", "21136015"}};
constexpr Vector kLateElderly[] = {{"0123456", "01234566"}, {"1234567", "12345674"}, {"0000001", "00000018"}};
constexpr Vector kRecipients[] = {{"123456", "1234566"}};

void expect_check_digit(const Vector& vector) {
  const std::string full = vector.full;
  EXPECT_EQ(luhn_check_digit(vector.payload), full.back()) << full;
  EXPECT_TRUE(luhn_valid(full)) << full;
}

TEST(CheckDigit, InsurersOfThePublishedExamplesHaveTheirDigit) {
  for (const auto& vector : kInsurers) expect_check_digit(vector);
}

TEST(CheckDigit, PublicPayersAndTheirRecipientsFollowTheSameRule) {
  for (const auto& vector : kPublicPayers) expect_check_digit(vector);
  for (const auto& vector : kRecipients) expect_check_digit(vector);
}

TEST(CheckDigit, NumbersOfTheLateElderlyFollowTheSameRule) {
  for (const auto& vector : kLateElderly) expect_check_digit(vector);
}

TEST(CheckDigit, AnyOneWrongDigitIsSeen) {
  for (const auto& vector : kInsurers) {
    const std::string full = vector.full;
    for (std::size_t at = 0; at < full.size(); ++at)
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string changed = full;
        changed[at] = digit;
        EXPECT_EQ(luhn_valid(changed), digit == full[at]) << changed;
      }
  }
}

TEST(CheckDigit, SwappedNeighboursAreSeenExceptNineAndZero) {
  for (const auto& vector : kInsurers) {
    const std::string full = vector.full;
    for (std::size_t at = 0; at + 1 < full.size(); ++at) {
      std::string swapped = full;
      std::swap(swapped[at], swapped[at + 1]);
      const bool hole = full[at] == full[at + 1] || (full[at] == '0' && full[at + 1] == '9') ||
                        (full[at] == '9' && full[at + 1] == '0');
      EXPECT_EQ(luhn_valid(swapped), hole) << full << " -> " << swapped;
    }
  }
  EXPECT_EQ(luhn_check_digit("0109001"), luhn_check_digit("0190001"));
  EXPECT_EQ(luhn_check_digit("0613909"), luhn_check_digit("0613990"));
}

TEST(CheckDigit, TwoZerosInFrontChangeNothing) {
  for (const char* six : {"138016", "010017", "270017", "133017"})
    EXPECT_TRUE(luhn_valid(std::string("00") + six)) << six;
}

TEST(CheckDigit, OnlyAsciiDigitsHaveOne) {
  for (const char* text : {"", "0", "01 30012", "0113001x", "０１１３００１２", "-1130012"})
    EXPECT_FALSE(luhn_valid(text)) << text;
  EXPECT_EQ(luhn_check_digit(""), std::nullopt);
  EXPECT_EQ(luhn_check_digit("12a"), std::nullopt);
}

TEST(InstitutionCode, MedicalDentalPharmacyAndNursingCodesAreTaken) {
  for (const char* code : {"0110113719", "1312345679", "2710000015", "2312345008"})
    EXPECT_TRUE(institution_code_valid(code)) << code;
  for (const char* payload : {"131234567", "133234567", "134234567", "136234567"}) {
    const std::string code = std::string(payload) + *luhn_check_digit(payload);
    EXPECT_TRUE(institution_code_valid(code)) << code;
  }
}

TEST(InstitutionCode, OtherKindsPrefecturesLengthsAndDigitsAreRefused) {
  for (const char* payload : {"130234567", "132234567", "135234567", "137234567", "138234567", "139234567", "001234567",
                              "481234567", "991234567"}) {
    const std::string code = std::string(payload) + *luhn_check_digit(payload);
    ASSERT_TRUE(luhn_valid(code));
    EXPECT_FALSE(institution_code_valid(code)) << code;
  }
  for (const char* code : {"0110113718", "011011371", "01101137190", "", "01A0113719", "０１１０１１３７１９"})
    EXPECT_FALSE(institution_code_valid(code)) << code;
}

TEST(MyNumber, TheCheckDigitOfThePublishedRuleIsKnown) {
  EXPECT_TRUE(is_my_number("123456789018"));
  for (char digit = '0'; digit <= '9'; ++digit) {
    const std::string number = std::string("12345678901") + digit;
    EXPECT_EQ(is_my_number(number), digit == '8') << number;
  }
  for (const char* text : {"", "12345678901", "1234567890180", "12345678901a", "１２３４５６７８９０１８"})
    EXPECT_FALSE(is_my_number(text)) << text;
}

// The remainder 0 and the remainder 1 both give 0: the two sums differ by one, the weight of the last payload digit
// is 2.
TEST(MyNumber, RemaindersOfZeroAndOneBothGiveZero) {
  EXPECT_TRUE(is_my_number("000000000000"));
  EXPECT_TRUE(is_my_number("000000000060"));  // 6 x 2 = 12, remainder 1
  EXPECT_FALSE(is_my_number("000000000061"));
}

TEST(MyNumber, DisguisesDoNotHideIt) {
  for (const char* text :
       {"123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８", "１２３４　５６７８　９０１８",
        "1234－5678－9018", "1234‐5678‐9018", "1234−5678−9018", "1234ー5678ー9018", "１２３４ー５６７８ー９０１８",
        "1234―5678―9018", " 123456789018\r\n", "①234567890①8", "1234\u00AD5678\u00AD9018", "1234\u200B56789018",
        "1234|5678|9018", "-123456789018-"})
    EXPECT_TRUE(looks_like_my_number(text)) << text;
  for (const char* text : {"", "123456789019", "12345678901", "1234567890180", "A123456789018", "123456789018千",
                           "123456789018\xff", "サービス"})
    EXPECT_FALSE(looks_like_my_number(text)) << text;
  EXPECT_FALSE(looks_like_my_number(std::string(1000, ' ') + "123456789018"));
}

TEST(MyNumber, WordsAroundItDoNotHideIt) {
  for (const char* text : {"123456789018", "by order of 123456789018.", "A123456789018",
                           "患者１２３４　５６７８　９０１８の件", "2026 1234 5678 9018", "1234\u00AD5678\u200B9018",
                           "①234567890①8 x", "ids: 1234ー5678ー9018", "\xff 123456789018"})
    EXPECT_TRUE(text_holds_my_number(text)) << text;
  EXPECT_TRUE(text_holds_my_number(std::string(400, 'x') + " 123456789018"));
  for (const char* text :
       {"", "123456789019", "1234567890180", "12345678 and 9018", "court order 7", "令和8年法律第28号"})
    EXPECT_FALSE(text_holds_my_number(text)) << text;
}

}  // namespace
}  // namespace ishi
