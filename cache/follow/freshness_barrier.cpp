#include "cache/follow/freshness_barrier.h"

#include <algorithm>
#include <cstring>

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

namespace {

std::uint64_t beginning_of(const Digest& commitment) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, commitment.data(), sizeof bytes);
  return bytes;  // 0: not known
}

}  // namespace

void FreshnessBarrier::remember(std::span<const StoredEvent> events) {
  if (events.empty()) return;
  const MutexLock lock(mutex_);
  if (commitments_.empty()) {
    commitments_.resize(kRemembered);
    first_remembered_ = events.front().index.value();
  }
  for (const StoredEvent& stored : events)
    commitments_[stored.index.value() % kRemembered] = beginning_of(stored.commitment);
  end_remembered_ = events.back().index.value() + 1;
  first_remembered_ =
      std::max(first_remembered_, end_remembered_ - std::min(end_remembered_, std::uint64_t{kRemembered}));
  if (differs(expected_)) expectation_failed_ = true;
}

bool FreshnessBarrier::differs(const Head& head) const {
  const std::uint64_t theirs = beginning_of(head.last_commitment), size = head.position.events();
  if (theirs == 0 || size <= first_remembered_ || size > end_remembered_) return false;
  const std::uint64_t known = commitments_[(size - 1) % kRemembered];
  return known != 0 && known != theirs;
}

void FreshnessBarrier::expect(const Head& acknowledged) {
  const MutexLock lock(mutex_);
  if (acknowledged.position <= expected_.position) return;
  expected_ = acknowledged;
  if (differs(expected_)) expectation_failed_ = true;
}

void FreshnessBarrier::compare_with_expected(const StoredEvent& event) {
  const MutexLock lock(mutex_);
  const std::uint64_t theirs = beginning_of(event.commitment), known = beginning_of(expected_.last_commitment);
  if (event.index.value() + 1 == expected_.position.events() && theirs != 0 && known != 0 && theirs != known)
    expectation_failed_ = true;
}

Position FreshnessBarrier::expected() const {
  const MutexLock lock(mutex_);
  return expected_.position;
}

Result<void> FreshnessBarrier::check(const Head& head) const {
  const MutexLock lock(mutex_);
  if (expectation_failed_)
    return fail(ErrorKind::kUnavailable, "acknowledged_lost",
                "the log has another event where this server has acknowledged one: a database was lost or restored");
  if (differs(head))
    return fail(ErrorKind::kUnavailable, "log_replaced",
                "the log has another event where this node has applied one: a database was lost or restored; restart "
                "this node");
  if (head.position.events() > 0 && head.position.events() <= first_remembered_ && end_remembered_ > 0)
    return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", "the log has grown too much meanwhile; try again");
  return {};
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
