// Tells that the log has grown: LISTEN to wake at once, polling as the net for what a lost connection swallowed.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "registry/ports/change_feed.h"

namespace ishi::sql {

struct PgFeedOptions {
  std::string connection_string;  // of a session of its own
  std::string role = "ishi_service";
  int silence_ms_max = 2'000;  // of the database, when asked; then a new connection is tried
  std::chrono::milliseconds poll_every{500};
  std::chrono::milliseconds retry_after{100};  // a failed call takes at least so long (or its timeout), so that
                                               // nobody spins on a database that is away
  std::shared_ptr<const std::atomic<std::uint32_t>> timeline_min = nullptr;  // as of SessionOptions
};

// One thread. Connects when first asked, and again after a loss.
std::unique_ptr<ChangeFeed> make_pg_change_feed(PgFeedOptions options);

}  // namespace ishi::sql
