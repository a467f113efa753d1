// A fixed number of sessions, opened when first needed. A Lease gives its session back, or drops it when it broke.
// Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <vector>

#include "registry/result.h"
#include "registry/threads/mutex.h"
#include "sql/session/session.h"

namespace ishi::sql {

// Of readings that must not hold up their thread: silence for longer costs the connection.
inline constexpr std::chrono::milliseconds kAtOnceSilenceMax{20};

class ConnectionPool {
 public:
  ConnectionPool(SessionOptions options, std::size_t sessions_max, std::chrono::milliseconds wait_max);

  class Lease {
   public:
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Session* operator->() { return session_.get(); }
    Session& operator*() { return *session_; }

   private:
    friend class ConnectionPool;
    Lease(ConnectionPool& pool, std::unique_ptr<Session> session) : pool_(&pool), session_(std::move(session)) {}
    ConnectionPool* pool_;
    std::unique_ptr<Session> session_;
  };

  // Errors: kUnavailable: none became free in time, or the database is away.
  Result<Lease> take();

  // One that is open and free just now; else would_wait().
  Result<Lease> take_idle();

  // Runs `read` with a session. A session that was lost since its last use is replaced once, so that callers do
  // not notice a restarted database. One that was cut for its silence is not replaced, or the wait would double.
  // REQUIRES: `read` only reads, and may be called twice.
  template <typename Read>
  auto reading(Read read) -> decltype(read(std::declval<Session&>())) {
    for (bool again = true;; again = false) {
      auto lease = take();
      if (!lease) return fail(lease.error());
      auto result = read(**lease);
      if (result || !(*lease)->broken() || !again || result.error().code == kDatabaseSilent) return result;
    }
  }

 private:
  void give_back(std::unique_ptr<Session> session);
  void drop_outdated(std::vector<std::unique_ptr<Session>>& dropped) ISHI_REQUIRES(mutex_);

  const SessionOptions options_;
  const std::size_t sessions_max_;
  const std::chrono::milliseconds wait_max_;
  Mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Session>> idle_ ISHI_GUARDED_BY(mutex_);
  std::size_t leased_ ISHI_GUARDED_BY(mutex_) = 0;
};

}  // namespace ishi::sql
