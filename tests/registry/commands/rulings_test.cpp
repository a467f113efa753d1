// The rulings of LAW.md 14 on what people and institutions may do, each by its number.
#include <gtest/gtest.h>

#include "tests/registry/commands/rulings.h"

namespace ishi {
namespace {

// ---- R01: no request in the name of the dead

TEST_F(RulingsTest, R01_NobodySpeaksInTheNameOfTheDead) {
  act_as("registry-1");
  objects(1, by(RequesterKind::kSelf));
  const EventIndex in_life(0);
  dies(1);
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), in_regimes({"NGMIA_ANON"})), "person_has_died requester");
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianAdult)), "person_has_died requester");
  EXPECT_EQ(withdraws(1, in_life, by(RequesterKind::kSelf)), "person_has_died requester");
  EXPECT_EQ(consents(1, by(RequesterKind::kSelf)), "person_has_died requester");
}

TEST_F(RulingsTest, R01_WhatWasAcceptedInLifeCountsThoughItComesLate) {
  dies(1);
  Submission on_the_day = by(RequesterKind::kSelf);
  on_the_day.accepted_at = parse_timestamp("2026-06-03T23:59:59+09:00");
  EXPECT_EQ(objects(1, on_the_day), "");
  on_the_day.accepted_at = parse_timestamp("2026-06-04T00:00:00+09:00");
  EXPECT_EQ(objects(1, on_the_day), "person_has_died requester");
}

TEST_F(RulingsTest, R01_TheBereavedPermitNothing) {
  book.regimes.at("APPI_CONSENT").deciders.insert(RequesterKind::kBereaved);
  consents(1, by(RequesterKind::kSelf));
  dies(1);
  EXPECT_EQ(consents(1, by(RequesterKind::kBereaved)), "requester_not_allowed requester");
  EXPECT_EQ(request([&](CommandBatch& batch) {
              return withdraw_consent(context(), person(1), {EventIndex(0), by(RequesterKind::kBereaved)}, batch);
            }),
            "requester_not_allowed requester");
  EXPECT_EQ(objects(1, by(RequesterKind::kBereaved)), "");
}

// ---- R02: where a right depends on age, the birth date is needed

TEST_F(RulingsTest, R02_AGuardianOfAMinorGivesTheBirthDate) {
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianParent, std::nullopt)), "birth_date_needed birth_date");
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianMinor, std::nullopt)), "birth_date_needed birth_date");
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianAdult, std::nullopt)), "") << "no age matters";
}

TEST_F(RulingsTest, R02_WhoPermitsUseGivesTheBirthDate) {
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf, std::nullopt)), "") << "a no is not lost for want of a date";
  EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kSelf, std::nullopt)), "birth_date_needed birth_date");
  EXPECT_EQ(consents(1, by(RequesterKind::kSelf, std::nullopt)), "birth_date_needed birth_date");
  EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kSelf, CivilDate::of(2015, 1, 1))),
            "age_self_too_young birth_date");
  EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kSelf)), "");
}

// ---- R03: who may link and undo

TEST_F(RulingsTest, R03_ASourceClaimsOnlyWhatItKnows) {
  for (const LinkSource source : {LinkSource::kHistoryInquiry, LinkSource::kPortal, LinkSource::kInsurer}) {
    EXPECT_EQ(joins(1, 2, source), "foreign_source source");
  }
  EXPECT_EQ(joins(1, 2, LinkSource::kHospital), "");
  actor.role = Role::kPatient;
  EXPECT_EQ(joins(1, 2, LinkSource::kHospital), "foreign_source source");
  EXPECT_EQ(joins(1, 2, LinkSource::kPortal), "") << "a second source of the same link";
  EXPECT_EQ(joins(2, 1, LinkSource::kPortal), "=already_linked");
}

