// Eraser: does what the log orders. At rest it looks every few seconds whether an erasure has become due, and destroys
// the bytes. A thread of its own: start once, stop joins.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "registry/result.h"
#include "registry/threads/mutex.h"

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

  Eraser(std::chrono::milliseconds look_every, Pass pass, Report report)
      : look_every_(look_every), pass_(std::move(pass)), report_(std::move(report)) {}
  ~Eraser() { stop(); }
  void start();
  void stop();
  std::uint64_t pending() const { return pending_; }

 private:
  void run();

  const std::chrono::milliseconds look_every_;
  const Pass pass_;
  const Report report_;
  Mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ ISHI_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> pending_{0};
  std::thread thread_;
};

}  // namespace ishi::api
