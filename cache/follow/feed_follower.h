// FeedFollower: the one writer of this node's projections. Reads the events after the last announced one, in order,
// feeds them to every projection of its list, in the list's order, and announces the new Position when all have applied
// it (cache/feed/feed_projection.h). Wakes by the change feed, with polling as the net. A store that is away, or a
// projection that fails, is retried for ever, with back-off; what was announced stays answerable to those who accept
// its age. A thread of its own; start once, stop joins.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "cache/feed/feed_projection.h"
#include "cache/follow/freshness_barrier.h"
#include "cache/follow/policy_history.h"
#include "registry/ports/change_feed.h"
#include "registry/ports/event_log.h"

namespace ishi::cache {

struct FollowerLimits {
  std::size_t events_per_read_max = 20'000;
  std::chrono::milliseconds wait_max{500};    // polling net under the wake-up
  std::chrono::milliseconds retry_wait{200};  // after an error
  // Is the database that answers the log's own just now, and not one that was replaced? Only what is read while it is
  // makes this node younger (caught_up_at). Empty: always.
  std::function<bool()> log_is_confirmed = {};
};

class FeedFollower {
 public:
  using Report = std::function<void(const Error&)>;  // called on the follower's thread, once per kind of trouble
  // Null projections are left out.
  FeedFollower(const EventLog& log, ChangeFeed& feed, std::vector<FeedProjection*> projections, PolicyHistory& policies,
               FreshnessBarrier& barrier, Report report, FollowerLimits limits = {});
  ~FeedFollower();
  // REQUIRES: every projection has applied what the barrier announces (it was restored from the same snapshot), or
  // learns in begin_at() where this node starts.
  void start();
  void stop();
  // The newest head this follower has read minus what it applied; for metrics and readiness.
  std::uint64_t lag_events() const { return lag_events_.load(std::memory_order_relaxed); }
  // False: this node is still reading what was there before it started, and has no age yet.
  bool ever_caught_up() const { return caught_up_at_.load() != kNever; }
  // When the store last answered; the age of a non-strict answer is counted from here. REQUIRES: ever_caught_up().
  std::chrono::steady_clock::time_point caught_up_at() const;

 private:
  static constexpr std::int64_t kNever = std::chrono::steady_clock::time_point::min().time_since_epoch().count();
  void run(const std::stop_token& stop);
  Result<void> check_history(Position applied, std::span<const StoredEvent> read) const;
  Result<bool> advance();  // true: there may be more right now
  Result<void> feed_projections(std::span<const StoredEvent> events);

  const EventLog& log_;
  ChangeFeed& feed_;
  const std::vector<FeedProjection*> projections_;
  PolicyHistory& policies_;
  FreshnessBarrier& barrier_;
  Report report_;
  FollowerLimits limits_;
  std::atomic<std::uint64_t> lag_events_{0};
  std::atomic<std::int64_t> caught_up_at_{kNever};
  bool confirmed_ = true;  // of the thread: limits_.log_is_confirmed() before the last read
  std::jthread thread_;
};

}  // namespace ishi::cache
