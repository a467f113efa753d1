// ThreadPool: a few threads that help a caller with a large batch, one chunk at a time, taking turns between batches,
// so that one large request keeps every core busy and many requests share them fairly. The caller works too; with no
// helpers it simply does everything itself. Any thread may call run(); at most kJobsMax at once get help.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "registry/threads/mutex.h"

namespace ishi::cache {

class ThreadPool {
 public:
  explicit ThreadPool(unsigned helpers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Calls work(0) … work(chunks - 1), each once, on any threads; returns when all are done. `work` must not throw.
  void run(std::size_t chunks, const std::function<void(std::size_t)>& work) const;

 private:
  static constexpr std::size_t kJobsMax = 64;
  struct Job {
    const std::function<void(std::size_t)>* work;
    std::size_t chunks, next = 0, done = 0;
  };
  void help(const std::stop_token& stop) const;
  // Takes one chunk of `job` and does it without the lock. REQUIRES: job.next < job.chunks.
  void do_one(const std::shared_ptr<Job>& job) const ISHI_REQUIRES(mutex_);

  mutable Mutex mutex_;
  mutable std::condition_variable_any work_came_;
  mutable std::condition_variable chunk_done_;
  mutable std::deque<std::shared_ptr<Job>> jobs_ ISHI_GUARDED_BY(mutex_);  // with chunks left to take
  std::vector<std::jthread> helpers_;
};

}  // namespace ishi::cache
