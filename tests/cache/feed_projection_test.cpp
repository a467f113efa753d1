// The follower and its list of projections: each is fed the same events, in order, before their Position is announced;
// one that fails holds back the announcement, and the others are not fed twice.
#include "cache/feed/feed_projection.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "cache/follow/feed_follower.h"
#include "cache/near/projection.h"
#include "cache/snapshot/snapshot.h"
#include "tests/support/memory_log.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {
namespace {

using std::chrono::milliseconds;
constexpr SnapshotChunk kCounts = static_cast<SnapshotChunk>(100);

class StillClock final : public Clock {
 public:
  Timestamp now() const override { return *parse_timestamp("2026-11-20T12:00:00+09:00"); }
};

Token numbered_token(std::uint64_t number) {
  const std::uint64_t words[2] = {number * 0x9e3779b97f4a7c15ULL, number};
  return Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
}

// Counts events per kind. A second application would show.
class EventCounts final : public FeedProjection {
 public:
  explicit EventCounts(const FreshnessBarrier& barrier) : barrier_(barrier) {}

  Result<void> apply(const EventLog&, std::span<const StoredEvent> events) override {
    const std::lock_guard lock(mutex_);
    if (failures_left > 0) {
      --failures_left;
      return fail(ErrorKind::kUnavailable, "counts_away", "the counts are away");
    }
    for (const StoredEvent& stored : events) {
      in_order_ = in_order_ && stored.index == position_.next_index();
      position_ = Position::after(stored.index);
      ++counts_[kind_of(stored.event.body)];
    }
    announced_too_early_ = announced_too_early_ || barrier_.applied().position >= position_;
    batches_.push_back(position_);
    return {};
  }
  Position position() const override {
    const std::lock_guard lock(mutex_);
    return position_;
  }
  Result<void> snapshot(SnapshotSink& sink) const override {
    const std::lock_guard lock(mutex_);
    SectionWriter section(sink, kCounts);
    put_number(section.bytes, position_.events());
    for (const auto& [kind, count] : counts_) {
      put_number(section.bytes, static_cast<std::uint32_t>(kind));
      put_number(section.bytes, count);
    }
    return section.flush();
  }
  std::unique_ptr<SnapshotRestorer> restore() override {
    struct Restorer final : SnapshotRestorer {
      explicit Restorer(EventCounts& to) : counts(to) {}
      Result<bool> take(SnapshotChunk kind, SnapshotBytes& bytes) override {
        if (kind != kCounts) return false;
        counts.position_ = Position(bytes.number<std::uint64_t>());
        while (!bytes.done() && bytes.ok()) {
          const auto of = static_cast<EventKind>(bytes.number<std::uint32_t>());
          counts.counts_[of] = bytes.number<std::uint64_t>();
        }
        return true;
      }
      Result<void> finish(const Head& head, Position) override {
        if (counts.position_ != head.position) return fail(snapshot_damaged("counts of another Position"));
        return {};
      }
      EventCounts& counts;
    };
    return std::make_unique<Restorer>(*this);
  }
  void clear() override {
    position_ = Position();
    counts_.clear();
  }

  std::map<EventKind, std::uint64_t> counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }
  std::vector<Position> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  bool in_order() const { return in_order_; }
  bool announced_too_early() const { return announced_too_early_; }

  std::atomic<int> failures_left{0};

 private:
  const FreshnessBarrier& barrier_;
  mutable std::mutex mutex_;
  Position position_;
  std::map<EventKind, std::uint64_t> counts_;
  std::vector<Position> batches_;  // where each ended
  std::atomic<bool> in_order_{true}, announced_too_early_{false};
};

