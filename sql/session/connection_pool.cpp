#include "sql/session/connection_pool.h"

#include <algorithm>
#include <iterator>

#include "registry/assert.h"
#include "registry/ports/event_log.h"

namespace ishi::sql {

ConnectionPool::ConnectionPool(SessionOptions options, std::size_t sessions_max, std::chrono::milliseconds wait_max)
    : options_(std::move(options)), sessions_max_(sessions_max), wait_max_(wait_max) {
  ISHI_ASSERT(sessions_max_ > 0);
}

ConnectionPool::Lease::Lease(Lease&& other) noexcept : pool_(other.pool_), session_(std::move(other.session_)) {
  other.pool_ = nullptr;
}

ConnectionPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(std::move(session_));
}

void ConnectionPool::drop_outdated(std::vector<std::unique_ptr<Session>>& dropped) {
  if (options_.timeline_min == nullptr) return;
  const auto kept =
      std::partition(idle_.begin(), idle_.end(), [](const auto& session) { return !session->outdated(); });
  std::move(kept, idle_.end(), std::back_inserter(dropped));
  idle_.erase(kept, idle_.end());
}

Result<ConnectionPool::Lease> ConnectionPool::take() {
  std::vector<std::unique_ptr<Session>> dropped;  // closed outside the lock
  {
    MutexLock lock(mutex_);
    drop_outdated(dropped);
    if (!freed_.wait_for(lock.native(), wait_max_,
                         [this]() ISHI_REQUIRES(mutex_) { return leased_ < sessions_max_; })) {
      return fail(ErrorKind::kUnavailable, "no_connection_free", "all database connections are in use; try again");
    }
    ++leased_;
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(session));
    }
  }
  auto session = Session::open(options_);
  if (!session) {
    give_back(nullptr);
    return fail(session.error());
  }
  return Lease(*this, *std::move(session));
}

Result<ConnectionPool::Lease> ConnectionPool::take_idle() {
  std::vector<std::unique_ptr<Session>> dropped;
  const MutexLock lock(mutex_);
  drop_outdated(dropped);
  if (idle_.empty()) return fail(would_wait());
  ++leased_;
  std::unique_ptr<Session> session = std::move(idle_.back());
  idle_.pop_back();
  return Lease(*this, std::move(session));
}

void ConnectionPool::give_back(std::unique_ptr<Session> session) {
  std::vector<std::unique_ptr<Session>> stale;  // closed outside the lock
  if (session != nullptr) session->roll_back();
  {
    const MutexLock lock(mutex_);
    --leased_;
    if (session != nullptr && session->broken()) {
      std::swap(stale, idle_);  // what broke one has most likely broken all
      stale.push_back(std::move(session));
    } else if (session != nullptr) {
      idle_.push_back(std::move(session));
    }
  }
  freed_.notify_one();
}

}  // namespace ishi::sql
