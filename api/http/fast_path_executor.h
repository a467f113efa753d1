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
#include <mutex>
#include <thread>
#include <vector>

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
  bool held_up() const;

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_, wake_watch_;
  Round waiting_;
  std::uint64_t rounds_ = 0;    // begun so far
  bool leading_ = false;        // the newest round is at work; older ones, held up, do not count
  bool woken_ = false;          // a thread was notified and has not come yet
  Clock::time_point taken_at_;  // when the newest round began
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ishi::api
