// HeadReader: Raft's ReadIndex for a log in a database. A strict question needs the log's head as it was *after*
// the question arrived. One read is in flight at a time and serves all questions that were waiting when it began; those
// that come while it runs take the next one. So a thousand questions cost two reads, not a thousand. The last read also
// serves questions that arrived before it began and were only slow to ask.
// Any thread; the read runs on the thread of one of the callers, no thread of its own. Threads that must not be held up
// (the reactors) wait for nobody: each reads for what it has gathered, and shares what came out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>

#include "cache/follow/freshness_barrier.h"
#include "registry/ports/head_source.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class HeadReader {
 public:
  // `applied`, if there is one: how far this node is, which the log's head can never be behind.
  explicit HeadReader(const EventLog& log, const FreshnessBarrier* applied = nullptr) : log_(log), applied_(applied) {}
  // From now on heads come from there; null: from the log. Before the first read only.
  void read_from(const HeadSource* source) { source_ = source; }
  using Instant = std::chrono::steady_clock::time_point;
  // A head read that began after `asked_at`: a read of the same instant may have been before it, by a coarse clock.
  // REQUIRES: asked_at is not in the future.
  // Errors: those of EventLog::head; kNotFreshYet at the deadline; kUnavailable log_went_back; those of
  // FreshnessBarrier::check.
  Result<Head> read(Instant deadline, Instant asked_at) const;
  Result<Head> read(Instant deadline) const { return read(deadline, std::chrono::steady_clock::now()); }
  // The same for a thread that must not be held up: it shares what was read since, else reads by itself and waits for
  // nobody. Errors: would_wait; those of EventLog::head; log_went_back.
  Result<Head> read_at_once(Instant asked_at) const;
  std::uint64_t reads_done() const;  // for metrics and tests

 private:
  struct Round {
    bool done = false;
    Instant began_at;
    Result<Head> head;
  };
  Result<Head> read_now(bool at_once) const;

  const EventLog& log_;
  const FreshnessBarrier* applied_;
  const HeadSource* source_ = nullptr;
  mutable Mutex mutex_;
  mutable std::condition_variable finished_;
  mutable std::shared_ptr<Round> last_ ISHI_GUARDED_BY(mutex_), running_ ISHI_GUARDED_BY(mutex_),
      next_ ISHI_GUARDED_BY(mutex_);
  mutable std::uint64_t reads_done_ ISHI_GUARDED_BY(mutex_) = 0;
};

}  // namespace ishi::cache
