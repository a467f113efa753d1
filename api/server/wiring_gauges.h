// The figures of each part, as GET /metrics tells them. Before serving; what is given outlives the metrics.
#pragma once

#include "api/http/pistache_server.h"
#include "api/server/evidence_parts.h"
#include "api/server/fsck_watch.h"
#include "api/server/metrics.h"
#include "cache/feed_follower.h"
#include "cache/freshness_barrier.h"
#include "cache/people.h"
#include "cache/redis_follower.h"
#include "cache/redis_tier.h"
#include "cache/status_reader.h"
#include "sql/pg_standby_heads.h"

namespace ishi::api {

struct NearTier {
  const cache::People& people;
  const cache::StatusReader& status;
  const cache::FreshnessBarrier& barrier;
  const cache::FeedFollower& follower;
};
void add_near_gauges(Metrics& metrics, const NearTier& tier);
void add_server_gauges(Metrics& metrics, const PistacheServer& server);
void add_standby_gauges(Metrics& metrics, const sql::PgStandbyHeads& standby);
void add_redis_gauges(Metrics& metrics, const cache::RedisTier& redis, const cache::RedisFollower& follower);
void add_fsck_gauges(Metrics& metrics, const FsckWatch& fsck);
void add_evidence_gauges(Metrics& metrics, const EvidenceParts& evidence);

}  // namespace ishi::api
