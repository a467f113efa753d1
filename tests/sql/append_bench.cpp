// How fast the log takes in events, durably (fsync and synchronous_commit on): append_bench [bulk events] [singles].
// It checks its answers and prints rates; it asserts none.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "api/host/system_clock.h"
#include "sql/log/pg_event_log.h"
#include "sql/migrations/migrate.h"
#include "tests/support/postgres_instance.h"

namespace {

using namespace ishi;

NoticeGiven notice(std::uint64_t number) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i)
    bytes[i] =
        static_cast<std::uint8_t>((number * (i < 8 ? 0x9e3779b97f4a7c15U : 0xc2b2ae3d27d4eb4fU)) >> (8 * (i % 8)));
  return {Token(bytes), "1312345678", "JISEDAI", "T-2026-1", NoticeMethod::kHanded, CivilDate(20'000), ""};
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "append_bench: %s\n", what);
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t bulk = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
  const int singles = argc > 2 ? std::atoi(argv[2]) : 30'000;
  ishi::testing::PostgresInstance postgres({.fsync = true, .settings = {"shared_buffers=512MB", "max_wal_size=4GB"}});
  const std::string where = postgres.create_database();
  require(sql::migrate(where).has_value(), "cannot migrate");
  const api::SystemClock clock;
  auto log = sql::make_pg_log({.connection_string = where}, clock);
  const auto head = [&] { return log->head()->position.events(); };

  std::uint64_t next = 0;  // everybody is told once
  for (const std::size_t per_request : {50'000U, 5'000U}) {
    std::vector<std::vector<EventBody>> requests;
    for (std::uint64_t at = 0; at < bulk; at += per_request) {
      auto& bodies = requests.emplace_back();
      for (std::uint64_t i = 0; i < per_request; ++i) bodies.push_back(notice(next++));
    }
    const std::uint64_t before = head();
    const auto start = std::chrono::steady_clock::now();
    for (auto& bodies : requests)
      require(log->append({std::move(bodies), "bench", {}, {}, ""}).has_value(), "bulk append failed");
    const double seconds = seconds_since(start);
    const std::uint64_t written = head() - before;
    require(written == requests.size() * per_request, "events are missing");
    std::printf("bulk, %zu events a request: %.0f notices/s\n", per_request, static_cast<double>(written) / seconds);
  }
  for (const int callers : {1, 8, 32}) {
    const std::uint64_t before = head();
    std::atomic<int> left = singles;
    std::atomic<std::uint64_t> person = next;
    next += static_cast<std::uint64_t>(singles);
    const auto start = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> threads;
      for (int c = 0; c < callers; ++c) {
        threads.emplace_back([&] {
          for (int i = left--; i > 0; i = left--) {
            require(log->append({{notice(person++)}, "bench", {}, {}, ""}).has_value(), "append failed");
          }
        });
      }
    }
    const double seconds = seconds_since(start);
    require(head() - before == static_cast<std::uint64_t>(singles), "events are missing");
    std::printf("single, %d callers: %.0f appends/s\n", callers, singles / seconds);
  }
}
