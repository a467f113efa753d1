// T14: a wrong check digit in a batch flags its row and never allows, even where somebody was told under that number
// and even where an unknown person would be allowed.
#include <gtest/gtest.h>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

using CheckDigit = HospitalDay;

TEST_F(CheckDigit, AWrongOneIsFlaggedInItsPlaceAndItsNeighboursGoThrough) {
  const std::string mistyped = "06139464:12:345:01";
  notified(tokenizer.exact(*parse_insurance_line(mistyped)), "2026-06-01");
  const std::string lines = std::string(kAliceCard) + "\n" + mistyped + "\n";
  EXPECT_EQ(filter("&answer=reasons", "text/plain", lines).body, "1,ALLOW\n2,INVALID_ID\n");
  EXPECT_EQ(filter("", "text/plain", lines).body, std::string(kAliceCard) + "\n");
  const Response csv =
      filter("&answer=reasons", "text/csv", "insurer,symbol,number,branch\n06139464,12,345,01\n06139463,12,345,01\n");
  EXPECT_NE(csv.body.find("INVALID_ID"), std::string::npos);
  EXPECT_NE(csv.body.find("06139463,12,345,01,ALLOW"), std::string::npos);
}

TEST_F(CheckDigit, OneQuestionSaysWhatIsWrong) {
  const Response response = status(
      "/v1/status/06139464:12:345:01?regime=NGMIA_ANON&categories=RECEIPT&holder=1312345679&recipient=OP-SAKURA");
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("check_digit"), std::string::npos);
}

}  // namespace
}  // namespace ishi::api
