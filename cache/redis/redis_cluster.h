// RedisCluster: sends commands to the server that keeps their slot, many at a time, and finds out when slots have
// moved: CLUSTER SLOTS for the map, MOVED and ASK for what the map does not know yet. A single server is a cluster
// of one that is never asked for its map. All servers concerned work at the same time, under one deadline.
// Any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "cache/redis/redis_node.h"
#include "cache/redis/redis_scripts.h"
#include "cache/redis/redis_slots.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

struct RedisRequest {
  std::uint16_t slot = 0;
  const RedisScript* script = nullptr;  // if so: keys and arguments below; else `arguments` is the whole command
  std::vector<std::string> keys, arguments;
};

class RedisCluster {
 public:
  explicit RedisCluster(RedisSettings settings);

  // One reply each, in order. A reply that is an error of Redis comes as such (RedisReply::kError); a Result that
  // failed was not answered in time ("redis_skipped", "redis_away", "redis_late") and may or may not have been done.
  std::vector<Result<RedisReply>> exchange(std::span<const RedisRequest> requests) const;

  // How often a connection was opened. Behind a new one may be another server than before.
  std::uint64_t connections_opened() const { return connections_opened_.load(); }
  const RedisSettings& settings() const { return settings_; }

 private:
  using Node = std::shared_ptr<RedisNode>;
  using Replies = std::vector<Result<RedisReply>>;
  struct PendingCommand;  // one request on its way
  struct Visit;
  Node node_at(const RedisAddress& address) const;
  Node node_of(std::uint16_t slot) const;
  void move(std::uint16_t slot, const Node& node) const;
  void learn_slots(RedisDeadline deadline) const;
  bool take_map(const RedisReply& reply, const RedisAddress& asked) const;
  void mark_map_old() const;
  // Sends what is pending once. Afterwards `commands` holds what must be sent again.
  void run_round(std::vector<PendingCommand>& commands, Replies& replies, RedisDeadline deadline) const;
  std::vector<Visit> visits_for(std::vector<PendingCommand>& commands) const;
  void send_commands(Visit& visit, Replies& replies, RedisDeadline deadline) const;
  void receive_replies(Visit& visit, Replies& replies, RedisDeadline deadline) const;
  void fail_visit(const Visit& visit, const Error& error, Replies& replies) const;
  void take_reply(PendingCommand& command, const RedisReply& reply) const;
  void follow_redirection(PendingCommand& command, const RedisReply& reply) const;

  const RedisSettings settings_;
  mutable Mutex mutex_;
  mutable std::map<RedisAddress, Node> nodes_ ISHI_GUARDED_BY(mutex_);
  mutable std::vector<Node> by_slot_ ISHI_GUARDED_BY(mutex_);
  mutable bool map_is_old_ ISHI_GUARDED_BY(mutex_) = true;
  mutable RedisDeadline learn_again_at_ ISHI_GUARDED_BY(mutex_){};
  mutable std::atomic<std::uint64_t> connections_opened_{0}, maps_asked_{0};
};

}  // namespace ishi::cache
