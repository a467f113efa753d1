// What the log says of a data permit (LAW.md 8.4). Permits are few and are asked for by their id, one small read of the
// log each; they stand in no tier. Any thread.
#pragma once

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

// A permit that was given for the data of several regimes is registered once for each, under one id.
using PermitSheets = std::vector<RegisteredPermit>;
const RegisteredPermit* sheet_for(const PermitSheets& sheets, std::string_view regime);  // nullptr: none

// What those know who have seen `upto` events: an id's first permit under each regime; a later one of the same id and
// regime counts for nothing. Empty: no such permit. Errors: those of EventLog::read_about.
Result<PermitSheets> find_permit(const EventLog& log, std::string_view permit_id, Position upto);
// The same for several, by permit_token, in order.
Result<std::vector<PermitSheets>> find_permits(const EventLog& log, std::span<const Token> permits, Position upto);

}  // namespace ishi
