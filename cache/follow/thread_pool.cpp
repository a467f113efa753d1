#include "cache/follow/thread_pool.h"

#include <algorithm>

#include <sys/resource.h>

#include "registry/threads/mutex.h"

namespace ishi::cache {
namespace {

constexpr int kNiceness = 5;  // large batches stand back behind single questions and writes

}  // namespace

ThreadPool::ThreadPool(unsigned helpers) {
  for (unsigned i = 0; i < helpers; ++i)
    helpers_.emplace_back([this](const std::stop_token& stop) {
      ::setpriority(PRIO_PROCESS, 0, kNiceness);  // on Linux, of this thread alone
      help(stop);
    });
}

ThreadPool::~ThreadPool() {
  for (auto& helper : helpers_) helper.request_stop();
  work_came_.notify_all();
}

void ThreadPool::do_one(const std::shared_ptr<Job>& job) const {
  const std::size_t chunk = job->next++;
  if (job->next == job->chunks) jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), job), jobs_.end());
  mutex_.unlock();
  (*job->work)(chunk);
  mutex_.lock();
  if (++job->done == job->chunks) chunk_done_.notify_all();
}

void ThreadPool::help(const std::stop_token& stop) const {
  MutexLock lock(mutex_);
  while (work_came_.wait(lock.native(), stop, [this]() ISHI_REQUIRES(mutex_) { return !jobs_.empty(); })) {
    const auto job = jobs_.front();
    std::rotate(jobs_.begin(), jobs_.begin() + 1, jobs_.end());  // the next chunk goes to the next batch
    do_one(job);
  }
}

void ThreadPool::run(std::size_t chunks, const std::function<void(std::size_t)>& work) const {
  if (chunks == 0) return;
  const auto job = std::make_shared<Job>(Job{&work, chunks});
  MutexLock lock(mutex_);
  if (chunks > 1 && jobs_.size() < kJobsMax) {
    jobs_.push_back(job);
    work_came_.notify_all();
  }
  while (job->next < job->chunks) do_one(job);
  chunk_done_.wait(lock.native(), [&] { return job->done == job->chunks; });
}

}  // namespace ishi::cache
