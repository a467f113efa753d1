// Erasing the content of one event, as a RecordErased event in the log says. What stays is the commitment.
#pragma once

#include <string>

#include "registry/log/position.h"
#include "registry/result.h"

namespace ishi::sql {

// Blanks salt and content of the event that the RecordErased event at `record` names, and its subjects. Takes on the
// role ishi_eraser. Doing it again changes nothing. Errors: kInvalidArgument (`record` is no RecordErased, or names
// itself or a later event), kNotFound, kUnavailable.
Result<void> erase_content(const std::string& connection_string, EventIndex record);

}  // namespace ishi::sql
