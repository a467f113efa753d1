#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "cache/follow/freshness_barrier.h"
#include "cache/follow/head_reader.h"

namespace ishi::cache {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

steady_clock::time_point soon() {
  return steady_clock::now() + std::chrono::seconds(20);
}

TEST(FreshnessBarrier, AWaiterIsReleasedByTheEventItWaitsForAndNotBefore) {
  FreshnessBarrier barrier;
  barrier.announce({Position(3), Timestamp(30)});
  EXPECT_EQ(barrier.wait_for(Position(3), soon())->position, Position(3));
  std::atomic<bool> released{false};
  std::thread waiter([&] {
    const auto head = barrier.wait_for(Position(5), soon());
    EXPECT_GE(head->position, Position(5));
    EXPECT_EQ(head->last_registered_at, Timestamp(50));
    released = true;
  });
  barrier.announce({Position(4), Timestamp(40)});
  EXPECT_FALSE(released);
  barrier.announce({Position(5), Timestamp(50)});
  waiter.join();
  EXPECT_TRUE(released);
}

TEST(FreshnessBarrier, ADeadlineEndsTheWaitWithTryAgain) {
  const FreshnessBarrier barrier;
  EXPECT_EQ(barrier.wait_for(Position(1), steady_clock::now() + milliseconds(5)).error().kind, ErrorKind::kNotFreshYet);
}

TEST(FreshnessBarrier, StoppingReleasesEverybody) {
  FreshnessBarrier barrier;
  std::thread waiter([&] { EXPECT_EQ(barrier.wait_for(Position(1), soon()).error().kind, ErrorKind::kUnavailable); });
  barrier.stop();
  waiter.join();
}

// A log whose head can be held back, to see who shares a read with whom.
class SlowHeadLog final : public EventLog {
 public:
  Result<Head> head_at_once() const override {
    if (busy) return fail(would_wait());
    return head();
  }
  Result<Head> head() const override {
    const std::uint64_t answer = position;  // what the log held when this read began
    const std::uint64_t mine = ++started;
    while (held && mine == 1) std::this_thread::yield();
    return Head{Position(answer), Timestamp()};
  }
  Result<Appended> append(AppendRequest) override { return fail(ErrorKind::kUnavailable, "unused", ""); }
  Result<std::vector<StoredEvent>> read(EventIndex, std::size_t) const override { return std::vector<StoredEvent>{}; }
  Result<std::vector<StoredEvent>> read_about(std::span<const Token>, Position) const override {
    return std::vector<StoredEvent>{};
  }
  Result<Position> position_at(Timestamp) const override { return Position(); }
  Result<std::optional<EventIndex>> latest_policy(Position) const override { return std::optional<EventIndex>(); }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey&) const override {
    return std::optional<std::string>();
  }
  Result<std::vector<IntakeSource>> sources() const override { return std::vector<IntakeSource>{}; }

  mutable std::atomic<std::uint64_t> started{0};
  std::atomic<std::uint64_t> position{1};
  std::atomic<bool> held{true}, busy{false};
};

TEST(HeadReader, AQuestionNeverSharesAReadThatBeganBeforeItArrived) {
  SlowHeadLog log;
  const HeadReader reader(log);
  std::thread first([&] { EXPECT_EQ(reader.read(soon())->position, Position(1)); });
  while (log.started == 0) std::this_thread::yield();
  log.position = 2;  // acknowledged while the first read is under way
  std::vector<std::thread> late;
  for (int i = 0; i < 8; ++i) late.emplace_back([&] { EXPECT_EQ(reader.read(soon())->position, Position(2)); });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(log.started, 1U) << "one read is in flight at a time";
  log.held = false;
  first.join();
  for (auto& thread : late) thread.join();
  EXPECT_LE(reader.reads_done(), 9U);
  EXPECT_GE(reader.reads_done(), 2U);
}

