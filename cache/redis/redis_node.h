// RedisNode: one server, its few connections, and whether it is worth asking. A node that failed is left alone for a
// while, doubled each time; then one caller tries, while everybody else still goes without. Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <vector>

#include "cache/redis/redis_connection.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

class RedisNode {
 public:
  RedisNode(RedisAddress address, const RedisSettings& settings);

  // A connection for one exchange: give it back by letting it go. `failed` first if the exchange went wrong.
  class Lease {
   public:
    Lease(RedisNode& node, std::unique_ptr<RedisConnection> connection, bool fresh)
        : node_(&node), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    RedisConnection& operator*() const { return *connection_; }
    RedisConnection* operator->() const { return connection_.get(); }
    bool fresh() const { return fresh_; }  // opened for this lease
    void failed() { failed_ = true; }

   private:
    RedisNode* node_;
    std::unique_ptr<RedisConnection> connection_;
    bool fresh_, failed_ = false;
  };
  // Errors: kUnavailable: "redis_skipped" (it failed lately), "redis_away", "redis_late".
  Result<Lease> lease(RedisDeadline deadline);
  const RedisAddress& address() const { return address_; }

 private:
  void give_back(std::unique_ptr<RedisConnection> connection, bool failed);
  void note_failure() ISHI_REQUIRES(mutex_);

  const RedisAddress address_;
  const RedisSettings& settings_;
  Mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<RedisConnection>> idle_ ISHI_GUARDED_BY(mutex_);
  std::size_t open_ ISHI_GUARDED_BY(mutex_) = 0;
  bool failing_ ISHI_GUARDED_BY(mutex_) = false;
  RedisDeadline retry_at_ ISHI_GUARDED_BY(mutex_){};
  std::chrono::milliseconds retry_wait_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::cache