TEST_F(RulingsTest, R03_ALinkEndsWhenNoSourceIsLeft) {
  act_as("aoba-machine");
  joins(1, 2);
  act_as("registry-1");
  joins(1, 2, LinkSource::kHistoryInquiry);
  act_as("aoba-desk");
  EXPECT_EQ(parts(1, 2), "+still_linked") << "the hospital takes back what it said, and no more";
  EXPECT_EQ(people.find(token(1))->tokens.size(), 2U);
  EXPECT_EQ(parts(1, 2), "recorded_by_another evidence") << "what the stronger source confirms is not theirs";
  act_as("registry-2");
  EXPECT_EQ(parts(1, 2), "");
  EXPECT_EQ(people.find(token(1))->tokens.size(), 1U);
}

TEST_F(RulingsTest, R03_AnotherHospitalsLinkNeedsItsReceiptAndProof) {
  act_as("aoba-machine");
  joins(1, 2);
  act_as("botan-machine");
  EXPECT_EQ(parts(1, 2), "recorded_by_another evidence");
  EXPECT_EQ(request([&](CommandBatch& batch) {
              return unlink(context(), person(1), {.link = EventIndex(0), .evidence = ProofSeen::kIdentity}, batch);
            }),
            "");
}

// ---- R04: who may retract a death

TEST_F(RulingsTest, R04_ADeathIsRetractedByWhoRecordedItOrByTheRegistry) {
  act_as("aoba-machine");
  dies(1);
  act_as("botan-machine");
  EXPECT_EQ(retracts(1), "recorded_by_another");
  act_as("aoba-desk");
  EXPECT_EQ(retracts(1), "") << "another caller of the same hospital";
  dies(1);
  act_as("registry-1");
  EXPECT_EQ(retracts(1), "");
}

TEST_F(RulingsTest, R04_OnlyTheDateThatIsNamedGoes) {
  dies(1, CivilDate::of(2026, 5, 1));
  dies(1, kDied);
  EXPECT_EQ(retracts(1), "death_ambiguous date");
  EXPECT_EQ(retracts(1, CivilDate::of(2026, 5, 2)), "death_not_recorded date");
  EXPECT_EQ(retracts(1, CivilDate::of(2026, 5, 1)), "");
  EXPECT_EQ(people.find(token(1))->died_on, kDied);
}

// ---- R05: which notice a void hits

TEST_F(RulingsTest, R05_AVoidHitsOneNotice) {
  const CivilDate day = CivilDate::of(2026, 6, 1);
  is_told(1, day);
  is_told(1, day, "anon-no-image");
  is_told(1, day, "anon-2024", NoticeMethod::kTerminal);
  EXPECT_EQ(was_not_told(1, {sample::kAoba, "NGMIA_ANON", day}), "notice_ambiguous template");
  EXPECT_EQ(was_not_told(1, {sample::kAoba, "NGMIA_ANON", day, NoticeMethod::kHanded}), "notice_ambiguous template");
  EXPECT_EQ(was_not_told(1, {sample::kAoba, "NGMIA_ANON", day, NoticeMethod::kHanded, "anon-2024"}), "");
  ASSERT_EQ(people.find(token(1))->notices.size(), 2U) << "nothing else is void";
  EXPECT_EQ(was_not_told(1, {sample::kAoba, "NGMIA_ANON", day, NoticeMethod::kHanded}), "") << "one is left";
  EXPECT_EQ(people.find(token(1))->notices.front().method, NoticeMethod::kTerminal);
}

TEST_F(RulingsTest, R05_OrTheOneWithThisReceipt) {
  const CivilDate day = CivilDate::of(2026, 6, 1);
  is_told(1, day);
  is_told(1, day, "anon-no-image");
  VoidNoticeCommand returned{sample::kAoba, "", std::nullopt};
  returned.notice = EventIndex(1);
  EXPECT_EQ(was_not_told(1, returned), "");
  ASSERT_EQ(people.find(token(1))->notices.size(), 1U);
  EXPECT_EQ(people.find(token(1))->notices.front().template_id, "anon-2024");
  EXPECT_EQ(was_not_told(1, returned), "notice_not_found");
  returned.holder = sample::kBotan;
  EXPECT_EQ(was_not_told(1, returned), "foreign_holder holder");
}

