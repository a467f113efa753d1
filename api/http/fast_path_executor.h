// FastPathExecutor: for requests that take microseconds once the log's head is known, but whose reactor would have to
// wait for a store. One thread takes all waiting requests as a round and answers them one after the other: one wake-up
// and one read of the head serve the whole round. When a slow store holds up a round, a stand-in thread takes the next
// one. Bounded: when the queue is full, a job is refused at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "registry/threads/mutex.h"

namespace ishi::api {

class FastPathExecutor {
 public:
  // REQUIRES: threads >= 1 (all but one are stand-ins), queue_max >= 1 (jobs waiting, not counting those that run).
  FastPathExecutor(std::size_t threads, std::size_t queue_max);
  ~FastPathExecutor();  // runs what was accepted, then joins
  FastPathExecutor(const FastPathExecutor&) = delete;
  FastPathExecutor& operator=(const FastPathExecutor&) = delete;

  // Any thread. False: the queue is full or the executor is ending; `job` was not taken. A job must not throw.
  bool try_submit(std::function<void()> job);
  std::size_t waiting() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Round = std::vector<std::function<void()>>;
  void run();
  void watch();
  bool held_up() const ISHI_REQUIRES(mutex_);

  const std::size_t queue_max_;
  mutable Mutex mutex_;
  std::condition_variable wake_, wake_watch_;
  Round waiting_ ISHI_GUARDED_BY(mutex_);
  std::uint64_t rounds_ ISHI_GUARDED_BY(mutex_) = 0;  // begun so far
  bool leading_ ISHI_GUARDED_BY(mutex_) = false;      // the newest round is at work; older ones, held up, do not count
  bool woken_ ISHI_GUARDED_BY(mutex_) = false;        // somebody was told and has not come yet
  Clock::time_point taken_at_ ISHI_GUARDED_BY(mutex_);  // when the newest round began
  bool ending_ ISHI_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ishi::api
