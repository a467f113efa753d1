// object: a person says "do not use mine" (提供停止の求め; Art. 52(1)(vi), 53, 57; LAW.md 3). Anybody may object before
// the registry has ever heard of them. What is not essential never costs a person their objection: small clock errors
// and fields that do not apply are remarks. Pure.
#pragma once

#include "registry/commands/checks.h"

namespace ishi {

struct ObjectCommand {
  Scope scope;  // what it leaves out means all
  Submission submission = {};
  PastData past_data = PastData::kStopOnly;
  std::optional<CivilDate> death_date =
      std::nullopt;  // the bereaved may bring the news of the death with their request
};

// Events: Objection, and DeathRecorded if the bereaved bring a death that is not on record. Remarks: clock_adjusted;
// field_ignored (a death date, but nobody bereaved asks); death_date_differs (the recorded one stays). Refusals: of
// check_scope, check_submission and check_objection (registry/rules/requests.h); date_in_future death_date.
CommandResult<Outcome> object(const CommandContext& context, const Subject& subject, ObjectCommand command,
                              CommandBatch& batch);

}  // namespace ishi
