// ChangeFeed: what wakes a follower. sql/log/pg_change_feed.h offers it; tests/support/memory_log.h in memory.
#pragma once

#include <chrono>

#include "registry/position.h"
#include "registry/result.h"

namespace ishi {

// Wakes a follower when the log has grown, wherever the append came from. One thread per object.
class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;
  // The log's position as soon as it is beyond `seen`; `seen` itself when nothing came within `timeout` (0 = just
  // look). Errors: kUnavailable (the store is away; call again, it reconnects by itself), kCorrupt (the log ends
  // before `seen`: this is another log, or an older copy of it was restored). A wake-up may be late by one polling
  // interval, never lost.
  virtual Result<Position> wait_beyond(Position seen, std::chrono::milliseconds timeout) = 0;
};

}  // namespace ishi
