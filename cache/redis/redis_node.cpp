#include "cache/redis/redis_node.h"

#include <algorithm>

namespace ishi::cache {

using std::chrono::steady_clock;

RedisNode::RedisNode(RedisAddress address, const RedisSettings& settings)
    : address_(std::move(address)), settings_(settings), retry_wait_(settings.retry_wait_min) {}

RedisNode::Lease::~Lease() {
  if (connection_) node_->give_back(std::move(connection_), failed_);
}

void RedisNode::note_failure() {
  failing_ = true;
  idle_.clear();
  retry_at_ = steady_clock::now() + retry_wait_;
  retry_wait_ = std::min(retry_wait_ * 2, settings_.retry_wait_max);
}

Result<RedisNode::Lease> RedisNode::lease(RedisDeadline deadline) {
  {
    MutexLock lock(mutex_);
    if (failing_) {
      if (steady_clock::now() < retry_at_)
        return fail(ErrorKind::kUnavailable, "redis_skipped", "Redis failed a moment ago; going without");
      retry_at_ = steady_clock::now() + settings_.deadline + retry_wait_;  // this caller tries; the others go without
    }
    const bool free = returned_.wait_until(lock.native(), deadline, [this]() ISHI_REQUIRES(mutex_) {
      return !idle_.empty() || open_ < settings_.connections_max;
    });
    if (!free) return fail(ErrorKind::kUnavailable, "redis_late", "every connection to Redis is busy");
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection), false);
    }
    ++open_;
  }
  auto opened = RedisConnection::open(address_, settings_.password, deadline);
  if (!opened) {
    give_back(nullptr, true);
    return fail(opened.error());
  }
  return Lease(*this, std::move(*opened), true);
}

void RedisNode::give_back(std::unique_ptr<RedisConnection> connection, bool failed) {
  {
    const MutexLock lock(mutex_);
    if (failed || !connection || !connection->alive()) {
      --open_;
      open_ -= idle_.size();
      note_failure();
    } else {
      failing_ = false;
      retry_wait_ = settings_.retry_wait_min;
      idle_.push_back(std::move(connection));
    }
  }
  returned_.notify_all();
}

}  // namespace ishi::cache
