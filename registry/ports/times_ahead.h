// Which times of the log were stamped by a clock that was wrong (LAW.md 10.6). Any thread.
#pragma once

#include <optional>

#include "registry/ports/event_log.h"

namespace ishi {

constexpr std::int64_t kTimeAheadSecondsMax = 60;  // clocks that differ by seconds are in order

struct TimesAhead {
  EventIndex first;         // the first event that counts as registered more than that after `now`
  std::uint64_t count = 0;  // of events from it on: times never fall, so all are
  Timestamp not_before;     // when the event before it was registered; the earliest there is if it is none
  Timestamp last;           // when the last one counts as registered
};

// Nothing: no event is dated so far ahead of `now`. Errors: those of EventLog.
Result<std::optional<TimesAhead>> find_times_ahead(const EventLog& log, Timestamp now);

}  // namespace ishi
