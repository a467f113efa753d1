#include "registry/commands/object.h"

#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct ObjectTest : CommandTest {
  std::string say(int number, ObjectCommand command) {
    return request([&](CommandBatch& batch) { return object(context(), person(number), command, batch); });
  }
  static ObjectCommand by_the_bereaved(std::optional<CivilDate> death = std::nullopt) {
    ObjectCommand command;
    command.submission.requester = RequesterKind::kBereaved;
    command.submission.relation = "CHILD";
    command.death_date = death;
    return command;
  }
  static ObjectCommand with_scope(Scope scope) {
    ObjectCommand command;
    command.scope = std::move(scope);
    return command;
  }
};

TEST_F(ObjectTest, AnybodyMayObjectToEverything) {
  EXPECT_EQ(say(1, {}), "");
  EXPECT_EQ(
      event<Objection>(0),
      (Objection{
          token(1), {}, RequesterKind::kSelf, "", now, PastData::kStopOnly, Channel::kCounterPaper, std::nullopt}));
}

TEST_F(ObjectTest, AFormOfThePortalBecomesTheSameFact) {
  actor.role = Role::kPatient;
  ObjectCommand command = with_scope(in_regimes({"NGMIA_ANON"}));
  command.scope.holders = {sample::kDaichi};
  command.scope.recipients = {sample::kKiku};
  command.scope.categories = {"IMAGE"};
  command.scope.purposes = {"PURPOSE_1"};
  command.scope.record_from = command.scope.record_to = CivilDate::of(2020, 4, 1);
  command.past_data = PastData::kStopAndErase;
  command.submission.accepted_at = now.plus_seconds(-60);
  EXPECT_EQ(say(1, command), "");
  EXPECT_EQ(event<Objection>(0).scope, command.scope);
  EXPECT_EQ(event<Objection>(0).past_data, PastData::kStopAndErase);
  EXPECT_EQ(event<Objection>(0).accepted_at, now.plus_seconds(-60));
  EXPECT_EQ(event<Objection>(0).channel, Channel::kPortal) << "where a patient speaks";
  command.submission.channel = Channel::kKiosk;
  say(2, command);
  EXPECT_EQ(event<Objection>(1).channel, Channel::kKiosk);
}

TEST_F(ObjectTest, EachRoleHasItsUsualChannel) {
  for (const auto& [role, channel] :
       {std::pair{Role::kProxy, Channel::kPortal}, std::pair{Role::kBereaved, Channel::kPortal},
        std::pair{Role::kDeskClerkMunicipal, Channel::kMunicipal}, std::pair{Role::kCallAgent, Channel::kPhone},
        std::pair{Role::kOperatorBatch, Channel::kAgentApi}, std::pair{Role::kOperatorAdmin, Channel::kAgentApi},
        std::pair{Role::kDeskClerkHolder, Channel::kCounterPaper}}) {
    actor.role = role;
    say(static_cast<int>(role), {});
    EXPECT_EQ(std::get<Objection>(log.back()).channel, channel) << static_cast<int>(role);
  }
}

TEST_F(ObjectTest, WhatTheBookDoesNotKnowIsRefused) {
  const auto with = [](std::vector<std::string> Scope::*list, std::vector<std::string> codes) {
    ObjectCommand command;
    command.scope.*list = std::move(codes);
    return command;
  };
  EXPECT_EQ(say(1, with(&Scope::regimes, {"NGMIA_ANON", "X"})), "unknown_regime regimes");
  EXPECT_EQ(say(1, with(&Scope::holders, {"X"})), "unknown_holder holders");
  EXPECT_EQ(say(1, with(&Scope::recipients, {"X"})), "unknown_recipient recipients");
  EXPECT_EQ(say(1, with(&Scope::categories, {"X"})), "unknown_category categories");
  EXPECT_EQ(say(1, with(&Scope::purposes, {"X"})), "unknown_purpose purposes");
  ObjectCommand reversed;
  reversed.scope.record_from = CivilDate::of(2021, 1, 2);
  reversed.scope.record_to = CivilDate::of(2021, 1, 1);
  EXPECT_EQ(say(1, reversed), "record_period_reversed record_from");
}

TEST_F(ObjectTest, WhereTheLawLeavesNoChoiceItIsRefused) {
  EXPECT_EQ(say(1, with_scope(in_regimes({"CANCER_REG"}))), "objection_not_applicable regimes");
}

