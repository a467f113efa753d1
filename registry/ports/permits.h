// What the log says of a data permit (LAW.md 8.4). Permits are few and are asked for by their id, one small read of the
// log each; they stand in no tier. Any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "registry/ports/event_log.h"

namespace ishi {

struct RegisteredPermit {
  EventIndex event;
  Timestamp registered_at;
  PermitApproved permit;

  // Objections that were accepted at or before this instant bind the permit, later ones leave it alone.
  Timestamp cut_off() const {
    return permit.counts_from == PermitStart::kApproval ? permit.approved_at : registered_at;
  }
};

// The token under which the log finds a permit: of its id, without a key, since the id is no secret.
Token permit_token(std::string_view permit_id);

// What those know who have seen `upto` events: an id's first permit; a later one of the same id counts for nothing.
// Errors: those of EventLog::read_about.
Result<std::optional<RegisteredPermit>> find_permit(const EventLog& log, std::string_view permit_id, Position upto);
// The same for several, by permit_token, in order.
Result<std::vector<std::optional<RegisteredPermit>>> find_permits(const EventLog& log, std::span<const Token> permits,
                                                                  Position upto);

}  // namespace ishi