// ---- R06: contrary wishes of the bereaved

TEST_F(RulingsTest, R06_OneOfTheBereavedTakesBackOnlyTheirOwn) {
  dies(1);
  EXPECT_EQ(objects(1, of_desk(71)), "");
  EXPECT_EQ(objects(1, of_desk(72)), "") << "another's wish is a fact of its own";
  EXPECT_EQ(withdraws(1, EventIndex(1), of_desk(72)), "requester_differs evidence");
  EXPECT_EQ(withdraws(1, EventIndex(1), by(RequesterKind::kBereaved)), "requester_differs evidence");
  EXPECT_EQ(withdraws(1, EventIndex(2), of_desk(72)), "");
  Submission family = of_desk(72);
  family.evidence = ProofSeen::kConsensus;
  EXPECT_EQ(withdraws(1, EventIndex(1), family), "");
  EXPECT_EQ(std::get<ObjectionWithdrawn>(log.back()).proof,
            (WithdrawalProof{ProofSeen::kConsensus, RequesterMark{MarkKind::kDesk, token(72)}}));
}

TEST_F(RulingsTest, R06_PortalAndDeskNeverMatch) {
  dies(1);
  Submission in_portal = of_desk(71);
  in_portal.made_by->kind = MarkKind::kPortal;
  objects(1, of_desk(71));
  EXPECT_EQ(withdraws(1, EventIndex(1), in_portal), "requester_differs evidence");
}

// ---- R18: a date of death beside an objection

TEST_F(RulingsTest, R18_ADateOfDeathBesideAnObjectionIsNoRecordedDeath) {
  actor.may_record_deaths = false;
  EXPECT_EQ(objects(1, by(RequesterKind::kBereaved), {}, kDied), "+death_not_kept");
  EXPECT_FALSE(people.find(token(1))->died_on.has_value());
  EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kBereaved)), "requester_differs evidence");
  actor.may_record_deaths = true;
  EXPECT_EQ(objects(2, by(RequesterKind::kBereaved), {}, kDied), "");
  EXPECT_EQ(people.find(token(2))->died_on, kDied) << "from somebody who records deaths";
}

// ---- R19, R20: regimes

TEST_F(RulingsTest, R19_AnObjectionBindsWhereTheRequesterDecides) {
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianAdult), in_regimes({"GENOME", "NGMIA_ANON"})), "+scope_narrowed");
  EXPECT_EQ(event<Objection>(0).scope.regimes, std::vector<std::string>{"NGMIA_ANON"});
  EXPECT_EQ(objects(2, by(RequesterKind::kGuardianAdult), in_regimes({"GENOME"})), "requester_not_allowed requester");
  EXPECT_EQ(objects(3, by(RequesterKind::kSelf), in_regimes({"CANCER_REG", "NGMIA_ANON"})), "+scope_narrowed");
  EXPECT_EQ(objects(4, by(RequesterKind::kSelf)), "");
  EXPECT_TRUE(event<Objection>(2).scope.regimes.empty()) << "everywhere";
}

TEST_F(RulingsTest, R20_WhereNothingCanBeTakenBackTheObjectionGoesOn) {
  book.regimes.at("NGMIA_ANON").reversible = false;
  objects(1, by(RequesterKind::kSelf));
  EXPECT_EQ(withdraws(1, EventIndex(0), by(RequesterKind::kSelf)), "+still_objected");
  const auto status = people.find(token(1));
  ASSERT_EQ(status->objections.size(), 2U);
  EXPECT_TRUE(status->objections[0].withdrawn_at);
  EXPECT_EQ(status->objections[1].scope.regimes, std::vector<std::string>{"NGMIA_ANON"});
  EXPECT_EQ(status->objections[1].accepted_at, status->objections[0].accepted_at);
  EXPECT_EQ(withdraws(1, EventIndex(2), by(RequesterKind::kSelf)), "regime_not_reversible regimes");
}

