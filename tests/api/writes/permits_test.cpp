#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

struct Permits : ::testing::Test {
  Permits() {
    desk.book.regimes.at("PUBDB_NDB").cutoff = Cutoff::kPermitApprovalTime;
    desk.principal = {"reviewer", Role::kReviewer, {}, {}, {}};
  }
  nlohmann::json permit(std::string_view id) const {
    return {{"permit_id", id}, {"regime", "PUBDB_NDB"}, {"purposes", {"PURPOSE_1"}}, {"recipient", sample::kSakura}};
  }
  Desk desk;
};

TEST_F(Permits, AreRegisteredAsRowsLikeEverythingElse) {
  const Answered two = desk.post(kPermits, {permit("P-1"), permit("P-2")});
  ASSERT_EQ(two.status, 200) << two.text;
  EXPECT_EQ(two.receipt(1), 1u);
  const auto stored = desk.event<PermitApproved>(0);
  EXPECT_EQ(stored.permit_id, "P-1");
  EXPECT_EQ(stored.token, permit_token("P-1"));
  EXPECT_EQ(stored.recipient, sample::kSakura);
  EXPECT_EQ(stored.approved_at, desk.clock.now());
  const Answered csv = desk.post_text(kPermits,
                                      "permit_id,regime,purposes,exception,ground\n"
                                      "P-3,PUBDB_NDB,PURPOSE_1;PURPOSE_2,LAW,\"public body, no alternative\"\n",
                                      "text/csv");
  ASSERT_EQ(csv.status, 200) << csv.text;
  EXPECT_EQ(desk.event<PermitApproved>(2).purposes, (std::vector<std::string>{"PURPOSE_1", "PURPOSE_2"}));
  EXPECT_EQ(desk.event<PermitApproved>(2).ground, "public body, no alternative");
}

TEST_F(Permits, OfAnIdThatIsTakenAreRefusedOrKnown) {
  ASSERT_EQ(desk.post(kPermits, permit("P-1")).status, 200);
  EXPECT_EQ(desk.post(kPermits, permit("P-1")).code(), "already_recorded");
  auto other = permit("P-1");
  other["purposes"] = {"PURPOSE_2"};
  const Answered refused = desk.post(kPermits, other);
  EXPECT_EQ(refused.code(), "permit_exists");
  EXPECT_EQ(refused.field(), "permit_id");
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST_F(Permits, NameNobodyAndNoFieldThatIsNotTheirs) {
  auto somebody = permit("P-1");
  somebody["token"] = token_text(1);
  EXPECT_EQ(desk.post(kPermits, somebody).code(), "unknown_field");
  auto number = permit("123456789018");
  EXPECT_EQ(desk.post(kPermits, number).code(), "my_number_refused");
  auto list = permit("P-1");
  list["permit_id"] = {"P-1", "P-2"};
  EXPECT_EQ(desk.post(kPermits, list).code(), "value_format");
  auto all = permit("P-1");
  all["purposes"] = "ALL";
  EXPECT_EQ(desk.post(kPermits, all).code(), "field_missing") << "a permit is for something";
  EXPECT_EQ(desk.post(kPermits, nlohmann::json::object({{"regime", "PUBDB_NDB"}})).code(), "field_missing");
  EXPECT_EQ(desk.event_count(), 0u);
}

TEST_F(Permits, ApprovedEarlierAreForTwoPeople) {
  auto earlier = permit("P-1");
  earlier["approved_at"] = "2026-05-01";
  EXPECT_EQ(desk.post(kPermits, earlier).code(), "two_signatures_needed");
  desk.principal = {"keyholders", Role::kRegistryKeyholder, {}, {}, {}};
  ASSERT_EQ(desk.post(kPermits, earlier).status, 200);
  EXPECT_EQ(desk.event<PermitApproved>(0).counts_from, PermitStart::kApproval);
}

}  // namespace
}  // namespace ishi::api::testing
