// FreshnessBarrier: how far this node has applied the log, and a place to wait until it has applied more.
// One writer (the follower) announces; any thread waits, at most until its deadline. The head it keeps carries the
// time of the last applied event, so that no answer is dated before a fact it has seen.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <span>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class FreshnessBarrier {
 public:
  // REQUIRES: the position never falls.
  void announce(const Head& head);
  // What is being applied; before it is announced. Only the newest are remembered.
  void remember(std::span<const StoredEvent> events);
  // The log is known to hold this, whatever a database says: this server has acknowledged it.
  void expect(const Head& acknowledged);
  Position expected() const;
  void compare_with_expected(const StoredEvent& event);  // which the log now holds before that Position
  // Is a log with this head the one that was applied here? Two logs of one length differ in the commitment of the last
  // event. No error either while that cannot be said: this node has not come so far, or has just started. Errors:
  // kUnavailable "log_replaced", "acknowledged_lost" (expect()); kNotFreshYet (too long ago to be compared: ask anew).
  Result<void> check(const Head& head) const;
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
  bool differs(const Head& head) const ISHI_REQUIRES(mutex_);

  mutable Mutex mutex_;
  mutable std::condition_variable changed_;
  Head applied_ ISHI_GUARDED_BY(mutex_);
  static constexpr std::size_t kRemembered = 65'536;  // 8 bytes each; a head is never so far behind
  // Of the last events the beginnings of the commitments, by index modulo kRemembered; and their indexes.
  std::vector<std::uint64_t> commitments_ ISHI_GUARDED_BY(mutex_);
  std::uint64_t first_remembered_ ISHI_GUARDED_BY(mutex_) = 0, end_remembered_ ISHI_GUARDED_BY(mutex_) = 0;
  Head expected_ ISHI_GUARDED_BY(mutex_);
  bool expectation_failed_ ISHI_GUARDED_BY(mutex_) = false;  // for good
  bool stopped_ ISHI_GUARDED_BY(mutex_) = false;
  mutable Stats stats_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::cache
