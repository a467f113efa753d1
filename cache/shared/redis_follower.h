// RedisFollower: keeps Redis in step with what this node has applied. The follower of the log feeds it every batch,
// behind the projection of statuses in its list; a thread of its own writes the batch to Redis, so that a frozen Redis
// costs nobody more than one deadline. It also does what is needed once in a while: compares each shard with the log
// before it is read, catches up from the log with what was missed, founds a shard anew when there is nothing to go on
// from, and sweeps away what that leaves.
//
// Every node runs one; they write the same things, and the scripts let each change in once, in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <random>
#include <thread>

#include "cache/feed/feed_projection.h"
#include "cache/near/projection.h"
#include "cache/shared/redis_cache.h"

namespace ishi::cache {

class RedisFollower final : public FeedProjection {
 public:
  // Called on this thread when every shard has come into step with the log, and when one no longer is.
  using Report = std::function<void(bool in_step, std::size_t shards_in_step)>;
  RedisFollower(const EventLog& log, Projection& statuses, RedisCache& cache, Report report = nullptr);
  ~RedisFollower() override;
  void start();
  void stop();

  // The batch is handed to this follower's thread. Never fails: Redis may be lost at any time. REQUIRES: `statuses` has
  // applied the batch. Where this node's own table cannot answer for itself, waits until Redis has the batch, at most
  // one deadline: otherwise the next strict question would find Redis a little behind and go to the log. Else returns
  // at once.
  Result<void> apply(const EventLog& log, std::span<const StoredEvent> events) override;
  void begin_at(const Head& head) override;
  Position position() const override;  // handed over; Redis itself may be behind: stats().lag_events
  void clear() override {}             // nothing is handed over before the start

  struct Stats {
    std::uint64_t batches = 0, caught_up_events = 0, founded = 0, lag_events = 0;
    std::size_t shards_in_step = 0, batches_kept = 0;  // kept: until every shard has them, or there are too many
  };
  Stats stats() const;

 private:
  struct Shard {
    RedisShardState state;  // as last applied; verified or not: cache_.verified()
    std::string sweeping;   // cursor; empty: nothing to sweep
  };
  struct Change {  // what one request does to one shard
    std::size_t shard, items;
    RedisRequest request;
  };
  // The events in [from, upto), by the tokens whose status they changed.
  struct Batch {
    Head from, upto;
    std::vector<Token> touched;
    bool erased_something = false;  // the log took content back: copies of it must go as well
  };
  static std::size_t cost_of(const Batch& batch);  // of keeping it, in tokens
  void hand_over(Batch batch);
  void run(const std::stop_token& stop);
  void take_batches();
  void round(const std::stop_token& stop);
  void verify_shards();
  // False: it had to be founded, and must be read again.
  bool compare(std::size_t shard, const std::optional<RedisShardState>& read, std::uint64_t connections_opened);
  void found(std::size_t shard, const std::string& old_epoch, const Head& at);
  void catch_up(const std::stop_token& stop);
  bool catch_up_slice(Position from, Position upto);
  void write_window();
  void send(std::span<const Change> changes);
  void sweep_some();
  void trim_window();
  // The status of each token as Redis may keep it once `applied` is `upto`: nothing from beyond it.
  std::vector<RedisCache::Item> items_of(std::span<const Token> tokens, Position upto) const;

  const EventLog& log_;
  Projection& statuses_;
  RedisCache& cache_;
  const Report report_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> incoming_ ISHI_GUARDED_BY(mutex_);
  std::size_t incoming_tokens_ ISHI_GUARDED_BY(mutex_) = 0;
  Head handed_ ISHI_GUARDED_BY(mutex_);                 // up to here everything was handed over
  Position settled_ ISHI_GUARDED_BY(mutex_);            // up to here everything was tried
  bool worth_waiting_ ISHI_GUARDED_BY(mutex_) = false;  // some shard was in step after the last try
  Stats stats_ ISHI_GUARDED_BY(mutex_);

  // The thread's own.
  std::deque<Batch> window_;  // the newest batches, contiguous, until every shard has them
  std::size_t window_tokens_ = 0;
  Head oldest_, newest_;  // where the window begins and ends; equal when it is empty
  bool any_batch_ = false, reported_in_step_ = false;
  std::array<Shard, kRedisShards> shards_;
  std::random_device random_;
  std::jthread thread_;
};

}  // namespace ishi::cache
