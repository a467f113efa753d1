// Denying is easy, allowing needs standing; and what is known of one person is bounded.
#include "registry/commands/standing.h"

#include <gtest/gtest.h>

#include "tests/registry/commands/rulings.h"

namespace ishi {
namespace {

struct StandingTest : RulingsTest {};

// ---- LAW.md 4.13: denying is easy, allowing needs standing

TEST_F(StandingTest, WhatOneRecordedAnotherTakesBackOnlyWithReceiptAndProof) {
  act_as("aoba-machine");
  objects(1, by(RequesterKind::kSelf));
  for (const char* other : {"botan-machine", "registry-1", "call-centre"}) {
    act_as(other);
    EXPECT_EQ(withdraws(1, std::nullopt, by(RequesterKind::kSelf)), "recorded_by_another evidence") << other;
    EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kSelf)), "recorded_by_another evidence") << other;
    Submission all_seen = by(RequesterKind::kSelf);
    all_seen.evidence = ProofSeen::kIdentity;
    EXPECT_EQ(withdraws(1, std::nullopt, all_seen), "recorded_by_another evidence") << other << " names no receipt";
  }
  Submission seen = by(RequesterKind::kSelf);
  seen.evidence = ProofSeen::kIdentity;
  EXPECT_EQ(withdraws(1, EventIndex(0), seen), "");
}

TEST_F(StandingTest, TheOwnInstitutionAndThePersonNeedNoProof) {
  act_as("aoba-machine");
  objects(1, by(RequesterKind::kSelf));
  act_as("aoba-desk");
  EXPECT_EQ(withdraws(1, std::nullopt, by(RequesterKind::kSelf)), "");
  act_as("aoba-machine");
  objects(1, by(RequesterKind::kSelf));
  act_as("portal");
  actor.role = Role::kPatient;
  EXPECT_EQ(withdraws(1, std::nullopt, by(RequesterKind::kSelf)), "");
}

TEST_F(StandingTest, WithoutAHistoryNothingIsTakenBack) {
  objects(1, by(RequesterKind::kSelf));
  CommandBatch batch;
  CommandContext blind = context();
  blind.history = nullptr;
  EXPECT_EQ(verdict(withdraw(blind, person(1), {std::nullopt, true, by(RequesterKind::kSelf)}, batch)),
            "nothing_to_withdraw");
}

TEST_F(StandingTest, AConsentIsForTheOwnInstitution) {
  GiveConsentCommand command;
  command.scope = in_regimes({"APPI_CONSENT"});
  command.submission = by(RequesterKind::kSelf);
  const auto give = [&] {
    return request([&](CommandBatch& batch) { return give_consent(context(), person(1), command, batch); });
  };
  EXPECT_EQ(give(), "foreign_holder holders") << "all holders are not its own";
  command.scope.holders = {sample::kAoba, sample::kBotan};
  EXPECT_EQ(give(), "foreign_holder holders");
  command.scope.holders = {sample::kAoba};
  EXPECT_EQ(give(), "");
  act_as("call-centre");
  EXPECT_EQ(give(), "foreign_holder holders");
  act_as("registry-1");
  command.scope.holders.clear();
  EXPECT_EQ(give(), "");
}

TEST_F(StandingTest, WhatPermitsIsNotDatedBackBeyondTheBooksBound) {
  const CivilDate today = jst_date(now), last = today.plus_days(-book.backdating_days_max);
  EXPECT_EQ(is_told(1, last.plus_days(-1)), "dated_back_too_far date");
  EXPECT_EQ(is_told(1, last), "");
  EXPECT_EQ(request([&](CommandBatch& batch) {
              return visit(context(), person(2), {sample::kAoba, CivilDate::of(2026, 4, 2)}, batch);
            }),
            "dated_back_too_far date");
  Submission long_ago = by(RequesterKind::kSelf);
  long_ago.accepted_at = jst_start_of(last.plus_days(-1));
  EXPECT_EQ(consents(3, long_ago), "dated_back_too_far accepted_at");
  EXPECT_EQ(objects(3, long_ago), "") << "denying is easy";
  EXPECT_EQ(withdraws(3, std::nullopt, long_ago), "dated_back_too_far accepted_at");
  act_as("registry-1");
  actor.holder = sample::kAoba;
  EXPECT_EQ(is_told(4, last.plus_days(-1)), "") << "the registry loads history";
}