TEST(HeadReader, OneReadServesEverybodyWhoArrivedBeforeItBegan) {
  SlowHeadLog log;
  log.held = false;
  const HeadReader reader(log);
  const auto arrived = steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(reader.read(soon(), arrived)->position, Position(1));
  EXPECT_EQ(log.started, 1U);
  log.position = 2;  // acknowledged: a caller that arrives now must see it
  EXPECT_EQ(reader.read(soon(), arrived)->position, Position(1));
  EXPECT_EQ(reader.read(soon(), steady_clock::now())->position, Position(2));
  EXPECT_EQ(reader.read(soon(), arrived)->position, Position(2));
  EXPECT_EQ(log.started, 2U);
}

TEST(HeadReader, AReadUnderWayServesThoseWhoArrivedBeforeIt) {
  SlowHeadLog log;
  const HeadReader reader(log);
  const auto arrived = steady_clock::now();
  std::thread first([&] { EXPECT_EQ(reader.read(soon())->position, Position(1)); });
  while (log.started == 0) std::this_thread::yield();
  std::thread second([&] { EXPECT_EQ(reader.read(soon(), arrived)->position, Position(1)); });
  std::this_thread::sleep_for(milliseconds(20));
  log.held = false;
  first.join();
  second.join();
  EXPECT_EQ(log.started, 1U);
}

TEST(HeadReader, ALogThatEndsBeforeWhatThisNodeHasSeenIsAnotherLog) {
  SlowHeadLog log;
  log.held = false;
  FreshnessBarrier barrier;
  const HeadReader reader(log, &barrier);
  const auto arrived = steady_clock::now();
  EXPECT_TRUE(reader.read(soon()).has_value());
  barrier.announce({Position(2), Timestamp()});
  EXPECT_TRUE(reader.read(soon(), arrived).has_value()) << "what was read before the node went on is no reproach";
  EXPECT_EQ(reader.read(soon()).error().code, "log_went_back");
}

TEST(HeadReader, WhoMustNotWaitReadsForHimselfWhileAnotherReadHangs) {
  SlowHeadLog log;
  const HeadReader reader(log);
  const auto arrived = steady_clock::now();
  std::thread first([&] { EXPECT_TRUE(reader.read(soon()).has_value()); });
  while (log.started == 0) std::this_thread::yield();
  EXPECT_EQ(reader.read_at_once(arrived)->position, Position(1));
  EXPECT_EQ(log.started, 2U);
  log.position = 2;
  EXPECT_EQ(reader.read_at_once(arrived)->position, Position(1)) << "shared: it began after both had arrived";
  EXPECT_EQ(reader.read_at_once(steady_clock::now())->position, Position(2)) << "never one that began before";
  log.held = false;
  first.join();
  EXPECT_EQ(reader.read_at_once(arrived)->position.events(), 2U)
      << "an older read that ends later takes no newer one's place";
}

TEST(HeadReader, ThatAStoreIsBusyIsNobodyElsesMatter) {
  SlowHeadLog log;
  log.held = false;
  log.busy = true;
  const HeadReader reader(log);
  const auto arrived = steady_clock::now();
  EXPECT_EQ(reader.read_at_once(arrived).error(), would_wait());
  EXPECT_EQ(reader.read(soon(), arrived)->position, Position(1)) << "the patient ask for themselves";
}

TEST(HeadReader, ADeadlinePassesWhileAnotherReadHangs) {
  SlowHeadLog log;
  const HeadReader reader(log);
  std::thread first([&] { EXPECT_TRUE(reader.read(soon()).has_value()); });
  while (log.started == 0) std::this_thread::yield();
  EXPECT_EQ(reader.read(steady_clock::now() + milliseconds(10)).error().kind, ErrorKind::kNotFreshYet);
  log.held = false;
  first.join();
}

// Writers advance a counter, readers must never see less than what was there before they asked.
TEST(HeadReader, UnderLoadEveryAnswerIsAtLeastWhatWasAcknowledgedBeforeTheQuestion) {
  SlowHeadLog log;
  log.held = false;
  const HeadReader reader(log);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) ++log.position;
  });
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] {
      for (int k = 0; k < 2000; ++k) {
        const std::uint64_t before = log.position;
        const auto head = k % 2 == 0 ? reader.read(soon()) : reader.read_at_once(steady_clock::now());
        ASSERT_TRUE(head.has_value());
        ASSERT_GE(head->position.events(), before);
      }
    });
  for (auto& thread : readers) thread.join();
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace ishi::cache
