// RedisCache: people kept in Redis, shared by the nodes of one registry. It may be flushed, frozen, failed over or
// restored from an old dump at any moment; then it says less, never something else. How that is made sure of is in
// README.md ("Position rules"); in short, per shard:
//
//   - a shard is read only at the epoch that this node's follower has compared with the log, over connections
//     that were open then; a new connection means a new comparison first;
//   - `applied` and the entries are read by one script; an entry is used for Position V only if
//     entry.as_of <= V and (shard.applied >= V or entry.as_of == V);
//   - a fill of a reading at P is kept only if P >= shard.floor, and never ahead of shard.applied.
#pragma once

#include <array>
#include <atomic>

#include "cache/redis/redis_cluster.h"
#include "cache/shared/shared_cache.h"
#include "registry/threads/mutex.h"

namespace ishi::cache {

// A shard's own books, as they stand in Redis.
struct RedisShardState {
  std::string epoch;  // 16 hex digits: this filling of this shard, from founding to loss
  Position floor, applied;
  std::int64_t mark = 0;  // registered_at, in microseconds, of the event before `applied`; 0 at Position 0
  unsigned bits = 0;      // how many bits of a token name its bucket
  bool trusted = true;    // false: in a cluster, came to its server by another way than replication
};

class RedisCache final : public SharedCache {
 public:
  explicit RedisCache(RedisSettings settings);

  bool ready() const override;  // every shard has been compared with the log
  void get_many(Position as_of, std::span<const Token> tokens,
                const std::function<void(std::size_t, const PersonStatus&)>& each) const override;
  void fill(Position snapshot, std::span<const Known> people) const override;

  struct Stats {
    std::uint64_t hits = 0, misses = 0;          // tokens asked about
    std::uint64_t skipped = 0;                   // tokens not asked about: Redis away, or the shard not (yet) verified
    std::uint64_t unusable = 0;                  // of the misses: there, but of another Position or unreadable
    std::uint64_t fills = 0, fills_refused = 0;  // kept; too late: something had been applied since their reading
    std::uint64_t errors = 0;                    // exchanges that failed, and replies that were errors
  };
  Stats stats() const;

  // For the follower (cache/shared/redis_follower.h), and for tests.
  const RedisCluster& cluster() const { return cluster_; }
  // What a shard's books say; nullopt in a Result: there is no whole shard. bits = 0: they make no sense but for the
  // epoch. Errors: those of an exchange.
  std::vector<Result<std::optional<RedisShardState>>> read_shards() const;
  // From now on readers use the shard at this epoch, over connections no newer than `connections_opened`.
  void mark_verified(std::size_t shard, const RedisShardState& state, std::uint64_t connections_opened);
  void invalidate(std::size_t shard) const;
  bool verified(std::size_t shard) const;

  struct Item {
    Token token;
    std::string bytes;  // empty: forget
  };
  RedisRequest apply_request(std::size_t shard, const RedisShardState& state, Position from, const Head& upto,
                             std::span<const Item> items) const;
  RedisRequest found_request(std::size_t shard, const std::string& old_epoch, const RedisShardState& state) const;
  std::string key_prefix_of(std::size_t shard) const;  // of all its keys, of every epoch
  unsigned bits_wanted() const;
  void count_error() const { ++errors_; }
  // Somebody put something else where a shard's keys are.
  static bool is_foreign(const RedisReply& reply) {
    return reply.kind == RedisReply::Kind::kError && reply.text.find("WRONGTYPE") != std::string::npos;
  }

 private:
  struct VerifiedEpoch {
    std::string epoch;  // empty: none
    unsigned bits = 0;
    std::uint64_t connections_opened = 0;
  };
  std::string mode() const;  // as the scripts call it
  std::string meta_key(std::size_t shard) const;
  std::string bucket_key(std::size_t shard, const std::string& epoch, unsigned bits, const Token& token) const;
  std::array<VerifiedEpoch, kRedisShards> verified_epochs() const;
  // One exchange about at most kBatch tokens; false: no use in going on.
  bool get_batch(Position as_of, std::span<const Token> tokens, std::size_t offset,
                 const std::function<void(std::size_t, const PersonStatus&)>& each) const;

  RedisCluster cluster_;
  mutable Mutex mutex_;
  mutable std::array<VerifiedEpoch, kRedisShards> verified_epochs_ ISHI_GUARDED_BY(mutex_);
  mutable std::atomic<std::uint64_t> hits_{0}, misses_{0}, skipped_{0}, unusable_{0}, fills_{0}, fills_refused_{0},
      errors_{0};
};

}  // namespace ishi::cache
