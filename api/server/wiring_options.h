// What each room takes, from what the configuration says. Read once, at start; errors name the key or the file.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "api/host/acknowledged_file.h"
#include "api/http/server_options.h"
#include "api/server/config.h"
#include "cache/near/projection.h"
#include "cache/redis/redis_settings.h"
#include "registry/identifiers/tokenizer.h"
#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "sql/log/answer_pruner.h"
#include "sql/log/pg_change_feed.h"
#include "sql/log/pg_checkpoint_store.h"
#include "sql/log/pg_event_log.h"
#include "sql/standby/head_lease.h"
#include "sql/standby/pg_standby_heads.h"

namespace ishi::api {

inline std::chrono::milliseconds ms(std::int64_t value) {
  return std::chrono::milliseconds(value);
}
inline std::size_t size(std::int64_t value) {
  return static_cast<std::size_t>(value);
}

ServerOptions server_options(const Config::Listen& listen);
using TimelineMin = std::shared_ptr<const std::atomic<std::uint32_t>>;
sql::PgLogOptions log_options(const Config::Database& database, std::int64_t reactors, TimelineMin timeline_min);
sql::PgFeedOptions feed_options(const Config::Database& database, TimelineMin timeline_min);
sql::LeaseOptions lease_options(const Config::Database& database, const Clock& clock);
sql::AnswerPrunerOptions pruner_options(const Config::Database& database);
sql::PgStandbyOptions standby_options(const Config::Database& database);
sql::PgCheckpointOptions checkpoint_options(const Config::Database& database, TimelineMin timeline_min);
// What this server has acknowledged; null where the configuration wants no memory. Errors: AcknowledgedFile::open.
Result<std::unique_ptr<AcknowledgedFile>> acknowledged_file(const Config& config);
// Has anything been signed that this server remembers?
bool remembers_checkpoint(const Config& config);
cache::NearLimits near_limits(const Config::Near& near);
// nullopt: this node does without Redis. kInvalidArgument config_invalid; key_file_open, file_unreadable.
Result<std::optional<cache::RedisSettings>> redis_settings(const Config& config);
// kInvalidArgument key_file_open, key_file_invalid, file_unreadable.
Result<Tokenizer> read_tokenizer(const Config& config);
// kInvalidArgument file_unreadable.
Result<std::vector<PolicyDocument>> read_policy_files(const Config& config);

}  // namespace ishi::api
