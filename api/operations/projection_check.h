// Is what this node holds of a person what the log says of them? For fsck, beside a node at work. Any thread.
#pragma once

#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

// Folds the log anew for this token, up to the view's Position, and compares. A token of which only a weak form is
// known is not compared. Errors: those of read_about and find.
Result<bool> holds_what_the_log_says(const EventLog& log, const StatusSource& status, const View& view,
                                     const Token& token);

}  // namespace ishi::api
