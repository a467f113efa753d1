#include "cache/follow/head_reader.h"

#include <algorithm>

namespace ishi::cache {

Result<Head> HeadReader::read_now(bool at_once) const {
  const Position before = applied_ ? std::max(applied_->applied().position, applied_->expected()) : Position();
  Result<Head> head = at_once ? (source_ ? source_->newest_at_once(before) : log_.head_at_once())
                              : (source_ ? source_->newest(before) : log_.head());
  if (head && head->position < before)
    return fail(
        ErrorKind::kUnavailable, "log_went_back",
        "the log is shorter than what this node has seen or acknowledged: another log, or an older copy of it was "
        "restored; no answer until an operator has looked");
  if (head && applied_ != nullptr)
    if (auto same = applied_->check(*head); !same) return fail(same.error());
  return head;
}

Result<Head> HeadReader::read(Instant deadline, Instant asked_at) const {
  MutexLock lock(mutex_);
  if (last_ && last_->began_at > asked_at) return last_->head;
  if (!next_) next_ = std::make_shared<Round>();
  const auto mine = running_ && running_->began_at > asked_at ? running_ : next_;
  while (!mine->done) {
    if (!running_) {  // nobody reads: this caller does it, for all who wait for `mine`
      running_ = mine;
      next_.reset();
      mine->began_at = std::chrono::steady_clock::now();
      lock.unlock();
      auto head = read_now(false);
      lock.lock();
      mine->head = std::move(head);
      mine->done = true;
      if (!last_ || last_->began_at < mine->began_at) last_ = mine;
      running_.reset();
      ++reads_done_;
      finished_.notify_all();
      break;
    }
    if (finished_.wait_until(lock.native(), deadline) == std::cv_status::timeout && !mine->done)
      return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", "the log's head could not be read in time; try again");
  }
  return mine->head;
}

Result<Head> HeadReader::read_at_once(Instant asked_at) const {
  {
    const MutexLock lock(mutex_);
    if (last_ && last_->began_at > asked_at) return last_->head;
  }
  auto mine = std::make_shared<Round>();
  mine->began_at = std::chrono::steady_clock::now();
  mine->head = read_now(true);
  mine->done = true;
  const MutexLock lock(mutex_);
  ++reads_done_;
  if (mine->head && (!last_ || last_->began_at < mine->began_at)) last_ = mine;
  return mine->head;
}

std::uint64_t HeadReader::reads_done() const {
  const MutexLock lock(mutex_);
  return reads_done_;
}

}  // namespace ishi::cache