// ---- R31: what spreads over a link

TEST_F(RulingsTest, R31_WhatForbidsSpreadsOverEveryLinkWhatPermitsOnlyOverStrongOnes) {
  is_told(1);
  consents(1, by(RequesterKind::kSelf));
  objects(1, by(RequesterKind::kSelf));
  joins(1, 2);  // the hospital's own observation
  act_as("registry-1");
  joins(1, 3, LinkSource::kPortal);
  joins(1, 4, LinkSource::kInsurer);
  joins(4, 5, LinkSource::kHistoryInquiry);
  joins(2, 6, LinkSource::kInsurer);  // strong, but behind a weak one
  for (int card = 1; card <= 6; ++card) {
    const auto status = people.find(token(card));
    EXPECT_EQ(status->objections.size(), 1U) << card;
    const bool strong = card == 1 || card == 4 || card == 5;
    EXPECT_EQ(status->notices.size(), strong ? 1U : 0U) << card;
    EXPECT_EQ(status->consents.size(), strong ? 1U : 0U) << card;
  }
}

// ---- R32: relays

TEST_F(RulingsTest, R32_AnOperatorRelaysWithItselfOrAllInTheScope) {
  actor.role = Role::kOperatorBatch;
  actor.recipient = sample::kSakura;
  Scope rival, both, own;
  rival.recipients = {sample::kUme};
  both.recipients = {sample::kUme, sample::kSakura};
  own.recipients = {sample::kKiku};  // an old code of its own
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), rival), "foreign_recipient recipients");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), both), "");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), own), "");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf)), "");
}

// ---- R33: the same wish again

TEST_F(RulingsTest, R33_TheSameWishAgainIsNoSecondFact) {
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), in_regimes({"NGMIA_ANON", "GENOME"})), "");
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf), in_regimes({"GENOME", "NGMIA_ANON"})), "=already_objected");
  EXPECT_EQ(log.size(), 1U);
  CommandBatch batch;
  const auto again =
      object(context(), person(1), {in_regimes({"NGMIA_ANON", "GENOME"}), by(RequesterKind::kSelf)}, batch);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->standing, EventIndex(0)) << "the person gets the number of the standing one";
}

TEST_F(RulingsTest, R33_AnotherWishIsAnotherFact) {
  objects(1, by(RequesterKind::kSelf));
  EXPECT_EQ(objects(1, by(RequesterKind::kGuardianAdult)), "") << "another requester";
  Submission earlier = by(RequesterKind::kSelf);
  earlier.accepted_at = now.plus_seconds(-60);
  EXPECT_EQ(objects(1, earlier), "") << "it binds from an earlier instant";
  EXPECT_EQ(request([&](CommandBatch& batch) {
              return object(context(), person(1), {{}, by(RequesterKind::kSelf), PastData::kStopAndErase}, batch);
            }),
            "")
      << "it asks for erasure, too";
  joins(1, 2);
  EXPECT_EQ(objects(2, by(RequesterKind::kSelf)), "") << "the cards may part again";
  withdraws(1, std::nullopt, by(RequesterKind::kSelf));
  EXPECT_EQ(objects(1, by(RequesterKind::kSelf)), "") << "none stands any more";
}

TEST_F(RulingsTest, R33_OnceInARequest) {
  CommandBatch batch;
  const Subject subject = person(1);
  EXPECT_EQ(verdict(object(context(), subject, {}, batch)), "");
  EXPECT_EQ(verdict(object(context(), subject, {}, batch)), "=already_objected");
  EXPECT_EQ(batch.events.size(), 1U);
}

}  // namespace
}  // namespace ishi
