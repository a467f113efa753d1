// The right edge of the log as the writer keeps it between two appends: what it takes to add events without reading
// any. It is only a memory of log_head and the last rows; when another server has appended, it is read again.
#pragma once

#include <optional>

#include "registry/events/times_healed.h"
#include "registry/merkle/tile.h"
#include "registry/result.h"
#include "registry/time.h"
#include "sql/session/session.h"

namespace ishi::sql {

struct LogTail {
  Frontier frontier;
  TileBuilder tiles;
  Timestamp last_registered_at;  // as it is stored
  Timestamp believed_at;         // the same as it is believed
  Digest last_commitment{};      // of what this writer added last
  std::string standbys;          // that the log's head now names
  BelievedTimes times;
};

Bytes peaks_to_bytes(const Frontier& frontier);
Result<Frontier> frontier_of(std::uint64_t size, ByteView peaks);

// Locks log_head until the end of the transaction, passes the gate (timeline_gate.h) and returns the tail it speaks of:
// `remembered`, when that is still it. Errors: kUnavailable (lock_wait_ms_max), kCorrupt (head and rows don't fit).
Result<LogTail> lock_tail(Session& session, const std::optional<LogTail>& remembered);

}  // namespace ishi::sql
