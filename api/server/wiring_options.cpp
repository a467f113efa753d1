#include "api/server/wiring_options.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "api/host/durable_file.h"
#include "registry/bytes.h"

namespace ishi::api {
namespace {

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::kInvalidArgument, "file_unreadable", path + ": cannot be read");
  return text.str();
}

// A file with one secret in it, without the white space around its end.
Result<std::string> read_secret(const std::string& path) {
  std::error_code error;
  const auto permissions = std::filesystem::status(path, error).permissions();
  constexpr auto kOthers = std::filesystem::perms::others_all;
  if (!error && (permissions & kOthers) != std::filesystem::perms::none)
    return fail(ErrorKind::kInvalidArgument, "key_file_open", path + ": readable by everybody; chmod 600");
  Result<std::string> text = read_text(path);
  if (!text) return fail(text.error());
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) text->pop_back();
  return text;
}

}  // namespace

ServerOptions server_options(const Config::Listen& listen) {
  ServerOptions options;
  options.address = listen.address;
  options.port = static_cast<std::uint16_t>(listen.port);
  options.reactors = static_cast<int>(listen.reactors);
  options.workers = size(listen.workers);
  options.large_workers =
      listen.large_workers > 0 ? size(listen.large_workers) : std::thread::hardware_concurrency() + 2;
  options.queue_max = size(listen.queue_max);
  options.connections_max = size(listen.connections_max);
  options.header_timeout = ms(listen.header_timeout_ms);
  options.body_timeout = ms(listen.body_timeout_ms);
  options.request_timeout = ms(listen.request_timeout_ms);
  options.keepalive_timeout = ms(listen.keepalive_timeout_ms);
  options.send_timeout = ms(listen.send_timeout_ms);
  options.body_bytes_max_total = size(listen.body_bytes_max_total);
  options.reply_bytes_max_total = size(listen.reply_bytes_max_total);
  return options;
}

sql::PgLogOptions log_options(const Config::Database& database, std::int64_t reactors, TimelineMin timeline_min) {
  sql::PgLogOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.read_sessions_max = size(database.read_sessions_max);
  options.lookup_sessions_max = size(reactors) + 2;  // each reactor reads the head by itself; two for who may wait
  options.lock_wait_ms_max = static_cast<int>(database.lock_wait_ms_max);
  options.statement_ms_max = static_cast<int>(database.statement_ms_max);
  options.lookup_ms_max = static_cast<int>(database.lookup_ms_max);
  options.silence_ms_max = static_cast<int>(database.silence_ms_max);
  options.session_wait_max = ms(database.session_wait_ms_max);
  options.append_wait_max = ms(database.append_wait_ms_max);
  options.timeline_min = std::move(timeline_min);
  options.clock_difference_max = sql::kClockDifferenceMax;
  return options;
}

sql::PgFeedOptions feed_options(const Config::Database& database, TimelineMin timeline_min) {
  sql::PgFeedOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.silence_ms_max = static_cast<int>(database.lookup_ms_max);
  options.timeline_min = std::move(timeline_min);
  return options;
}

sql::LeaseOptions lease_options(const Config::Database& database, const Clock& clock) {
  sql::LeaseOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.valid_for = ms(database.head_lease_ms);
  options.confirm_every = options.valid_for * 3 / 10;
  options.standby_required = database.standby_required == "yes";
  options.clock = &clock;
  return options;
}

sql::AnswerPrunerOptions pruner_options(const Config::Database& database) {
  sql::AnswerPrunerOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.kept_days = static_cast<int>(database.answers_kept_days);
  return options;
}

sql::PgStandbyOptions standby_options(const Config::Database& database) {
  sql::PgStandbyOptions options;
  options.connection_string = database.standby_connection;
  options.role = database.role;
  options.lookup_ms_max = static_cast<int>(database.standby_lookup_ms_max);
  return options;
}

sql::PgCheckpointOptions checkpoint_options(const Config::Database& database, TimelineMin timeline_min) {
  sql::PgCheckpointOptions options;
  options.connection_string = database.connection;
  options.role = database.role;
  options.timeline_min = std::move(timeline_min);
  return options;
}

Result<std::unique_ptr<AcknowledgedFile>> acknowledged_file(const Config& config) {
  if (config.evidence.key_file.empty() || config.evidence.memory_file.empty()) return nullptr;
  return AcknowledgedFile::open(path_in(config, config.evidence.memory_file) + ".acknowledged");
}

bool remembers_checkpoint(const Config& config) {
  const auto note = read_if_there(path_in(config, config.evidence.memory_file), kNoteBytesMax);
  return note && *note;
}

cache::NearLimits near_limits(const Config::Near& near) {
  const std::size_t bytes_max =
      near.memory_bytes_max == 0 ? 0 : std::max(size(near.memory_bytes_max), cache::kNearBytesMin);
  cache::NearLimits limits = cache::near_limits(size(near.people_max), bytes_max);
  limits.evict = limits.evict || near.keep == "recent";
  return limits;
}

Result<Tokenizer> read_tokenizer(const Config& config) {
  const std::string path = path_in(config, config.tokens.key_file);
  const Result<std::string> text = read_secret(path);
  if (!text) return fail(text.error());
  const auto key = from_hex(*text);
  if (!key)
    return fail(ErrorKind::kInvalidArgument, "key_file_invalid",
                path + ": must hold 64 to 128 hex digits and nothing else");
  return Tokenizer::create(config.tokens.key_id, *key);
}

Result<std::optional<cache::RedisSettings>> redis_settings(const Config& config) {
  if (config.redis.address.empty()) return std::optional<cache::RedisSettings>();
  auto addresses = cache::parse_redis_addresses(config.redis.address);
  if (!addresses)
    return fail(ErrorKind::kInvalidArgument, "config_invalid", "redis.address: " + addresses.error().detail);
  cache::RedisSettings settings;
  settings.addresses = std::move(*addresses);
  settings.cluster = config.redis.mode == "cluster";
  if (!settings.cluster && settings.addresses.size() > 1)
    return fail(ErrorKind::kInvalidArgument, "config_invalid",
                "redis.address: several servers need redis.mode = \"cluster\"");
  if (!config.redis.password_file.empty()) {
    Result<std::string> password = read_secret(path_in(config, config.redis.password_file));
    if (!password) return fail(password.error());
    settings.password = std::move(*password);
  }
  settings.prefix = config.redis.prefix;
  settings.deadline = ms(config.redis.deadline_ms);
  settings.connections_max = size(config.redis.connections_max);
  settings.people_expected = size(config.redis.people_expected);
  return std::optional(std::move(settings));
}

Result<std::vector<PolicyDocument>> read_policy_files(const Config& config) {
  std::vector<PolicyDocument> documents;
  for (const std::string& file : config.policy.files) {
    Result<std::string> text = read_text(path_in(config, file));
    if (!text) return fail(text.error());
    documents.push_back({std::filesystem::path(file).filename().string(), std::move(*text)});
  }
  return documents;
}

}  // namespace ishi::api
