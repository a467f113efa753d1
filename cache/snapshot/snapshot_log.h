// What ties a snapshot to its log.
#pragma once

#include "registry/merkle/sha256.h"
#include "registry/ports/event_log.h"

namespace ishi::cache {

// What the log says at one index, as a digest; of an event that was erased it is another one. Errors: kConflict
// "snapshot_of_another_log" if it does not reach so far, and those of the log.
Result<Digest> snapshot_digest_at(const EventLog& log, EventIndex index);

}  // namespace ishi::cache
