#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

nlohmann::json death(nlohmann::json who) {
  who["date"] = "2026-06-01";
  return who;
}

TEST(Identity, ARawIdentifierAndItsTokenAreTheSamePerson) {
  Desk desk;
  const TokenForms forms = desk.tokenizer.forms(parse_insurance_line(id_text(5)).value());
  EXPECT_EQ(desk.post(kDeaths, death({{"id", id_text(5)}})).status, 200);
  EXPECT_EQ(desk.event<DeathRecorded>(1).token, forms.exact);
  EXPECT_EQ(desk.post(kDeaths, death({{"token", forms.exact.reveal_hex()}})).code(), "already_recorded");
  const nlohmann::json parts = {
      {"insurer", "０１１３００１２"}, {"symbol", "21700023"}, {"number", "5"}, {"branch", "0"}};
  EXPECT_EQ(desk.post(kDeaths, death(parts)).code(), "already_recorded");
}

TEST(Identity, IsRecordedOnceWhenFirstSeen) {
  Desk desk;
  EXPECT_EQ(desk.post(kDeaths, {death({{"id", id_text(5)}}), death({{"id", id_text(5)}})}).receipt(1), 2u);
  ASSERT_EQ(desk.event_count(), 3u);
  const auto identity = desk.event<TokenIdentity>(0);
  const TokenForms forms = desk.tokenizer.forms(parse_insurance_line(id_text(5)).value());
  EXPECT_EQ(identity, (TokenIdentity{forms.exact, forms.loose, forms.household, TokenLevel::kExact}));
  nlohmann::json later = death({{"id", id_text(5)}});
  later["date"] = "2026-06-02";
  desk.post(kDeaths, later);
  EXPECT_EQ(desk.event_count(), 4u) << "the second time only the fact itself is recorded";
}

TEST(Identity, OfARefusedLineLeavesNothingBehind) {
  Desk desk;
  nlohmann::json bad = death({{"id", id_text(5)}});
  bad["date"] = "tomorrow";
  EXPECT_EQ(desk.post(kDeaths, {bad, death({{"id", id_text(5)}})}).receipt(1), 1u);
  EXPECT_EQ(desk.event_count(), 2u);
  EXPECT_EQ(desk.event<TokenIdentity>(0).exact, desk.event<DeathRecorded>(1).token);
}

TEST(Identity, AnObjectionBringsTheWeakFormsEvenOfAKnownPerson) {
  Desk desk;
  const Token exact = desk.tokenizer.exact(parse_insurance_line(id_text(5)).value());
  nlohmann::json by_token = notice(0);
  by_token["token"] = exact.reveal_hex();
  desk.post(kNotices, by_token);
  EXPECT_EQ(desk.post(kObjections, {{"id", id_text(5)}}).receipt(), 3u);
  EXPECT_EQ(desk.event<TokenIdentity>(1).exact, exact);
}

TEST(Identity, R08TokenAndNumberInOneRowMustAgree) {
  Desk desk;
  const std::string token = desk.tokenizer.exact(parse_insurance_line(id_text(5)).value()).reveal_hex();
  EXPECT_EQ(desk.post(kDeaths, death({{"token", token}, {"id", id_text(5)}})).status, 200);
  EXPECT_EQ(desk.post(kDeaths, death({{"token", token}, {"id", id_text(6)}})).code(), "identity_ambiguous");
  EXPECT_EQ(desk.post(kDeaths, death({{"token", token}, {"id", "01130012:21700023:5:0x"}})).code(),
            "identity_ambiguous");
  EXPECT_EQ(desk.post(kDeaths, death({{"id", id_text(5)}, {"number", "5"}})).code(), "identity_ambiguous");
}

// R10: a word on the household's card is found by each of the hundred cards with a branch, and by their loose forms.
TEST(Identity, R10AnObjectionWithoutABranchCoversTheHundredBranches) {
  Desk desk;
  const InsuranceId card = parse_insurance_line("138016:千-12:0012345:").value();
  const Token household = desk.tokenizer.exact(card);
  EXPECT_EQ(desk.post(kObjections, {{"id", "138016:千-12:0012345:"}}).receipt(), 101u);
  ASSERT_EQ(desk.event_count(), 102u);
  EXPECT_EQ(desk.event<TokenIdentity>(0).level, TokenLevel::kHousehold);
  for (const char* branch : {"00", "07", "99"}) {
    InsuranceId member = card;
    member.branch = branch;
    const TokenForms forms = desk.tokenizer.forms(member);
    EXPECT_EQ(desk.event<TokenIdentity>(1 + static_cast<std::size_t>(std::stoi(branch))),
              (TokenIdentity{forms.exact, forms.loose, household, TokenLevel::kLoose}));
  }
  EXPECT_EQ(desk.post(kNotices, {notice(0)}).status, 200);
  EXPECT_EQ(desk.event_count(), 103u) << "what permits spreads to nobody";
  EXPECT_EQ(desk.post(kObjections, {{"id", "39131016::01234566:"}}).receipt(), 104u) << "it is one person's number";
}

TEST(Identity, R12AnObjectionIsFoundByTheHouseholdsCardAndItsLooseForm) {
  Desk desk;
  const InsuranceId card = parse_insurance_line("138016:千-12:0012345:01").value();
  InsuranceId without = card;
  without.branch.clear();
  EXPECT_EQ(desk.post(kObjections, {{"id", "138016:千-12:0012345:01"}}).receipt(), 2u);
  const TokenForms household = desk.tokenizer.forms(without);
  EXPECT_EQ(desk.event<TokenIdentity>(1),
            (TokenIdentity{household.exact, household.loose, household.exact, TokenLevel::kLoose}));
}

