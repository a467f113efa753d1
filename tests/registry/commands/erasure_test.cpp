// What may be erased, in sentences; and in random worlds no erasure that is allowed makes one answer milder.
#include "registry/commands/erasure.h"

#include <gtest/gtest.h>

#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/random_world.h"
#include "tests/support/sample_book.h"

namespace ishi {
namespace {

struct Erasure : ::testing::Test {
  testing::FakeClock clock;
  testing::MemoryLog log{clock};
  PolicyBook book = sample::book();
  Token person = *Token::parse_hex("000102030405060708090a0b0c0d0e0f"),
        other = *Token::parse_hex("ff0102030405060708090a0b0c0d0e0f");

  EventIndex say(EventBody body) {
    AppendRequest request;
    request.caller = "test";
    request.bodies.push_back(std::move(body));
    return log.append(std::move(request))->first;
  }
  NoticeGiven notice(int day = 1) {
    return {person, "H", "R", "T", NoticeMethod::kHanded, CivilDate::of(2026, 9, day), ""};
  }
  std::string refusal(EventIndex target) {
    const auto events = log.read(target, 1).value();
    const auto subjects = subjects_of(events.front().event.body);
    const auto about =
        subjects.empty() ? std::vector<StoredEvent>() : log.read_about(subjects, log.head()->position).value();
    const auto allowed = may_erase(events.front(), about, book);
    return allowed ? "" : allowed.error().code;
  }
};

TEST_F(Erasure, NoticesAndConsentsMayGo) {
  const auto notice_event = say(notice(1));
  const auto consent = say(ConsentGiven{person, {}, RequesterKind::kSelf, {}, std::nullopt, Channel::kPortal});
  EXPECT_EQ(refusal(notice_event), "");
  EXPECT_EQ(refusal(consent), "");
}

TEST_F(Erasure, AnObjectionNeverGoesInForceOrTakenBack) {
  say(notice());
  const auto objection =
      say(Objection{person, {}, RequesterKind::kSelf, "", {}, PastData::kStopOnly, Channel::kPortal, {}});
  EXPECT_EQ(refusal(objection), "not_erasable");
  const auto withdrawal = say(ObjectionWithdrawn{person, {objection}, RequesterKind::kSelf, {}, Channel::kPortal});
  EXPECT_EQ(refusal(objection), "not_erasable") << "answers as of the time when it was in force must go on to deny";
  EXPECT_EQ(refusal(withdrawal), "not_erasable") << "the objection would be in force again";
}

TEST_F(Erasure, WhatTiesNumbersToAPersonOrSpeaksOfNobodyNeverGoes) {
  say(notice());
  const EventIndex never[] = {say(PolicyPublished{}),
                              say(TokenIdentity{person, other, other, TokenLevel::kExact}),
                              say(TokensLinked{person, other, LinkSource::kInsurer, {}}),
                              say(Unlinked{person, {EventIndex(3)}}),
                              say(FilterRun{}),
                              say(RecordErased{EventIndex(0), "x"}),
                              say(DeathRetracted{other})};
  for (const EventIndex event : never) EXPECT_EQ(refusal(event), "not_erasable") << event.value();
}

TEST_F(Erasure, WhatTakesSomethingBackGoesAfterIt) {
  say(notice(2));
  const auto wrong = say(notice(1));
  const auto voided = say(NoticeVoided{person, "H", "R", CivilDate::of(2026, 9, 1)});
  EXPECT_EQ(refusal(voided), "still_needed");
  say(RecordErased{wrong, "wrong person"});
  EXPECT_EQ(refusal(voided), "");
  const auto consent = say(ConsentGiven{person, {}, RequesterKind::kSelf, {}, std::nullopt, Channel::kPortal});
  const auto withdrawn = say(ConsentWithdrawn{person, {consent}, RequesterKind::kSelf, {}, Channel::kPortal});
  EXPECT_EQ(refusal(withdrawn), "still_needed");
  say(RecordErased{consent, "request"});
  EXPECT_EQ(refusal(withdrawn), "");
}

TEST_F(Erasure, OfTheDeadNothingGoes) {
  const auto notice_index = say(notice());
  say(TokensLinked{person, other, LinkSource::kInsurer, {}});
  say(DeathRecorded{other, CivilDate::of(2026, 10, 1)});
  EXPECT_EQ(refusal(notice_index), "person_has_died");
  say(DeathRetracted{other});
  EXPECT_EQ(refusal(notice_index), "");
}

TEST_F(Erasure, TheLastThingKnownStaysWhileUnknownPeopleAreTreatedMoreMildly) {
  const auto notice_index = say(notice());
  for (auto& [code, regime] : book.regimes) regime.unknown_id = UnknownIdRule::kDeny;
  EXPECT_EQ(refusal(notice_index), "");
  for (auto& [code, regime] : book.regimes)
    if (regime.control == ControlModel::kNoticeOptOut) regime.unknown_id = UnknownIdRule::kAllow;
  EXPECT_EQ(refusal(notice_index), "last_known");
  say(TokenIdentity{person, other, other, TokenLevel::kExact});
  EXPECT_EQ(refusal(notice_index), "");
}

TEST(ErasureInRandomWorlds, NoAnswerBecomesMilderButByAClaimedException) {
  std::size_t erased = 0, changed = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    twin::RandomWorld world(seed);
    testing::FakeClock clock;
    testing::MemoryLog log(clock);
    for (std::uint64_t i = 0; i < 60; ++i) {
      EventBody body = world.event(i);
      if (std::holds_alternative<RecordErased>(body)) body = PolicyPublished{};
      AppendRequest request;
      request.caller = "test";
      request.bodies.push_back(std::move(body));
      clock.advance_seconds(3'600);
      if (!log.append(request)) {
        request.bodies = {PolicyPublished{}};
        ASSERT_TRUE(log.append(request));
      }
    }
    const auto events = log.read(EventIndex(0), 100).value();
    Population before;
    for (const StoredEvent& stored : events) before.apply(stored.index, stored.event);
    for (const StoredEvent& target : events) {
      const auto subjects = subjects_of(target.event.body);
      if (subjects.empty()) continue;
      if (!may_erase(target, log.read_about(subjects, log.head()->position).value(), world.book())) continue;
      ++erased;
      Population after;
      for (const StoredEvent& stored : events) after.apply(stored.index, stored.event);
      after.apply(EventIndex(events.size()),
                  Event{events.back().event.registered_at, "", RecordErased{target.index, ""}});
      for (int i = 0; i < 30; ++i) {
        const Question question = world.question();
        const twin::Asked asked = world.asked();
        const auto was = decide(world.book(), question, before.resolve(asked.exact, asked.household, asked.loose)).code;
        const auto is = decide(world.book(), question, after.resolve(asked.exact, asked.household, asked.loose)).code;
        changed += was != is;
        const bool excepted = is == ReasonCode::kOverride && !question.override_code.empty();
        ASSERT_TRUE(may_use(was) || !may_use(is) || excepted)
            << "event " << target.index.value() << ": " << name_of(was) << " became " << name_of(is);
      }
    }
  }
  EXPECT_GT(erased, 1'000U);
  EXPECT_GT(changed, 100U);
}

}  // namespace
}  // namespace ishi
