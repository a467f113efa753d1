// Erasing the content of events, as RecordErased events in the log say. What stays is the commitment.
#pragma once

#include <cstdint>
#include <string>

#include "registry/position.h"
#include "registry/result.h"
#include "registry/time.h"

namespace ishi::sql {

// Blanks salt and content of the event that the RecordErased event at `record` names, and its subjects. Takes on the
// role ishi_eraser. Doing it again changes nothing. Errors: kInvalidArgument (`record` is no RecordErased, or names
// itself or a later event), kNotFound, kUnavailable.
Result<void> erase_content(const std::string& connection_string, EventIndex record);

struct ErasuresDone {
  std::uint64_t erased = 0;
  std::uint64_t pending = 0;  // ordered, and still there
};
// The same for every erasure that was registered at or before that instant and is still to be done; each is a
// transaction of its own.
Result<ErasuresDone> erase_due(const std::string& connection_string, Timestamp registered_by);

}  // namespace ishi::sql
