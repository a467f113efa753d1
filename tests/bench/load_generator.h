// Many small requests at once from one thread: keeps `connections` connections busy, or paces them, and notes how long
// each answer took.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ishi::bench {

struct SmallRequest {
  std::string bytes;     // the whole request
  std::string expected;  // must occur in the answer
};
struct LoadResult {
  double rate = 0;                // answers a second
  double p50_ms = 0, p99_ms = 0;  // of the answer; when paced, counted from when the request was due
  std::size_t answers = 0, wrong = 0;
};
// Closed loop when rate_wanted is 0. Each connection walks its own share of the requests, round and round unless
// `once`. Bounded by `seconds`. Throws std::runtime_error when the server goes away.
LoadResult run_load(int port, const std::vector<SmallRequest>& requests, std::size_t connections, double seconds,
                    double rate_wanted = 0, bool once = false);

}  // namespace ishi::bench
