// What a status says of one person is bounded, exactly where nothing is lost and strictly where something is.
#include "registry/status/bounded_facts.h"

#include <gtest/gtest.h>

#include "registry/status/population.h"

namespace ishi::facts {
namespace {

Token card(int number) {
  const std::string digits = std::to_string(number);
  return Token::parse_hex(std::string(32 - digits.size(), 'b') + digits).value();
}
ObjectionFact objection(std::uint64_t event, std::int64_t from, std::optional<std::int64_t> until, std::string regime) {
  ObjectionFact fact;
  fact.event = EventIndex(event);
  fact.token = card(1);
  fact.accepted_at = Timestamp(from);
  if (until) fact.withdrawn_at = Timestamp(*until);
  if (!regime.empty()) fact.scope.regimes = {std::move(regime)};
  return fact;
}
bool denies(const PersonStatus& status, std::int64_t at, const std::string& regime) {
  for (const ObjectionFact& fact : status.objections) {
    const bool stands =
        fact.accepted_at.microseconds() <= at && (!fact.withdrawn_at || at < fact.withdrawn_at->microseconds());
    if (stands && (fact.scope.regimes.empty() || fact.scope.regimes.front() == regime)) return true;
  }
  return false;
}

TEST(BoundedFacts, LeavesTheFewAsTheyAre) {
  PersonStatus status;
  for (std::uint64_t i = 0; i < 64; ++i) status.objections.push_back(objection(i, 10, std::nullopt, "A"));
  const PersonStatus before = status;
  bound_facts(status);
  EXPECT_EQ(status, before);
}

TEST(BoundedFacts, WhatAnotherCoversInTimeSaysNothing) {
  PersonStatus status;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    status.objections.push_back(objection(i, static_cast<std::int64_t>(10 + i), std::nullopt, i % 2 ? "A" : "B"));
  const PersonStatus before = status;
  bound_facts(status);
  ASSERT_EQ(status.objections.size(), 2U);
  for (const std::int64_t at : {9, 10, 11, 12, 5'000, 20'000})
    for (const char* regime : {"A", "B", "C"}) EXPECT_EQ(denies(status, at, regime), denies(before, at, regime)) << at;
}

TEST(BoundedFacts, TooManyThatStandStopEverything) {
  PersonStatus status;
  for (std::uint64_t i = 0; i < 500; ++i)
    status.objections.push_back(objection(i, 10, std::nullopt, "R" + std::to_string(i)));
  bound_facts(status);
  EXPECT_LE(status.objections.size(), kObjectionFactsMax);
  EXPECT_TRUE(denies(status, 10, "ANOTHER"));
  EXPECT_FALSE(denies(status, 9, "ANOTHER"));
}

TEST(BoundedFacts, OfThoseTakenBackTheLatestStayAndTheOthersErrTowardsNo) {
  PersonStatus status;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const auto from = static_cast<std::int64_t>(i * 10);
    status.objections.push_back(objection(i, from, from + 5, "A"));
  }
  const PersonStatus before = status;
  bound_facts(status);
  EXPECT_LE(status.objections.size(), kObjectionFactsMax);
  EXPECT_FALSE(denies(status, 9'996, "A")) << "now they are free";
  EXPECT_TRUE(denies(status, 9'990, "A"));
  EXPECT_FALSE(denies(status, 9'986, "A"));
  for (std::int64_t at = 0; at < 10'000; ++at)
    ASSERT_TRUE(denies(status, at, "A") || !denies(before, at, "A")) << "never milder, at " << at;
  EXPECT_FALSE(denies(status, 50, "B"));
}

TEST(BoundedFacts, OfPermissionsTheSurplusGoes) {
  PersonStatus status;
  for (int i = 0; i < 5'000; ++i) {
    ConsentFact consent;
    consent.event = EventIndex(static_cast<std::uint64_t>(i));
    status.consents.push_back(consent);
    status.notices.push_back({"h", "r", "t", NoticeMethod::kHanded, CivilDate(i)});
  }
  bound_facts(status);
  EXPECT_EQ(status.consents.size(), kConsentFactsMax);
  EXPECT_EQ(status.notices.size(), kNoticeFactsMax);
  EXPECT_EQ(status.notices.front().date, CivilDate(0)) << "the first starts the period";
  EXPECT_EQ(status.notices.back().date, CivilDate(4'999));
}

TEST(BoundedFacts, WhatTheMembersOfAHouseholdMadeIsBoundedAsOnePersonsIs) {
  Population population;
  std::uint64_t at = 0;
  const auto happen = [&](EventBody body) {
    population.apply(EventIndex(at++), Event{Timestamp(), "x", std::move(body)});
  };
  const Token household = card(500);
  happen(TokenIdentity{household, household, household, TokenLevel::kHousehold});
  for (int i = 1; i <= 4; ++i) happen(TokenIdentity{card(i), card(i), household, TokenLevel::kExact});
  for (int i = 0; i < 400; ++i) {
    Objection wish;
    wish.token = card(1 + i % 4);
    wish.accepted_at = Timestamp(i);
    wish.scope.record_from = CivilDate(i);
    happen(wish);
  }
  const Match match = population.resolve(household, household, household);
  EXPECT_LE(match.household_objections.size(), kObjectionFactsMax);
  EXPECT_TRUE(std::any_of(match.household_objections.begin(), match.household_objections.end(),
                          [](const ObjectionFact& fact) { return fact.scope == Scope(); }));
}

TEST(BoundedFacts, APersonOfCountlessFactsIsReadAtOnce) {
  Population population;
  std::uint64_t at = 0;
  const auto happen = [&](EventBody body) {
    population.apply(EventIndex(at++), Event{Timestamp(), "x", std::move(body)});
  };
  for (int i = 2; i <= 256; ++i) happen(TokensLinked{card(1), card(i), LinkSource::kInsurer, std::nullopt});
  for (int i = 0; i < 100'000; ++i) {
    Objection wish;
    wish.token = card(1 + i % 256);
    wish.accepted_at = Timestamp(i);
    happen(wish);
    if (i % 2 == 0)
      happen(ObjectionWithdrawn{wish.token, {EventIndex(at - 1)}, RequesterKind::kSelf, Timestamp(i + 1), {}});
  }
  const auto status = population.find(card(9));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->tokens.size(), 256U);
  EXPECT_LE(status->objections.size(), kObjectionFactsMax);
  EXPECT_TRUE(std::any_of(status->objections.begin(), status->objections.end(),
                          [](const ObjectionFact& fact) { return !fact.withdrawn_at; }));
}

}  // namespace
}  // namespace ishi::facts
