#include "cache/follow/freshness_barrier.h"

#include "registry/assert.h"

namespace ishi::cache {

void FreshnessBarrier::announce(const Head& head) {
  {
    const MutexLock lock(mutex_);
    ISHI_ASSERT(head.position >= applied_.position);
    applied_ = head;
  }
  changed_.notify_all();
}

Head FreshnessBarrier::applied() const {
  const MutexLock lock(mutex_);
  return applied_;
}

Result<Head> FreshnessBarrier::wait_for(Position wanted, std::chrono::steady_clock::time_point deadline) const {
  MutexLock lock(mutex_);
  if (applied_.position >= wanted) return applied_;
  const auto began = std::chrono::steady_clock::now();
  const bool reached = changed_.wait_until(
      lock.native(), deadline, [&]() ISHI_REQUIRES(mutex_) { return stopped_ || applied_.position >= wanted; });
  ++stats_.waits;
  stats_.waited += std::chrono::steady_clock::now() - began;
  if (applied_.position >= wanted) return applied_;
  ++stats_.late;
  if (!reached)
    return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", "this node has not applied the newest events yet; try again");
  return fail(ErrorKind::kUnavailable, "shutting_down", "this node is stopping; ask another one");
}

Result<Head> FreshnessBarrier::reached_by(Position wanted, std::chrono::steady_clock::time_point deadline) const {
  MutexLock lock(mutex_);
  if (!changed_.wait_until(lock.native(), deadline,
                           [&]() ISHI_REQUIRES(mutex_) { return stopped_ || applied_.position >= wanted; }) ||
      applied_.position < wanted)
    return fail(would_wait());
  return applied_;
}

FreshnessBarrier::Stats FreshnessBarrier::stats() const {
  const MutexLock lock(mutex_);
  return stats_;
}

void FreshnessBarrier::stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace ishi::cache
