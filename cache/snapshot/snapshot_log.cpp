#include "cache/snapshot/snapshot_log.h"

#include "registry/events/event_codec.h"

namespace ishi::cache {

Result<Digest> snapshot_digest_at(const EventLog& log, EventIndex index) {
  auto events = log.read(index, 1);
  if (!events) return fail(events.error());
  if (events->empty() || events->front().index != index)
    return fail(ErrorKind::kConflict, "snapshot_of_another_log", "the log does not reach as far as the snapshot");
  auto bytes = encode_event(events->front().event);
  if (!bytes) return fail(bytes.error());
  return sha256(*bytes);
}

}  // namespace ishi::cache