TEST_F(ObjectTest, AClockFiveMinutesFastLosesNothing) {
  ObjectCommand command;
  command.submission.accepted_at = now.plus_seconds(kClockSkewSecondsMax);
  EXPECT_EQ(say(1, command), "+clock_adjusted");
  EXPECT_EQ(event<Objection>(0).accepted_at, now);
  command.submission.accepted_at = now.plus_seconds(kClockSkewSecondsMax + 1);
  EXPECT_EQ(say(1, command), "accepted_at_in_future accepted_at");
}

TEST_F(ObjectTest, OfAChildIsMadeByAParentAndAskedAgainAtSixteen) {  // T07
  ObjectCommand command;
  command.submission.birth_date = CivilDate::of(2015, 5, 5);
  EXPECT_EQ(say(1, command), "age_self_too_young birth_date");
  command.submission.requester = RequesterKind::kGuardianParent;
  EXPECT_EQ(say(1, command), "");
  EXPECT_EQ(event<Objection>(0).reaffirm_on, CivilDate::of(2031, 5, 5));
  command.submission.birth_date = CivilDate::of(2000, 5, 5);
  EXPECT_EQ(say(1, command), "guardian_age_exceeded requester");
  command.submission.birth_date = CivilDate::of(2026, 7, 2);
  EXPECT_EQ(say(1, command), "date_in_future birth_date");
}

TEST_F(ObjectTest, TheBereavedSpeakForTheDeadAndMayBringTheNews) {  // T09
  const CivilDate died = CivilDate::of(2026, 5, 1);
  EXPECT_EQ(say(1, by_the_bereaved()), "person_not_deceased death_date");
  EXPECT_EQ(say(1, by_the_bereaved(CivilDate::of(2026, 7, 2))), "date_in_future death_date");
  EXPECT_EQ(say(1, by_the_bereaved(died)), "");
  EXPECT_EQ(event<Objection>(0).relation, "CHILD");
  EXPECT_EQ(event<DeathRecorded>(1), (DeathRecorded{token(1), died}));
  const auto of_a_period = [](ObjectCommand command, int days) {
    command.scope.record_from = CivilDate::of(2020, 1, 1).plus_days(days);
    return command;
  };
  EXPECT_EQ(say(1, of_a_period(by_the_bereaved(), 1)), "") << "the death is on record now";
  EXPECT_EQ(say(1, of_a_period(by_the_bereaved(died), 2)), "");
  EXPECT_EQ(say(1, of_a_period(by_the_bereaved(died.plus_days(1)), 3)), "+death_date_differs");
  EXPECT_EQ(log.size(), 5U) << "and no second death";
}

TEST_F(ObjectTest, TheBereavedNameTheirRelation) {
  ObjectCommand command = by_the_bereaved(CivilDate::of(2026, 5, 1));
  command.submission.relation = "NEIGHBOUR";
  EXPECT_EQ(say(1, command), "relation_unknown relation");
}

TEST_F(ObjectTest, ADeathThatNobodyBereavedBringsIsIgnored) {
  ObjectCommand command;
  command.submission.relation = "CHILD";
  command.death_date = CivilDate::of(2026, 5, 1);
  command.submission.accepted_at = now.plus_seconds(1);
  EXPECT_EQ(say(1, command), "+clock_adjusted+field_ignored");
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(event<Objection>(0).relation, "") << "only the bereaved have one";
}

TEST_F(ObjectTest, ThatDoesNotDecideHereIsRefused) {
  ObjectCommand command = with_scope(in_regimes({"NGMIA_ANON"}));
  command.submission.requester = RequesterKind::kAgent;
  EXPECT_EQ(say(1, command), "requester_not_allowed requester");
}

TEST_F(ObjectTest, OneRequestRecordsADeathOnce) {
  CommandBatch batch;
  const Subject subject = person(1);
  const ObjectCommand command = by_the_bereaved(CivilDate::of(2026, 5, 1));
  ObjectCommand another = command;
  another.past_data = PastData::kStopAndErase;
  EXPECT_EQ(verdict(object(context(), subject, command, batch)), "");
  EXPECT_EQ(verdict(object(context(), subject, another, batch)), "");
  ASSERT_EQ(batch.events.size(), 3U) << "objection, death, objection";
  EXPECT_TRUE(std::holds_alternative<Objection>(batch.events[2]));
}

}  // namespace
}  // namespace ishi