// ---- LAW.md 5.14: what is known of one person is bounded

TEST_F(StandingTest, BeyondSixtyFourObjectionsTheNextStopsEverything) {
  const auto of_period = [](int i) {
    Scope scope;
    scope.record_from = CivilDate::of(2000, 1, 1).plus_days(i);
    return scope;
  };
  for (int i = 0; i < 64; ++i) ASSERT_EQ(objects(1, by(RequesterKind::kSelf), of_period(i)), "");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), of_period(64)), "+scope_widened");
  EXPECT_EQ(std::get<Objection>(log.back()).scope, Scope());
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), of_period(65)), "=already_objected");
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianAdult), of_period(66)), "=already_objected");
  EXPECT_EQ(log.size(), 65U);
}

TEST_F(StandingTest, OneRequestIsBoundedToo) {
  CommandBatch batch;
  const Subject subject = person(1);
  for (int i = 0; i < 1'000; ++i) {
    Scope scope;
    scope.record_from = CivilDate::of(2000, 1, 1).plus_days(i);
    ASSERT_TRUE(object(context(), subject, {scope, by(RequesterKind::kSelf)}, batch));
  }
  EXPECT_EQ(batch.events.size(), 65U);
}

TEST_F(StandingTest, WhoWasTakenBackTooOftenStaysDenied) {
  CommandBatch long_story;
  for (std::size_t round = 0; round < kTakenBackOfOneMax - 1; ++round) {
    long_story.events.emplace_back(
        Objection{.token = token(1), .scope = {}, .relation = "", .accepted_at = now, .reaffirm_on = {}});
    long_story.events.emplace_back(ObjectionWithdrawn{.token = token(1),
                                                      .objections = {EventIndex(2 * round)},
                                                      .requester = RequesterKind::kSelf,
                                                      .accepted_at = now});
  }
  append(std::move(long_story));
  ASSERT_EQ(objects(1, by(RequesterKind::kSelf)), "");
  EXPECT_EQ(withdraws(1, std::nullopt, by(RequesterKind::kSelf)), "");
  ASSERT_EQ(objects(1, by(RequesterKind::kSelf)), "");
  EXPECT_EQ(withdraws(1, std::nullopt, by(RequesterKind::kSelf)), "too_many_facts");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf)), "=already_objected");
}

TEST_F(StandingTest, ACrowdOfFalseLinksKeepsNoObjectionFromACard) {
  act_as("registry-1");
  CommandBatch batch;
  for (int i = 2; i <= 256; ++i) {
    ASSERT_EQ(verdict(link(context(), person(1), person(i), {LinkSource::kHospital, {}}, batch)), "");
  }
  append(std::move(batch));
  objects(500, by(RequesterKind::kSelf));
  const std::size_t before = log.size();
  EXPECT_EQ(joins(1, 500, LinkSource::kHistoryInquiry), "+too_many_linked_denied");
  for (const int card : {1, 77, 256, 500}) {
    const auto status = people.find(token(card));
    ASSERT_EQ(status->household_objections.size(), 1U) << card;
    EXPECT_EQ(status->household_objections.front().scope, Scope()) << "denied, whatever is asked";
  }
  EXPECT_EQ(log.size(), before + 2);
  EXPECT_EQ(joins(1, 500, LinkSource::kHistoryInquiry), "=already_linked") << "and the log does not grow";
  act_as("aoba-machine");
  EXPECT_EQ(parts(1, 1), "recorded_by_another evidence");
  act_as("registry-2");
  EXPECT_EQ(parts(1, 1), "") << "the registry has looked";
  EXPECT_TRUE(people.find(token(77))->household_objections.empty());
}

}  // namespace
}  // namespace ishi
