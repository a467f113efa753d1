// PeriodicTask: does a round of work again and again, on a thread of its own. The wait runs from the end of one round
// to the beginning of the next: two rounds never run at once, and a slow one is not made up for.
// start() and stop() are the owner's, from one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <stop_token>
#include <thread>

#include "registry/threads/mutex.h"

namespace ishi::api {

class PeriodicTask {
 public:
  using Duration = std::chrono::milliseconds;
  // One round; returns how long to wait until the next one begins. A long round asks `stop` now and then.
  using Round = std::function<Duration(const std::stop_token& stop)>;
  // A round threw. It counts as done; the next one begins after `wait_after_throw`. Must not throw.
  using ThrowReport = std::function<void(const std::exception_ptr& thrown)>;

  PeriodicTask(Duration first_wait, Duration wait_after_throw, Round round, ThrowReport report);
  ~PeriodicTask();  // stop()
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  void start();  // does nothing while it runs
  void stop();   // ends a wait at once, waits for a round to end; does nothing before start()

 private:
  void run(const std::stop_token& stop);
  Duration run_round(const std::stop_token& stop);

  const Duration first_wait_, wait_after_throw_;
  const Round round_;
  const ThrowReport report_;
  Mutex mutex_;  // of woken_ alone
  std::condition_variable_any woken_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace ishi::api
