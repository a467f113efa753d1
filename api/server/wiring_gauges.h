// The figures of each part in GET /metrics. Call before serving; the parts outlive the metrics.
#pragma once

#include "api/http/pistache_server.h"
#include "api/operations/fsck_watch.h"
#include "api/operations/metrics.h"
#include "api/server/evidence_parts.h"
#include "cache/follow/feed_follower.h"
#include "cache/follow/freshness_barrier.h"
#include "cache/follow/status_reader.h"
#include "cache/near/projection.h"
#include "cache/shared/redis_cache.h"
#include "cache/shared/redis_follower.h"
#include "sql/standby/head_lease.h"
#include "sql/standby/pg_standby_heads.h"

namespace ishi::api {

struct NearTier {
  const cache::Projection& people;
  const cache::StatusReader& status;
  const cache::FreshnessBarrier& barrier;
  const cache::FeedFollower& follower;
};
void add_near_gauges(Metrics& metrics, const NearTier& tier);
void add_server_gauges(Metrics& metrics, const PistacheServer& server);
void add_lease_gauges(Metrics& metrics, const sql::HeadLease& lease);
void add_standby_gauges(Metrics& metrics, const sql::PgStandbyHeads& standby);
void add_redis_gauges(Metrics& metrics, const cache::RedisCache& redis, const cache::RedisFollower& follower);
void add_fsck_gauges(Metrics& metrics, const FsckWatch& fsck);
void add_evidence_gauges(Metrics& metrics, const EvidenceParts& evidence);

}  // namespace ishi::api
