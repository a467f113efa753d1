#include "api/server/wiring_gauges.h"

#include <chrono>

namespace ishi::api {

void add_near_gauges(Metrics& metrics, const NearTier& tier) {
  metrics.add_gauge("ishi_position", "Events this node has applied.",
                    [tier] { return static_cast<double>(tier.barrier.applied().position.events()); });
  metrics.add_gauge("ishi_follower_lag_events", "Events known of and not applied.",
                    [tier] { return static_cast<double>(tier.follower.lag_events()); });
  metrics.add_gauge("ishi_head_reads", "Reads of the log's head for strict questions.",
                    [tier] { return static_cast<double>(tier.status.head_reads()); });
  metrics.add_gauge("ishi_near_tokens", "Tokens held in memory.",
                    [tier] { return static_cast<double>(tier.people.stats().tokens); });
  metrics.add_gauge("ishi_near_memory_bytes", "Memory of the near tier.",
                    [tier] { return static_cast<double>(tier.people.stats().memory_bytes); });
  metrics.add_gauge("ishi_near_complete", "1 while everybody known is held in memory.",
                    [tier] { return tier.people.complete() ? 1.0 : 0.0; });
  const auto near = [&metrics, tier](const char* name, const char* help, auto member) {
    metrics.add_gauge(name, help, [tier, member] { return static_cast<double>(tier.people.stats().*member); });
  };
  metrics.add_gauge("ishi_near_hits", "Tokens asked about that this node's own memory answered for.",
                    [tier] { return static_cast<double>(tier.status.stats().near_hits); });
  metrics.add_gauge("ishi_near_misses", "Tokens asked about that it could not answer for.",
                    [tier] { return static_cast<double>(tier.status.stats().near_misses); });
  near("ishi_near_overflow", "Of the tokens: kept whole beside the table.", &cache::Projection::Stats::in_overflow);
  near("ishi_near_evictions", "People forgotten to make room.", &cache::Projection::Stats::evictions);
  near("ishi_near_fills", "People kept as the shared cache or the log knew them.", &cache::Projection::Stats::fills);
  near("ishi_near_fills_refused", "People offered and not kept: too late, or too much to pack.",
       &cache::Projection::Stats::fills_refused);
  metrics.add_gauge("ishi_barrier_waits", "Strict questions that waited for this node to catch up.",
                    [tier] { return static_cast<double>(tier.barrier.stats().waits); });
  metrics.add_gauge("ishi_barrier_late", "Of the waits: too long, answered 503.",
                    [tier] { return static_cast<double>(tier.barrier.stats().late); });
  metrics.add_gauge("ishi_barrier_wait_seconds", "How long they waited in all.",
                    [tier] { return std::chrono::duration<double>(tier.barrier.stats().waited).count(); });
}

void add_server_gauges(Metrics& metrics, const PistacheServer& server) {
  metrics.add_gauge("ishi_http_connections", "Open connections.",
                    [&server] { return static_cast<double>(server.connections()); });
  metrics.add_gauge("ishi_http_in_flight", "Requests in work.",
                    [&server] { return static_cast<double>(server.in_flight()); });
  metrics.add_gauge("ishi_http_at_once", "Single checks answered by the thread that read them.",
                    [&server] { return static_cast<double>(server.answered_at_once()); });
  metrics.add_gauge("ishi_http_handed_on", "Single checks left to threads that may wait for a store.",
                    [&server] { return static_cast<double>(server.handed_on()); });
  metrics.add_gauge("ishi_http_waiting", "Requests waiting for a worker.",
                    [&server] { return static_cast<double>(server.waiting()); });
}

void add_lease_gauges(Metrics& metrics, const sql::HeadLease& lease) {
  metrics.add_gauge("ishi_heads_confirmed",
                    "1 while the primary confirms that it is the one; 0: 503 to strict questions.",
                    [&lease] { return lease.stats().valid ? 1.0 : 0.0; });
  metrics.add_gauge("ishi_head_confirmations", "Confirmations since the start.",
                    [&lease] { return static_cast<double>(lease.stats().confirmed); });
}

void add_standby_gauges(Metrics& metrics, const sql::PgStandbyHeads& standby) {
  metrics.add_gauge("ishi_standby_trusted", "1 while heads are read from the standby; 0: from the primary.",
                    [&standby] { return standby.stats().trusted ? 1.0 : 0.0; });
  metrics.add_gauge("ishi_standby_heads", "Heads read from the standby.",
                    [&standby] { return static_cast<double>(standby.stats().from_standby); });
  metrics.add_gauge("ishi_standby_primary_heads", "Heads read from the primary in its place.",
                    [&standby] { return static_cast<double>(standby.stats().from_primary); });
  metrics.add_gauge("ishi_standby_behind",
                    "Of these: the standby was behind what this node had applied. Alarm: it is not waited for.",
                    [&standby] { return static_cast<double>(standby.stats().behind); });
}

void add_redis_gauges(Metrics& metrics, const cache::RedisCache& redis, const cache::RedisFollower& follower) {
  const auto add = [&metrics, &redis](const char* name, const char* help, auto member) {
    metrics.add_gauge(name, help, [&redis, member] { return static_cast<double>(redis.stats().*member); });
  };
  using Stats = cache::RedisCache::Stats;
  add("ishi_redis_hits", "Tokens asked of Redis that it could answer for.", &Stats::hits);
  add("ishi_redis_misses", "Tokens asked of Redis and then of the log.", &Stats::misses);
  add("ishi_redis_unusable", "Of the misses: held, but of another Position.", &Stats::unusable);
  add("ishi_redis_skipped", "Tokens Redis was not asked about: late, away, or not yet compared with the log.",
      &Stats::skipped);
  add("ishi_redis_fills", "People kept in Redis as the log has them.", &Stats::fills);
  add("ishi_redis_fills_refused", "People offered too late: something had been applied since they were read.",
      &Stats::fills_refused);
  add("ishi_redis_errors", "Exchanges with Redis that failed.", &Stats::errors);
  metrics.add_gauge("ishi_redis_lag_events", "Events applied here that Redis has not yet.",
                    [&follower] { return static_cast<double>(follower.stats().lag_events); });
  metrics.add_gauge("ishi_redis_shards_in_step", "Of sixteen parts: compared with the log, and up to date.",
                    [&follower] { return static_cast<double>(follower.stats().shards_in_step); });
  metrics.add_gauge("ishi_redis_shards_founded", "Parts begun anew by this node: lost, or of another log.",
                    [&follower] { return static_cast<double>(follower.stats().founded); });
}

void add_fsck_gauges(Metrics& metrics, const FsckWatch& fsck) {
  metrics.add_gauge("ishi_fsck_last_success_timestamp_seconds",
                    "When the last look through the whole log came to its end; 0 = not since the start.",
                    [&fsck] { return fsck.stats().last_success_seconds; });
  metrics.add_gauge("ishi_fsck_differences", "What the last look found that does not fit. Alarm when above 0.",
                    [&fsck] { return static_cast<double>(fsck.stats().differences); });
  metrics.add_gauge("ishi_fsck_events", "Events that the present look, or the last, has been through.",
                    [&fsck] { return static_cast<double>(fsck.stats().events); });
}

void add_evidence_gauges(Metrics& metrics, const EvidenceParts& evidence) {
  metrics.add_gauge("ishi_checkpoint_position", "Events covered by the last signed checkpoint.",
                    [&evidence] { return static_cast<double>(evidence.stats().signed_size); });
  metrics.add_gauge("ishi_checkpoint_cosigned", "Cosignatures brought back from witnesses.",
                    [&evidence] { return static_cast<double>(evidence.stats().cosigned_count); });
  metrics.add_gauge("ishi_checkpoint_refusing",
                    "1 when the log is not the one signed before: nothing is signed. Alarm.",
                    [&evidence] { return evidence.stats().refusing ? 1.0 : 0.0; });
  metrics.add_gauge("ishi_checkpoint_standing_by", "1 while another server signs.",
                    [&evidence] { return evidence.stats().standing_by ? 1.0 : 0.0; });
}

}  // namespace ishi::api
