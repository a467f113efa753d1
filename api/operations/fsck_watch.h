// FsckWatch: looks through the whole log again and again, beside the service, and tells. What a look is, is given; this
// is its clock and its memory. A thread of its own: start once; stop ends a look between two of its batches.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
  using Look = std::function<Result<Outcome>(const Controls&)>;
  // Of each look that came to its end, and of each that could not. On the watch's thread.
  using Report = std::function<void(const Result<Outcome>&)>;

  FsckWatch(std::chrono::seconds interval, Look look, Report report)
      : interval_(interval), look_(std::move(look)), report_(std::move(report)) {}
  ~FsckWatch() { stop(); }
  void
  start();  // nothing when the interval is 0. The first look comes after an interval, or ten minutes if that is less
  void stop();

  struct Stats {
    double last_success_seconds = 0;  // since 1970, of the last look that came to its end; 0 = none since the start
    std::uint64_t events = 0;         // looked at in the present look, or in the last
    std::uint64_t differences = 0;    // of the last
    bool running = false;
  };
  Stats stats() const;

 private:
  void run();

  const std::chrono::seconds interval_;
  const Look look_;
  const Report report_;
  mutable Mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ ISHI_GUARDED_BY(mutex_) = false;
  Stats stats_ ISHI_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> events_{0};
  std::thread thread_;
};

}  // namespace ishi::api
