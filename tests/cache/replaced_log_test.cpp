// A log that is not the one that was applied here, or no longer: noticed, and no answer is given.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

bool fits(const cache::FreshnessBarrier& barrier, const Head& head) {
  return barrier.check(head).has_value();
}

TEST(ReplacedLog, ALogOfTheSameLengthWithAnotherLastEventIsNoticed) {
  cache::FreshnessBarrier barrier;
  EXPECT_TRUE(fits(barrier, head_of(3, 9))) << "nothing is known yet";
  const std::vector<StoredEvent> events{event_at(0, 1), event_at(1, 2), event_at(2, 3)};
  barrier.remember(events);
  barrier.announce(head_of(3, 3));
  EXPECT_TRUE(fits(barrier, head_of(3, 3)));
  EXPECT_TRUE(fits(barrier, head_of(2, 2)));
  EXPECT_FALSE(fits(barrier, head_of(3, 9)));
  EXPECT_FALSE(fits(barrier, head_of(2, 9)));
  EXPECT_TRUE(fits(barrier, head_of(4, 9))) << "not here yet: the follower will say";
}

TEST(ReplacedLog, OnlySoManyAreRememberedAndWhatIsOlderIsNotBelieved) {
  cache::FreshnessBarrier barrier;
  for (std::uint64_t i = 10; i < 70'000; ++i) {
    const StoredEvent one[] = {event_at(i, static_cast<std::uint8_t>(1 + i % 250))};
    barrier.remember(one);
  }
  EXPECT_TRUE(fits(barrier, head_of(70'000, static_cast<std::uint8_t>(1 + 69'999 % 250))));
  const auto forgotten = barrier.check(head_of(11, 11));
  ASSERT_FALSE(forgotten.has_value()) << "it can't be compared";
  EXPECT_EQ(forgotten.error().kind, ErrorKind::kNotFreshYet) << "and asking again helps: this is no other log";
}

// A7: whatever this node has applied, a log that ends before what this server has acknowledged is an older copy.
TEST(ReplacedLog, ALogThatEndsBeforeWhatWasAcknowledgedIsRefused) {
  FakeClock clock;
  MemoryLog log(clock);
  ASSERT_TRUE(log.append(request_of({notice_to(1)})).has_value());
  cache::FreshnessBarrier barrier;
  barrier.expect(head_of(2, 0));
  const cache::HeadReader reader(log, &barrier);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const auto refused = reader.read(deadline);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "log_went_back");
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(log.append(request_of({notice_to(2)})).has_value());
  EXPECT_TRUE(reader.read(deadline).has_value()) << "the newer events were restored";
}

TEST(ReplacedLog, AnotherEventWhereOneWasAcknowledgedIsNoticedInWhateverOrderItIsHeardOf) {
  const std::vector<StoredEvent> events{event_at(0, 1), event_at(1, 2), event_at(2, 3)};
  cache::FreshnessBarrier same, before, after, beside;
  same.expect(head_of(2, 2));
  same.remember(events);
  EXPECT_TRUE(fits(same, head_of(3, 3)));
  before.expect(head_of(2, 9));
  before.remember(events);
  EXPECT_EQ(before.check(head_of(3, 3)).error().code, "acknowledged_lost");
  after.remember(events);
  after.expect(head_of(2, 9));
  EXPECT_EQ(after.check(head_of(3, 3)).error().code, "acknowledged_lost");
  beside.expect(head_of(2, 9));
  beside.compare_with_expected(events[1]);
  EXPECT_EQ(beside.check(head_of(3, 3)).error().code, "acknowledged_lost");
  beside.expect(head_of(4, 4));
  EXPECT_FALSE(fits(beside, head_of(4, 4))) << "what is lost stays lost";
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

// A6: what another history adds is not applied to what was applied of this one.
TEST(ReplacedLog, AFollowerAppliesNothingOfAnotherHistory) {
  FakeClock clock;
  MemoryLog first(clock), second(clock);
  ASSERT_TRUE(first.append(request_of({notice_to(1), notice_to(2)})).has_value());
  ASSERT_TRUE(second.append(request_of({notice_to(1), notice_to(3), notice_to(4)})).has_value());
  cache::FreshnessBarrier barrier;
  barrier.remember(first.read(EventIndex(0), 10).value());
  barrier.announce(first.head().value());
  cache::PolicyHistory policies;
  std::atomic<int> replaced{0}, other{0};
  cache::FeedFollower follower(second, second, {}, policies, barrier,
                               [&](const Error& error) { ++(error.code == "log_replaced" ? replaced : other); },
                               {.wait_max = std::chrono::milliseconds(5), .retry_wait = std::chrono::milliseconds(5)});
  follower.start();
  for (int i = 0; i < 1'000 && replaced == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  follower.stop();
  EXPECT_EQ(replaced, 1);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(barrier.applied().position, Position(2));
  EXPECT_FALSE(follower.ever_caught_up());
}

}  // namespace
}  // namespace ishi::testing