TEST(Identity, IsGivenInExactlyOneWay) {
  Desk desk;
  EXPECT_EQ(desk.post(kDeaths, death(nlohmann::json::object())).code(), "identity_missing");
  EXPECT_EQ(desk.post(kDeaths, death({{"token", token_text(1)}, {"id", id_text(1)}})).code(), "identity_ambiguous");
  EXPECT_EQ(desk.post(kDeaths, death({{"token", token_text(1)}, {"number", "1"}})).code(), "identity_ambiguous");
}

TEST(Identity, WhatIsWrongWithItIsNamed) {
  Desk desk;
  const auto code = [&](nlohmann::json who) {
    const Answered answered = desk.post(kDeaths, death(std::move(who)));
    return answered.code() + " " + answered.field();
  };
  EXPECT_EQ(code({{"token", "abc"}}), "token_format token");
  EXPECT_EQ(code({{"insurer", "1"}, {"number", "5"}}), "insurer_format insurer");
  EXPECT_EQ(code({{"insurer", "01130012"}, {"symbol", "1"}, {"branch", "00"}}), "number_missing number");
  EXPECT_EQ(code({{"insurer", "01130012"}, {"symbol", "1"}, {"number", "1"}, {"branch", "abc"}}),
            "branch_format branch");
}

TEST(Identity, AWrongCheckDigitIsRefusedByHandAndFlaggedInBulk) {
  Desk desk;
  const nlohmann::json line = {{"id", "01130013:21700023:5:00"}};
  const Answered bulk = desk.post(kObjections, line);
  EXPECT_EQ(bulk.status, 200);
  EXPECT_EQ(bulk.line(0)["flags"], nlohmann::json::array({"check_digit_failed"}));
  desk.principal.role = Role::kDeskClerkHolder;
  const Answered by_hand = desk.post(kObjections, line);
  EXPECT_EQ(by_hand.status, 422);
  EXPECT_EQ(by_hand.code(), "check_digit");
}

TEST(Identity, ACardWithoutBranchNamesAHousehold) {
  Desk desk;
  const Answered answered = desk.post(kObjections, {{"id", "01130012:21700023:5:"}});
  EXPECT_EQ(answered.line(0)["flags"], nlohmann::json::array({"household_card"}));
  EXPECT_EQ(desk.event<TokenIdentity>(0).level, TokenLevel::kHousehold);
}

TEST(Identity, AMyNumberIsRefusedInAnyFieldAndNeverRepeated) {
  Desk desk;
  const std::string number = "123456789018";
  std::vector<nlohmann::json> lines = {
      death({{"id", number}}),
      death({{"insurer", "01130012"}, {"symbol", "1"}, {"number", number}, {"branch", "00"}}),
      death({{"id", "01130012:21700023:" + number + ":00"}}),
      death({{"id", "01130012:21700023:１２３４５６７８９０１８:00"}}),
      death({{"token", token_text(1)}, {"comment", "1234-5678-9018"}}),
      {{"token", token_text(1)}, {"date", number}},
      death({{"token", token_text(1)}, {"list", {"x", number}}}),
      death({{"token", token_text(1)}, {number, "x"}}),
      death({{"token", token_text(1)}, {"number", 123456789018}}),
  };
  for (const nlohmann::json& line : lines) {
    for (const WriteKind* kind : write_kinds()) {
      const Answered answered = desk.post(*kind, line);
      EXPECT_EQ(answered.status, 422);
      EXPECT_EQ(answered.code(), "my_number_refused") << line;
      EXPECT_EQ(answered.text.find(number), std::string::npos) << answered.text;
      EXPECT_EQ(answered.text.find("9018"), std::string::npos) << answered.text;
    }
  }
  EXPECT_EQ(desk.event_count(), 0u);
}

TEST(Identity, NoRefusalRepeatsWhatTheLineHeld) {
  Desk desk;
  for (const nlohmann::json& line : std::vector<nlohmann::json>{death({{"token", "SECRET"}}),
                                                                death({{"id", "SECRET"}}),
                                                                death({{"id", "01130012:SECRET:SECRET:SECRET"}}),
                                                                {{"token", token_text(1)}, {"date", "SECRET"}},
                                                                {{"token", token_text(1)}, {"SECRET", "1"}}}) {
    const Answered answered = desk.post(kDeaths, line);
    EXPECT_EQ(answered.status, 422) << line;
    EXPECT_EQ(answered.text.find("SECRET"), std::string::npos) << answered.text;
  }
}

TEST(Identity, R24_AMisspeltFieldIsRefusedEverywhere) {
  Desk desk;
  nlohmann::json line = {{"token", token_text(1)}, {"regime", "NGMIA_ANON"}};  // "regimes" was meant
  for (const WriteKind* kind : {&kConsents, &kObjections, &kWithdrawals}) {
    const Answered answered = desk.post(*kind, line);
    EXPECT_EQ(answered.status, 422) << kind->name;
    EXPECT_EQ(answered.code(), "unknown_field") << kind->name << ": it would not be what the person meant";
  }
  const Answered csv = desk.post_text(kObjections, "token,regime\n" + token_text(1) + ",NGMIA_ANON\n", "text/csv");
  EXPECT_EQ(csv.code(), "unknown_field");
  EXPECT_EQ(desk.event_count(), 0u);
}

}  // namespace
}  // namespace ishi::api::testing
