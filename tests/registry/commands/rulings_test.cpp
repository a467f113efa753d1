// The rulings of LAW.md 14 on what people and institutions may do, each by its number.
#include <gtest/gtest.h>

#include "registry/commands/consent.h"
#include "registry/commands/link.h"
#include "registry/commands/object.h"
#include "registry/commands/record_death.h"
#include "registry/commands/tell.h"
#include "registry/commands/visit.h"
#include "registry/commands/withdraw.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

const CivilDate kBorn = CivilDate::of(1980, 4, 1);
const CivilDate kDied = CivilDate::of(2026, 6, 3);

struct RulingsTest : CommandTest {
  RulingsTest() {
    const auto caller = [&](const char* id, Role role, const char* holder) {
      book.callers[id] = {id, role, "", holder, "", "", {}};
    };
    caller("aoba-machine", Role::kHolderBatch, sample::kAoba);
    caller("aoba-desk", Role::kDeskClerkHolder, sample::kAoba);
    caller("botan-machine", Role::kHolderBatch, sample::kBotan);
    caller("registry-1", Role::kRegistryOps, "");
    caller("registry-2", Role::kRegistryOps, "");
  }
  void act_as(const std::string& id) {
    const auto found = book.callers.find(id);
    const std::string holder = found == book.callers.end() ? "" : found->second.holder;
    actor.id = id;
    actor.holder = holder;
    actor.role = found == book.callers.end() ? Role::kCallAgent : found->second.role;
    const bool everywhere = actor.role == Role::kRegistryOps;
    actor.may_act_for = [holder, everywhere](std::string_view asked) {
      return everywhere || (!holder.empty() && asked == holder);
    };
  }
  static Submission by(RequesterKind kind, std::optional<CivilDate> born = kBorn) {
    Submission submission;
    submission.requester = kind;
    submission.birth_date = born;
    if (kind == RequesterKind::kBereaved) submission.relation = "CHILD";
    return submission;
  }
  static Submission of_desk(int person) {
    Submission submission = by(RequesterKind::kBereaved);
    submission.made_by = RequesterMark{MarkKind::kDesk, token(person)};
    return submission;
  }
  std::string objects(int number, const Submission& submission, Scope scope = {},
                      std::optional<CivilDate> death = std::nullopt) {
    return request([&](CommandBatch& batch) {
      return object(context(), person(number), {std::move(scope), submission, PastData::kStopOnly, death}, batch);
    });
  }
  std::string withdraws(int number, std::optional<EventIndex> objection, const Submission& submission) {
    return request([&](CommandBatch& batch) {
      return withdraw(context(), person(number), {objection, !objection, submission}, batch);
    });
  }
  std::string consents(int number, const Submission& submission) {
    GiveConsentCommand command;
    command.scope = in_regimes({"APPI_CONSENT"});
    command.scope.holders = {actor.holder.empty() ? sample::kAoba : actor.holder};
    command.submission = submission;
    return request([&](CommandBatch& batch) { return give_consent(context(), person(number), command, batch); });
  }
  std::string dies(int number, CivilDate date = kDied) {
    return request([&](CommandBatch& batch) { return record_death(context(), person(number), {date}, batch); });
  }
  std::string retracts(int number, std::optional<CivilDate> date = std::nullopt) {
    return request([&](CommandBatch& batch) { return retract_death(context(), person(number), {date}, batch); });
  }
  std::string joins(int one, int other, std::optional<LinkSource> source = std::nullopt) {
    return request([&](CommandBatch& batch) {
      return link(context(), person(one), person(other), {source, std::nullopt}, batch);
    });
  }
  std::string parts(int one, int other) {
    return request([&](CommandBatch& batch) { return unlink(context(), person(one), {.other = token(other)}, batch); });
  }
  std::string is_told(int number, CivilDate date = CivilDate::of(2026, 6, 1), const char* letter = "anon-2024",
                      NoticeMethod method = NoticeMethod::kHanded) {
    const TellCommand command{actor.holder, "NGMIA_ANON", method, date, letter, ""};
    return request([&](CommandBatch& batch) { return tell(context(), person(number), command, batch); });
  }
  std::string was_not_told(int number, VoidNoticeCommand command) {
    return request([&](CommandBatch& batch) { return void_notice(context(), person(number), command, batch); });
  }
};

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

// ---- LAW.md 4.13: denying is easy, allowing needs standing

TEST_F(RulingsTest, Standing_WhatOneRecordedAnotherTakesBackOnlyWithReceiptAndProof) {
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

TEST_F(RulingsTest, Standing_TheOwnInstitutionAndThePersonNeedNoProof) {
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

TEST_F(RulingsTest, Standing_WithoutAHistoryNothingIsTakenBack) {
  objects(1, by(RequesterKind::kSelf));
  CommandBatch batch;
  CommandContext blind = context();
  blind.history = nullptr;
  EXPECT_EQ(verdict(withdraw(blind, person(1), {std::nullopt, true, by(RequesterKind::kSelf)}, batch)),
            "nothing_to_withdraw");
}

TEST_F(RulingsTest, Standing_AConsentIsForTheOwnInstitution) {
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

TEST_F(RulingsTest, Standing_WhatPermitsIsNotDatedBackBeyondTheBooksBound) {
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

TEST_F(RulingsTest, Bounds_BeyondSixtyFourObjectionsTheNextStopsEverything) {
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

TEST_F(RulingsTest, Bounds_OneRequestIsBoundedToo) {
  CommandBatch batch;
  const Subject subject = person(1);
  for (int i = 0; i < 1'000; ++i) {
    Scope scope;
    scope.record_from = CivilDate::of(2000, 1, 1).plus_days(i);
    ASSERT_TRUE(object(context(), subject, {scope, by(RequesterKind::kSelf)}, batch));
  }
  EXPECT_EQ(batch.events.size(), 65U);
}

TEST_F(RulingsTest, Bounds_WhoWasTakenBackTooOftenStaysDenied) {
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

TEST_F(RulingsTest, Bounds_ACrowdOfFalseLinksKeepsNoObjectionFromACard) {
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
  EXPECT_EQ(parts(1, 1), "") << "somebody has looked";
  EXPECT_TRUE(people.find(token(77))->household_objections.empty());
}

}  // namespace
}  // namespace ishi
