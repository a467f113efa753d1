// HeadReader: Raft's ReadIndex for a log in a database. A strict question needs the log's head as it was *after*
// the question arrived. One read is in flight at a time and serves everybody who was waiting when it began;
// whoever comes while it runs takes the next one. So a thousand questions cost two reads, not a thousand.
// Any thread; the read runs on the thread of one of the callers, no thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "registry/ports.h"

namespace ishi::cache {

class HeadReader {
 public:
  explicit HeadReader(const EventLog& log) : log_(log) {}
  // A head read that began after this call. Errors: those of EventLog::head; kNotFreshYet at the deadline.
  Result<Head> read(std::chrono::steady_clock::time_point deadline) const;
  std::uint64_t reads_done() const;  // for metrics and tests

 private:
  struct Round {
    bool done = false;
    Result<Head> head;
  };
  const EventLog& log_;
  mutable std::mutex mutex_;
  mutable std::condition_variable finished_;
  mutable std::shared_ptr<Round> running_, next_;
  mutable std::uint64_t reads_done_ = 0;
};

}  // namespace ishi::cache
