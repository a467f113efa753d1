#include "cache/head_reader.h"

namespace ishi::cache {

Result<Head> HeadReader::read(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  if (!next_) next_ = std::make_shared<Round>();
  const auto mine = next_;
  while (!mine->done) {
    if (!running_) {  // nobody reads: this caller does it, for all who wait for `mine`
      running_ = mine;
      next_.reset();
      lock.unlock();
      auto head = log_.head();
      lock.lock();
      mine->head = std::move(head);
      mine->done = true;
      running_.reset();
      ++reads_done_;
      finished_.notify_all();
      break;
    }
    if (finished_.wait_until(lock, deadline) == std::cv_status::timeout && !mine->done)
      return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", "the log's head could not be read in time; try again");
  }
  return mine->head;
}

std::uint64_t HeadReader::reads_done() const {
  const std::lock_guard lock(mutex_);
  return reads_done_;
}

}  // namespace ishi::cache
