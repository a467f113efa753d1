#include "registry/ports/times_ahead.h"

namespace ishi {

Result<std::optional<TimesAhead>> find_times_ahead(const EventLog& log, Timestamp now) {
  const auto position = log.position_at(now.plus_seconds(kTimeAheadSecondsMax));
  if (!position) return fail(position.error());
  const auto head = log.head();
  if (!head) return fail(head.error());
  if (head->position <= *position) return std::nullopt;
  TimesAhead ahead{position->next_index(), head->position.events() - position->events(), {}, head->last_registered_at};
  if (position->events() == 0) return ahead;
  const auto before = log.read(EventIndex(position->events() - 1), 1);
  if (!before) return fail(before.error());
  if (before->empty()) return fail(ErrorKind::kCorrupt, "event_missing", "the log ends before its head says");
  ahead.not_before = before->front().event.registered_at;
  return ahead;
}

}  // namespace ishi
