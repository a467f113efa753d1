// FsckWatch: checks the whole log again and again, beside the service, and reports. The check itself is given; this
// class holds its interval and its last result. On a thread of its own; stop() ends a check between two of its batches.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/host/periodic_task.h"
#include "registry/result.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

class FsckWatch {
 public:
  struct Outcome {
    std::uint64_t events = 0, differences = 0;
    std::vector<std::pair<std::string, std::string>> first;  // code and place of some of them
  };
  struct Controls {
    std::function<bool()> stop;  // to be asked now and then
    std::function<void(std::uint64_t events)> progress;
  };
  using Check = std::function<Result<Outcome>(const Controls&)>;
  // Of each check that was completed, and of each that could not be. On the watch's thread.
  using Report = std::function<void(const Result<Outcome>&)>;

  FsckWatch(std::chrono::seconds interval, Check check, Report report);
  // Does nothing when the interval is 0. The first check begins after an interval, at most ten minutes.
  void start();
  void stop() { task_.stop(); }

  struct Stats {
    double last_success_seconds = 0;  // since 1970, of the last completed check; 0 = none since the start
    std::uint64_t events = 0;         // read by the present check, or by the last
    std::uint64_t differences = 0;    // of the last
    bool running = false;
  };
  Stats stats() const;

 private:
  void run_check(const std::stop_token& stop);

  const std::chrono::seconds interval_;
  const Check check_;
  const Report report_;
  mutable Mutex mutex_;
  Stats stats_ ISHI_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> events_{0};
  PeriodicTask task_;
};

}  // namespace ishi::api
