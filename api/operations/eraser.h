// Eraser: carries out the erasures that the log orders. Every few seconds it asks whether one has become due, and then
// destroys the bytes. On a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "api/host/periodic_task.h"
#include "registry/result.h"

namespace ishi::api {

class Eraser {
 public:
  struct Done {
    std::uint64_t erased = 0;   // just now
    std::uint64_t pending = 0;  // ordered, and not yet due or not yet done
  };
  using Pass = std::function<Result<Done>()>;
  // Of passes that erased something, and of each new kind of failure. On the eraser's thread.
  using Report = std::function<void(const Result<Done>&)>;

  Eraser(std::chrono::milliseconds look_every, Pass pass, Report report);
  void start() { task_.start(); }
  void stop() { task_.stop(); }
  std::uint64_t pending() const { return pending_; }

 private:
  void look();
  void report_if_new(const Result<Done>& done);

  const Pass pass_;
  const Report report_;
  std::string last_failure_;  // its code; of the thread
  std::atomic<std::uint64_t> pending_{0};
  PeriodicTask task_;
};

}  // namespace ishi::api
