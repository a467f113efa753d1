// Config: everything an operator may set, from one TOML file. ops/etc/ishi.toml is its manual: every option at its
// default, why, and when it hurts. An unknown key, a wrong type or a value out of range refuses the whole file, naming
// line and key. Paths are relative to the file's own folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/result.h"

namespace ishi::api {

struct Config {
  struct Listen {
    std::string address = "127.0.0.1";
    std::int64_t port = 8470;                 // 0: the system chooses; see the log
    std::int64_t reactors = 2, workers = 64;  // threads
    std::int64_t large_workers = 0;           // threads; 0: two more than there are processors
    std::int64_t queue_max = 1'024;           // requests
    std::int64_t connections_max = 4'096;
    std::int64_t header_timeout_ms = 10'000, body_timeout_ms = 30'000, request_timeout_ms = 600'000;
    std::int64_t keepalive_timeout_ms = 75'000, send_timeout_ms = 30'000;
    std::int64_t body_bytes_max_total = 1'073'741'824, reply_bytes_max_total = 1'073'741'824;
    std::int64_t stop_grace_ms = 20'000;
  } listen;
  struct Database {
    std::string connection = "host=/run/postgresql dbname=ishi";
    std::string role = "ishi_service";
    std::string migrate_connection;  // empty: somebody else migrates
    std::string standby_connection;  // empty: heads are read from the primary
    std::int64_t standby_lookup_ms_max = 500;
    std::int64_t head_lease_ms = 1'000;
    std::string standby_required = "no";  // no, yes: a primary that waits for no standby is not believed
    std::int64_t read_sessions_max = 4;
    std::int64_t lock_wait_ms_max = 5'000, statement_ms_max = 60'000;
    std::int64_t lookup_ms_max = 2'000, silence_ms_max = 10'000;
    std::int64_t answers_kept_days = 90;  // 0: for ever
    std::int64_t session_wait_ms_max = 2'000, append_wait_ms_max = 30'000;
  } database;
  struct Tokens {
    std::string key_id = "main";
    std::string key_file = "token.key";  // hex, 32..64 bytes; readable by nobody else
  } tokens;
  struct Policy {
    std::vector<std::string> files;  // published when the log is empty
  } policy;
  struct Near {
    std::int64_t people_max = 1'000'000;
    std::string keep = "everybody";     // everybody, recent
    std::int64_t memory_bytes_max = 0;  // 0: what people_max needs
    std::string snapshot_file;          // empty: none
    std::int64_t snapshot_interval_s = 900;
  } near;
  struct Redis {
    std::string address;              // empty: none
    std::string mode = "standalone";  // standalone, cluster
    std::string password_file;        // empty: none
    std::string prefix = "ishi";
    std::int64_t deadline_ms = 50;
    std::int64_t connections_max = 4;  // to one server of it
    std::int64_t people_expected = 1'000'000;
  } redis;
  struct Filter {
    std::int64_t body_bytes_max = 268'435'456;
    std::int64_t holders_max = 10'000;
    std::int64_t freshness_wait_ms_max = 3'000;
  } filter;
  struct Writes {
    std::int64_t body_bytes_max = 67'108'864;
    std::int64_t lines_max = 200'000;
    std::int64_t freshness_wait_ms_max = 2'000;
  } writes;
  struct Evidence {
    std::string required = "yes";            // yes, no: without key_file and memory_file this server does not start
    std::string key_file;                    // signing keys of the log; empty: nothing is signed
    std::string memory_file = "log.memory";  // what was signed last, on a disk of its own fate; empty: nowhere
    std::vector<std::string> witnesses;      // "<vkey> <address>"
    std::int64_t tile_memory_bytes_max = 67'108'864;
  } evidence;
  struct Fsck {
    std::int64_t interval_s = 86'400;  // 0: this server doesn't look
    std::int64_t busy_percent = 10;    // of one processor's time
  } fsck;
  struct Erasure {
    std::string connection;      // of a member of ishi_eraser; empty: somebody else erases
    std::int64_t grace_s = 300;  // from the order to the end of the bytes
  } erasure;
  struct Health {
    std::int64_t lag_events_max = 10'000;  // above: not ready
  } health;
  struct Log {
    std::string level = "info";  // debug, info, warn, error
  } log;
  std::string folder = ".";  // of the file
};

// Errors: kInvalidArgument config_invalid, one line per complaint.
Result<Config> parse_config(std::string_view text, std::string_view file_name, std::string_view folder);
Result<Config> read_config_file(const std::string& path);
// What the file says must hold together. Errors: kInvalidArgument "evidence_required".
Result<void> check_config(const Config& config);
std::string path_in(const Config& config, std::string_view path);

// "listen.port" …, for the manual's test.
std::vector<std::string> config_keys();

}  // namespace ishi::api
