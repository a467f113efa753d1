#include "api/http/worker_pool.h"

#include <utility>

#include <sys/resource.h>

#include "registry/assert.h"

namespace ishi::api {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_max, int niceness) : queue_max_(queue_max) {
  ISHI_ASSERT(threads >= 1 && queue_max >= 1);
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this, niceness] {
      if (niceness > 0) ::setpriority(PRIO_PROCESS, 0, niceness);  // on Linux, of this thread alone
      run();
    });
}

WorkerPool::~WorkerPool() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::try_submit(std::function<void()> job) {
  {
    const MutexLock lock(mutex_);
    if (ending_ || jobs_.size() >= queue_max_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

std::size_t WorkerPool::waiting() const {
  const MutexLock lock(mutex_);
  return jobs_.size();
}

void WorkerPool::run() {
  MutexLock lock(mutex_);
  for (;;) {
    wake_.wait(lock.native(), [this]() ISHI_REQUIRES(mutex_) { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    {
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }  // what the job held is let go before the lock is taken again
    lock.lock();
  }
}

}  // namespace ishi::api
