// WorkerPool: threads for work that may block, behind a bounded queue. When it is full, a job is refused at
// once: the caller answers 503, and no queue grows that clients would not wait for.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "registry/threads/mutex.h"

namespace ishi::api {

class WorkerPool {
 public:
  // REQUIRES: threads >= 1, queue_max >= 1 (jobs waiting, not counting those that run). `niceness` is the system's:
  // above 0, these threads give way when others want a processor.
  WorkerPool(std::size_t threads, std::size_t queue_max, int niceness = 0);
  ~WorkerPool();  // runs what was accepted, then joins
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. False: the queue is full or the pool is ending; `job` was not taken. A job must not throw.
  bool try_submit(std::function<void()> job);
  std::size_t waiting() const;

 private:
  void run();

  const std::size_t queue_max_;
  mutable Mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_ ISHI_GUARDED_BY(mutex_);
  bool ending_ ISHI_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ishi::api
