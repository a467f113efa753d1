// FreshnessBarrier: how far this node has applied the log, and a place to wait until it has applied more.
// One writer (the follower) announces; any thread waits, at most until its deadline. The head it keeps carries the
// time of the last applied event, so that no answer is dated before a fact it has seen.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>

#include "registry/ports/event_log.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class FreshnessBarrier {
 public:
  // REQUIRES: the position never falls.
  void announce(const Head& head);
  Head applied() const;
  // kNotFreshYet when the deadline passes first; kUnavailable after stop().
  Result<Head> wait_for(Position wanted, std::chrono::steady_clock::time_point deadline) const;
  // The same for a caller that will ask again with more patience: its deadline does not count as late.
  Result<Head> reached_by(Position wanted, std::chrono::steady_clock::time_point deadline) const;
  void stop();

  // Of wait_for: how often it had to wait, how often without success, and for how long in all.
  struct Stats {
    std::uint64_t waits = 0, late = 0;
    std::chrono::steady_clock::duration waited{};
  };
  Stats stats() const;

 private:
  mutable Mutex mutex_;
  mutable std::condition_variable changed_;
  Head applied_ ISHI_GUARDED_BY(mutex_);
  bool stopped_ ISHI_GUARDED_BY(mutex_) = false;
  mutable Stats stats_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::cache
