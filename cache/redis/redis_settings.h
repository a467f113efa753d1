// How Redis is reached. Sent in the clear: a unix socket, loopback or a private network (hiredis 0.14 has no TLS).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/result.h"

namespace ishi::cache {

struct RedisAddress {
  std::string host;  // a path when port is 0
  int port = 0;
  friend auto operator<=>(const RedisAddress&, const RedisAddress&) = default;
};

// "/run/redis/redis.sock", "127.0.0.1:6379", "[::1]:6379"; several, with commas between, name seeds of one cluster.
// Errors: kInvalidArgument, "redis_address".
Result<std::vector<RedisAddress>> parse_redis_addresses(std::string_view text);

struct RedisSettings {
  std::vector<RedisAddress> addresses{};  // one server, or seeds of one cluster
  bool cluster = false;
  std::string password{};                           // empty: none
  std::string prefix = "ishi";                      // of every key; one registry, one prefix
  std::size_t people_expected = 1'000'000;          // decides how many buckets a new shard gets
  std::chrono::milliseconds deadline{50};           // of one exchange, connecting included
  std::chrono::milliseconds retry_wait_min{100};    // a node that failed is left alone this long, doubled each time …
  std::chrono::milliseconds retry_wait_max{5'000};  // … up to this
  std::size_t connections_max = 4;                  // to one node
  std::size_t catch_up_events_max = 500'000;        // further behind than this, a shard starts anew
  std::size_t pending_tokens_max = 200'000;         // changes kept while Redis is away; beyond: read from the log again
};

}  // namespace ishi::cache
