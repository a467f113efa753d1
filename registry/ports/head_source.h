// HeadSource: where strict questions learn how long the log is, if not from the log itself: a standby that every append
// waits for.
#pragma once

#include "registry/ports/event_log.h"

namespace ishi {

class HeadSource {
 public:
  virtual ~HeadSource() = default;
  // A head as it was after the call began: all acknowledged before is in it. `applied` is what the caller has seen
  // already: a source that is behind it looks further, so that a head below it means a log that went back. Any thread.
  // Errors: those of EventLog::head.
  virtual Result<Head> newest(Position applied) const = 0;
  virtual Result<Head> newest_at_once(Position applied) const = 0;  // as EventLog::head_at_once
};

}  // namespace ishi
