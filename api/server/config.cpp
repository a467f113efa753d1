#include "api/server/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <variant>

#include <toml++/toml.h>

namespace ishi::api {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;

struct Number {
  std::int64_t* value;
  std::int64_t min, max;
};
struct Words {
  std::string* value;
  std::vector<std::string> allowed;  // empty: any text
  bool may_be_empty = false;
};
using Setting = std::variant<Number, Words, std::vector<std::string>*>;

// The one list of what there is.
std::vector<std::pair<std::string, Setting>> settings_of(Config& config) {
  Config::Listen& listen = config.listen;
  Config::Database& database = config.database;
  return {
      {"listen.address", Words{&listen.address, {}}},
      {"listen.port", Number{&listen.port, 0, 65'535}},
      {"listen.reactors", Number{&listen.reactors, 1, 64}},
      {"listen.workers", Number{&listen.workers, 1, 256}},
      {"listen.large_workers", Number{&listen.large_workers, 0, 256}},
      {"listen.queue_max", Number{&listen.queue_max, 1, 100'000}},
      {"listen.connections_max", Number{&listen.connections_max, 1, 100'000}},
      {"listen.header_timeout_ms", Number{&listen.header_timeout_ms, 100, kHourMs}},
      {"listen.body_timeout_ms", Number{&listen.body_timeout_ms, 100, kHourMs}},
      {"listen.request_timeout_ms", Number{&listen.request_timeout_ms, 100, kHourMs}},
      {"listen.keepalive_timeout_ms", Number{&listen.keepalive_timeout_ms, 100, kHourMs}},
      {"listen.send_timeout_ms", Number{&listen.send_timeout_ms, 100, kHourMs}},
      {"listen.body_bytes_max_total", Number{&listen.body_bytes_max_total, 1 << 20, 1'024 * kGiB}},
      {"listen.reply_bytes_max_total", Number{&listen.reply_bytes_max_total, 1 << 20, 1'024 * kGiB}},
      {"listen.stop_grace_ms", Number{&listen.stop_grace_ms, 0, kHourMs}},
      {"database.connection", Words{&database.connection, {}}},
      {"database.role", Words{&database.role, {}, true}},
      {"database.migrate_connection", Words{&database.migrate_connection, {}, true}},
      {"database.standby_connection", Words{&database.standby_connection, {}, true}},
      {"database.standby_lookup_ms_max", Number{&database.standby_lookup_ms_max, 1, kHourMs}},
      {"database.head_lease_ms", Number{&database.head_lease_ms, 100, 1'000}},
      {"database.standby_required", Words{&database.standby_required, {"no", "yes"}}},
      {"database.read_sessions_max", Number{&database.read_sessions_max, 1, 256}},
      {"database.lock_wait_ms_max", Number{&database.lock_wait_ms_max, 1, kHourMs}},
      {"database.statement_ms_max", Number{&database.statement_ms_max, 1, kHourMs}},
      {"database.lookup_ms_max", Number{&database.lookup_ms_max, 1, kHourMs}},
      {"database.silence_ms_max", Number{&database.silence_ms_max, 1, kHourMs}},
      {"database.answers_kept_days", Number{&database.answers_kept_days, 0, 36'500}},
      {"database.session_wait_ms_max", Number{&database.session_wait_ms_max, 1, kHourMs}},
      {"database.append_wait_ms_max", Number{&database.append_wait_ms_max, 1, kHourMs}},
      {"tokens.key_id", Words{&config.tokens.key_id, {}}},
      {"tokens.key_file", Words{&config.tokens.key_file, {}}},
      {"policy.files", &config.policy.files},
      {"near.people_max", Number{&config.near.people_max, 1'000, 4'000'000'000}},
      {"near.memory_bytes_max", Number{&config.near.memory_bytes_max, 0, 1'024 * kGiB}},
      {"near.snapshot_file", Words{&config.near.snapshot_file, {}, true}},
      {"near.snapshot_interval_s", Number{&config.near.snapshot_interval_s, 1, 86'400}},
      {"near.keep", Words{&config.near.keep, {"everybody", "recent"}}},
      {"redis.address", Words{&config.redis.address, {}, true}},
      {"redis.mode", Words{&config.redis.mode, {"standalone", "cluster"}}},
      {"redis.password_file", Words{&config.redis.password_file, {}, true}},
      {"redis.prefix", Words{&config.redis.prefix, {}}},
      {"redis.deadline_ms", Number{&config.redis.deadline_ms, 1, 10'000}},
      {"redis.connections_max", Number{&config.redis.connections_max, 1, 64}},
      {"redis.people_expected", Number{&config.redis.people_expected, 1'000, 4'000'000'000}},
      {"filter.body_bytes_max", Number{&config.filter.body_bytes_max, 1'024, 4 * kGiB - 1}},
      {"filter.holders_max", Number{&config.filter.holders_max, 1, 1'000'000}},
      {"filter.freshness_wait_ms_max", Number{&config.filter.freshness_wait_ms_max, 1, kHourMs}},
      {"writes.body_bytes_max", Number{&config.writes.body_bytes_max, 1'024, kGiB}},
      {"writes.lines_max", Number{&config.writes.lines_max, 1, 10'000'000}},
      {"writes.freshness_wait_ms_max", Number{&config.writes.freshness_wait_ms_max, 1, kHourMs}},
      {"evidence.required", Words{&config.evidence.required, {"yes", "no"}}},
      {"evidence.key_file", Words{&config.evidence.key_file, {}, true}},
      {"evidence.memory_file", Words{&config.evidence.memory_file, {}}},
      {"evidence.witnesses", &config.evidence.witnesses},
      {"evidence.tile_memory_bytes_max", Number{&config.evidence.tile_memory_bytes_max, 0, 64 * kGiB}},
      {"fsck.interval_s", Number{&config.fsck.interval_s, 0, 31'536'000}},
      {"fsck.busy_percent", Number{&config.fsck.busy_percent, 1, 100}},
      {"erasure.connection", Words{&config.erasure.connection, {}, true}},
      {"erasure.grace_s", Number{&config.erasure.grace_s, 0, 31'536'000}},
      {"health.lag_events_max", Number{&config.health.lag_events_max, 0, 1'000'000'000}},
      {"log.level", Words{&config.log.level, {"debug", "info", "warn", "error"}}},
  };
}

class Complaints {
 public:
  explicit Complaints(std::string_view file) : file_(file) {}
  void add(toml::source_region where, std::string_view key, std::string_view message) {
    text_ += (text_.empty() ? "" : "\n") + file_ + " line " + std::to_string(where.begin.line) + ": " +
             std::string(key) + ": " + std::string(message);
  }
  bool empty() const { return text_.empty(); }
  Error error() const { return {ErrorKind::kInvalidArgument, "config_invalid", text_}; }

 private:
  std::string file_, text_;
};

void set_value(const Number& number, const std::string& key, const toml::node& node, Complaints& complaints) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < number.min || *value > number.max)
    return complaints.add(node.source(), key,
                          "must be a whole number, " + std::to_string(number.min) + ".." + std::to_string(number.max));
  *number.value = *value;
}

void set_value(const Words& words, const std::string& key, const toml::node& node, Complaints& complaints) {
  const auto value = node.value_exact<std::string>();
  if (!value || (value->empty() && !words.may_be_empty)) return complaints.add(node.source(), key, "must be a text");
  if (!words.allowed.empty() && std::find(words.allowed.begin(), words.allowed.end(), *value) == words.allowed.end()) {
    std::string known;
    for (const std::string& word : words.allowed) known += (known.empty() ? "" : ", ") + word;
    return complaints.add(node.source(), key, "must be one of " + known);
  }
  *words.value = *value;
}

void set_value(std::vector<std::string>* list, const std::string& key, const toml::node& node, Complaints& complaints) {
  const toml::array* items = node.as_array();
  if (!items) return complaints.add(node.source(), key, "must be a list of texts");
  for (const toml::node& item : *items) {
    const auto value = item.value_exact<std::string>();
    if (!value || value->empty()) return complaints.add(item.source(), key, "must be a list of texts");
    list->push_back(*value);
  }
}

void set_all(const toml::table& document, Config& config, Complaints& complaints) {
  const auto settings = settings_of(config);
  for (const auto& [section, node] : document) {
    const toml::table* table = node.as_table();
    if (!table) {
      complaints.add(node.source(), section.str(), "is not a section of this file");
      continue;
    }
    for (const auto& [name, value] : *table) {
      const std::string key = std::string(section.str()) + "." + std::string(name.str());
      const auto found =
          std::find_if(settings.begin(), settings.end(), [&](const auto& setting) { return setting.first == key; });
      if (found == settings.end())
        complaints.add(value.source(), key, "is not an option; ops/etc/ishi.toml lists them all");
      else
        std::visit([&, &held = value](const auto& setting) { set_value(setting, key, held, complaints); },
                   found->second);
    }
    const bool known = std::any_of(settings.begin(), settings.end(), [&, &name = section](const auto& setting) {
      return setting.first.starts_with(std::string(name.str()) + ".");
    });
    if (!known && table->empty()) complaints.add(node.source(), section.str(), "is not a section of this file");
  }
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file_name, std::string_view folder) {
  Complaints complaints(file_name);
  Config config;
  config.folder = folder;
  try {
    set_all(toml::parse(text, file_name), config, complaints);
  } catch (const toml::parse_error& error) {
    complaints.add(error.source(), "syntax", error.description());
  }
  if (!complaints.empty()) return fail(complaints.error());
  return config;
}

Result<Config> read_config_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::kInvalidArgument, "config_invalid", path + ": cannot be read");
  const std::filesystem::path at(path);
  const std::string folder = at.has_parent_path() ? at.parent_path().string() : std::string(".");
  return parse_config(text.str(), at.filename().string(), folder);
}

Result<void> check_config(const Config& config) {
  const Config::Evidence& evidence = config.evidence;
  if (evidence.required == "yes" && (evidence.key_file.empty() || evidence.memory_file.empty()))
    return fail(ErrorKind::kInvalidArgument, "evidence_required",
                "evidence.key_file and evidence.memory_file must be set, or an older copy of the database would not be "
                "noticed; a demo may set evidence.required = \"no\"");
  return {};
}

std::string path_in(const Config& config, std::string_view path) {
  return (std::filesystem::path(config.folder) / path).string();
}

std::vector<std::string> config_keys() {
  Config config;
  std::vector<std::string> keys;
  for (const auto& setting : settings_of(config)) keys.push_back(setting.first);
  return keys;
}

}  // namespace ishi::api
