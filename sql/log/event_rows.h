// Reading events, leaves and tiles back.
#pragma once

#include <span>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/ports/evidence.h"
#include "sql/log/pg_event_log.h"
#include "sql/session/session.h"

namespace ishi::sql {

// What those believe of times who have seen `upto` events. What is read below is read so (registry/ports/event_log.h).
Result<BelievedTimes> read_believed_times(Session& session, Position upto);
// Errors: kUnavailable "database_read_only": this is a standby, whose end of the log may be old.
Result<PrimaryHead> read_primary_head(Session& session, std::chrono::milliseconds silence_max = {});
Result<Head> read_head(Session& session, std::chrono::milliseconds silence_max = {});
Result<std::vector<StoredEvent>> read_events(Session& session, EventIndex from, std::size_t limit);
Result<std::vector<StoredEvent>> read_events_about(Session& session, std::span<const Token> tokens, Position upto);
Result<Position> read_position_at(Session& session, Timestamp known_at);
Result<std::optional<EventIndex>> read_latest_policy(Session& session, Position upto);

Result<Frontier> read_frontier(Session& session);
Result<std::vector<StoredLeaf>> read_leaves(Session& session, EventIndex from, std::size_t limit);
Result<TileHashes> read_tile(Session& session, const Tile& tile);

}  // namespace ishi::sql
