// Rows that name a person twice, or by half: R08, R09 (LAW.md 5.2, 5.11).
#include <string>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

using TwoNames = HospitalDay;

TEST_F(TwoNames, R08ATokenAndANumberThatDisagreeNameNobody) {
  const std::string head = "token,insurer,symbol,number,branch\n";
  const std::string card = ",06139463,12,345,01";  // alice's
  const auto code_of = [&](const std::string& row) {
    const std::string body = filter("&answer=reasons", "text/csv", head + row + "\n").body;
    return body.substr(body.rfind(',') + 1);
  };
  EXPECT_EQ(code_of(alice.reveal_hex() + card), "ALLOW\n");
  EXPECT_EQ(code_of(alice.reveal_hex() + ",,,,"), "ALLOW\n");
  EXPECT_EQ(code_of(card), "ALLOW\n");
  EXPECT_EQ(code_of(bob.reveal_hex() + card), "INVALID_ID\n") << "two different people";
  EXPECT_EQ(code_of(alice.reveal_hex() + ",06139463,12,345,1x"), "INVALID_ID\n") << "the number cannot be read";
  EXPECT_EQ(code_of(alice.reveal_hex() + ",,12,345,01"), "INVALID_ID\n") << "half a number";
}

TEST_F(TwoNames, R09ACardWithoutItsLastColonNamesNobody) {
  EXPECT_EQ(filter("&answer=reasons", "text/plain", "06139463:12:345:01\n06139463:12:345\n").body,
            "1,ALLOW\n2,INVALID_ID\n");
}

}  // namespace
}  // namespace ishi::api
