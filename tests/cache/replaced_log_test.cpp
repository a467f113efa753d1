// A log that is not the one that was applied here, or no longer: noticed, and no answer is given.
#include <gtest/gtest.h>

#include "cache/follow/feed_follower.h"
#include "cache/follow/head_reader.h"
#include "tests/contract/event_log_contract.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"

namespace ishi::testing {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogContract);  // only its events are used here

namespace {

StoredEvent event_at(std::uint64_t index, std::uint8_t commitment) {
  StoredEvent stored{EventIndex(index), {Timestamp(1), "tester", notice_to(index)}, {}};
  stored.commitment.fill(commitment);
  return stored;
}

Head head_of(std::uint64_t size, std::uint8_t commitment) {
  Head head{Position(size), Timestamp(1), {}};
  head.last_commitment.fill(commitment);
  return head;
}

TEST(ReplacedLog, ALogOfTheSameLengthWithAnotherLastEventIsNoticed) {
  cache::FreshnessBarrier barrier;
  EXPECT_TRUE(barrier.fits(head_of(3, 9))) << "nothing is known yet";
  const std::vector<StoredEvent> events{event_at(0, 1), event_at(1, 2), event_at(2, 3)};
  barrier.remember(events);
  barrier.announce(head_of(3, 3));
  EXPECT_TRUE(barrier.fits(head_of(3, 3)));
  EXPECT_TRUE(barrier.fits(head_of(2, 2)));
  EXPECT_FALSE(barrier.fits(head_of(3, 9)));
  EXPECT_FALSE(barrier.fits(head_of(2, 9)));
  EXPECT_TRUE(barrier.fits(head_of(4, 9))) << "not here yet: the follower will say";
}

TEST(ReplacedLog, OnlySoManyAreRememberedAndWhatIsOlderIsNotBelieved) {
  cache::FreshnessBarrier barrier;
  for (std::uint64_t i = 10; i < 70'000; ++i) {
    const StoredEvent one[] = {event_at(i, static_cast<std::uint8_t>(1 + i % 250))};
    barrier.remember(one);
  }
  EXPECT_TRUE(barrier.fits(head_of(70'000, static_cast<std::uint8_t>(1 + 69'999 % 250))));
  EXPECT_FALSE(barrier.fits(head_of(11, 11)));
}

// A log whose second life took another turn: the head read finds it before the follower does.
TEST(ReplacedLog, AStrictReadOfAnotherHistoryIsRefused) {
  FakeClock clock;
  MemoryLog first(clock), second(clock);
  ASSERT_TRUE(first.append(request_of({notice_to(1), notice_to(2)})).has_value());
  ASSERT_TRUE(second.append(request_of({notice_to(1), notice_to(3)})).has_value());
  cache::FreshnessBarrier barrier;
  barrier.remember(first.read(EventIndex(0), 10).value());
  barrier.announce(first.head().value());
  const cache::HeadReader reader(second, &barrier);
  const auto read = reader.read(std::chrono::steady_clock::now() + std::chrono::seconds(5));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, "log_replaced");
  EXPECT_EQ(read.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace ishi::testing