class FeedProjections : public ::testing::Test {
 protected:
  void append(EventBody body) {
    ASSERT_TRUE(log_.append({.bodies = {std::move(body)}, .caller = "test"}).has_value());
    ++appended_;
  }
  void tell(std::uint64_t number) {
    append(NoticeGiven{numbered_token(number), sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded,
                       CivilDate(20'000)});
  }
  void start(std::vector<FeedProjection*> projections) {
    policies_.add(EventIndex(0), std::make_shared<PolicyBook>(sample::book()));
    follower_.emplace(
        log_, log_, std::move(projections), policies_, barrier_, [this](const Error&) { ++reports_; },
        FollowerLimits{.events_per_read_max = 7,
                       .wait_max = milliseconds(5),
                       .retry_wait = milliseconds(20),
                       .log_is_confirmed = [this] { return confirmed_.load(); }});
    follower_->start();
  }
  Result<Head> wait_for_end(milliseconds patience = milliseconds(20'000)) {
    return barrier_.wait_for(Position(appended_), std::chrono::steady_clock::now() + patience);
  }
  bool knows(std::uint64_t number) const {
    PersonStatus status;
    return statuses_.find(Position(appended_), numbered_token(number), status) == Projection::Seen::kFound;
  }

  StillClock clock_;
  testing::MemoryLog log_{clock_};
  PolicyHistory policies_;
  FreshnessBarrier barrier_;
  Projection statuses_{NearLimits{.people_max = 1'000}};
  EventCounts counts_{barrier_};
  std::uint64_t appended_ = 0;
  std::atomic<int> reports_{0};
  std::atomic<bool> confirmed_{true};
  std::optional<FeedFollower> follower_;
};

TEST_F(FeedProjections, AreFedTheSameBatchesInOrderBeforeTheirPositionIsAnnounced) {
  for (std::uint64_t i = 0; i < 40; ++i) tell(i);
  append(FilterRun{});
  EventCounts second(barrier_);
  start({&statuses_, nullptr, &counts_, &second});
  ASSERT_TRUE(wait_for_end().has_value());
  follower_->stop();
  for (const EventCounts* fed : {&counts_, &second}) {
    EXPECT_TRUE(fed->in_order());
    EXPECT_FALSE(fed->announced_too_early());
    EXPECT_EQ(fed->counts(),
              (std::map<EventKind, std::uint64_t>{{EventKind::kNoticeGiven, 40}, {EventKind::kFilterRun, 1}}));
  }
  EXPECT_GE(counts_.batches().size(), 6U);
  EXPECT_EQ(counts_.batches(), second.batches());
  EXPECT_EQ(statuses_.position(), Position(appended_));
  EXPECT_TRUE(knows(39));
}

// A1, for those who accept an age: a database that was replaced still answers, and makes nobody younger.
TEST_F(FeedProjections, WhatADatabaseSaysThatIsNotConfirmedMakesTheNodeNoYounger) {
  tell(0);
  confirmed_ = false;
  start({&statuses_});
  ASSERT_TRUE(wait_for_end().has_value());
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(follower_->ever_caught_up());
  confirmed_ = true;
  for (int i = 0; i < 2'000 && !follower_->ever_caught_up(); ++i) std::this_thread::sleep_for(milliseconds(5));
  ASSERT_TRUE(follower_->ever_caught_up());
  confirmed_ = false;
  std::this_thread::sleep_for(milliseconds(50));
  const auto last = follower_->caught_up_at();
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(follower_->caught_up_at(), last);
}

TEST_F(FeedProjections, OneThatFailsHoldsBackTheAnnouncementAndTheOthersAreNotFedTwice) {
  for (std::uint64_t i = 0; i < 5; ++i) tell(i);
  EventCounts first(barrier_);
  counts_.failures_left = 1'000'000;
  start({&first, &statuses_, &counts_});
  EXPECT_EQ(wait_for_end(milliseconds(200)).error().kind, ErrorKind::kNotFreshYet);
  EXPECT_EQ(barrier_.applied().position, Position());
  EXPECT_EQ(first.position(), Position(5)) << "fed before the one that fails";
  EXPECT_EQ(counts_.position(), Position());
  tell(5);  // the next attempt reads more than the first
  counts_.failures_left = 0;
  ASSERT_TRUE(wait_for_end().has_value());
  follower_->stop();
  EXPECT_EQ(reports_, 1) << "the same trouble is reported once";
  for (const EventCounts* fed : {&counts_, &first}) {
    EXPECT_TRUE(fed->in_order());
    EXPECT_EQ(fed->counts(), (std::map<EventKind, std::uint64_t>{{EventKind::kNoticeGiven, 6}}));
  }
}

TEST_F(FeedProjections, AreKeptInOneSnapshotAndRestoredTogetherOrNotAtAll) {
  for (std::uint64_t i = 0; i < 20; ++i) tell(i);
  start({&statuses_, &counts_});
  ASSERT_TRUE(wait_for_end().has_value());
  follower_->stop();
  const std::string path = ::testing::TempDir() + "feed_projections_" + std::to_string(::getpid());
  const PolicyHistory no_policies;
  ASSERT_TRUE(write_snapshot(path, log_, {&statuses_, &counts_}, no_policies, barrier_.applied(), [] { return true; }));
  Projection statuses{NearLimits{.people_max = 1'000}};
  EventCounts counts(barrier_);
  PolicyHistory policies;
  const auto head = load_snapshot(path, log_, {&statuses, &counts}, policies);
  ASSERT_TRUE(head.has_value()) << head.error().detail;
  EXPECT_EQ(statuses.position(), head->position);
  EXPECT_EQ(counts.position(), head->position);
  EXPECT_EQ(counts.counts(), counts_.counts());
  EventCounts other(barrier_);
  Projection alone{NearLimits{.people_max = 1'000}};
  EXPECT_EQ(load_snapshot(path, log_, {&alone}, policies).error().code, "snapshot_damaged")
      << "nobody takes the counts";
  EXPECT_EQ(alone.position(), Position());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace ishi::cache
