// Which tokens' statuses may have been changed by some events: read from the log, so that a tier that missed them can
// catch up. Too many is harmless, one too few would be a stale answer: everybody who was ever linked with a subject,
// and everybody on a household card that is one.
#pragma once

#include <span>
#include <vector>

#include "registry/ports/event_log.h"

namespace ishi::cache {

// `events` end below `upto`. Sorted, without duplicates. Errors: those of EventLog::read_about.
Result<std::vector<Token>> tokens_touched_by(const EventLog& log, std::span<const StoredEvent> events, Position upto);

}  // namespace ishi::cache
