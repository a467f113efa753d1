// Erasures reach a projection that runs: it counts the fact no more, whether its content is still there or not.
#include <gtest/gtest.h>

#include "cache/near/projection.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"

namespace ishi::cache {
namespace {

Token numbered_token(std::uint64_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  bytes[0] = bytes[15] = static_cast<std::uint8_t>(number);
  return Token(bytes);
}
Objection objection_of(std::uint64_t number) {
  return {numbered_token(number), {}, RequesterKind::kSelf, "", {}, PastData::kStopOnly, Channel::kPortal, {}};
}

struct PeopleErasure : ::testing::Test {
  testing::FakeClock clock;
  testing::MemoryLog log{clock};
  Projection people{NearLimits{1'000, 0, false}};
  Position applied;

  void append(std::vector<EventBody> bodies) {
    AppendRequest request;
    request.caller = "tester";
    request.bodies = std::move(bodies);
    ASSERT_TRUE(log.append(std::move(request)));
  }
  Result<void> follow() {
    const auto events = log.read(applied.next_index(), 1'000).value();
    auto done = people.apply(log, events);
    if (done && !events.empty()) applied = Position::after(events.back().index);
    return done;
  }
  NoticeGiven notice(std::uint64_t number, int day) {
    return {numbered_token(number), "H", "R", "T", NoticeMethod::kHanded, CivilDate(20'000 + day), ""};
  }
  // Nullopt: ask the log. No persons known: an empty status.
  std::optional<PersonStatus> here(std::uint64_t number) {
    PersonStatus status;
    const auto seen = people.find(applied, numbered_token(number), status);
    if (seen == Projection::Seen::kStale) return std::nullopt;
    return status;
  }
};

// A8: they were read and folded before anybody knew that a clock was wrong.
TEST_F(PeopleErasure, WhatAWrongClockAcceptedIsBelievedAsAHealingSaysFromThereOn) {
  const Timestamp start = clock.now(), wrong = start.plus_seconds(31 * 86'400);
  append({notice(1, 1)});
  clock.set(wrong);
  Objection late = objection_of(1);
  late.accepted_at = wrong;
  append({late, notice(2, 1)});
  ASSERT_TRUE(follow());
  ASSERT_EQ(here(1)->objections.at(0).accepted_at, wrong);
  const Position before = applied;
  clock.set(start.plus_seconds(10));
  append({TimesHealed{EventIndex(1), start, clock.now(), "a clock was wrong"}});
  ASSERT_TRUE(follow());
  EXPECT_EQ(here(1)->objections.at(0).accepted_at, start);
  EXPECT_EQ(here(2)->notices.size(), 1U);
  PersonStatus status;
  EXPECT_EQ(people.find(before, numbered_token(1), status), Projection::Seen::kStale)
      << "what was known then is asked of the log";
}

TEST_F(PeopleErasure, TheFactIsCountedNoMoreWhileItsContentIsStillThere) {
  append({notice(1, 1), notice(1, 2), objection_of(2), notice(2, 3)});
  ASSERT_TRUE(follow());
  ASSERT_EQ(here(1)->notices.size(), 2U);
  append({RecordErased{EventIndex(0), "request"}, RecordErased{EventIndex(3), "request"}});
  ASSERT_TRUE(follow());
  EXPECT_EQ(here(1)->notices.size(), 1U);
  EXPECT_EQ(here(2)->notices.size(), 0U);
  EXPECT_EQ(here(2)->objections.size(), 1U);
  PersonStatus status;
  EXPECT_EQ(people.find(Position(4), numbered_token(1), status), Projection::Seen::kStale)
      << "the past is the log's to tell";
  EXPECT_EQ(people.erased_since(Position(4)), 2U);
  EXPECT_EQ(people.erased_since(Position(5)), 1U);
  EXPECT_EQ(people.erased_since(Position(6)), 0U);
  EXPECT_EQ(people.erased_since(Position(0)), 0U);
}

TEST_F(PeopleErasure, WhoHasNothingLeftIsAskedOfTheLog) {
  append({notice(1, 1), notice(2, 1)});
  ASSERT_TRUE(follow());
  append({RecordErased{EventIndex(0), "request"}});
  ASSERT_TRUE(follow());
  EXPECT_FALSE(here(1));
  EXPECT_EQ(here(2)->notices.size(), 1U);
}

TEST_F(PeopleErasure, AFactAndItsErasureInOneBatch) {
  append({notice(1, 1), notice(1, 2), RecordErased{EventIndex(0), "request"}});
  ASSERT_TRUE(follow());
  EXPECT_EQ(here(1)->notices.size(), 1U);
}

TEST_F(PeopleErasure, ANodeThatStartsAfterTheContentIsGoneNeverCountedIt) {
  append({notice(1, 1), notice(1, 2), RecordErased{EventIndex(0), "request"}});
  log.erase(EventIndex(0));
  ASSERT_TRUE(follow());
  EXPECT_EQ(here(1)->notices.size(), 1U);
  EXPECT_EQ(people.erased_since(Position(2)), 1U);
}

TEST_F(PeopleErasure, ANodeThatComesTooLateSaysSoAndGoesNoFurther) {
  append({notice(1, 1), notice(1, 2)});
  ASSERT_TRUE(follow());
  append({RecordErased{EventIndex(0), "request"}});
  log.erase(EventIndex(0));
  for (int again = 0; again < 2; ++again) {
    const auto late = follow();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "erased_before_heard");
  }
}

TEST_F(PeopleErasure, AStoreThatIsAwayInTheMiddleIsMadeGood) {
  append({notice(1, 1), notice(1, 2)});
  ASSERT_TRUE(follow());
  append({notice(3, 1), RecordErased{EventIndex(0), "request"}});
  const auto events = log.read(applied.next_index(), 1'000).value();
  log.break_with(Error{ErrorKind::kUnavailable, "away", ""});
  EXPECT_FALSE(people.apply(log, events));
  log.break_with(std::nullopt);
  ASSERT_TRUE(follow());
  EXPECT_EQ(here(1)->notices.size(), 1U);
}

}  // namespace
}  // namespace ishi::cache
