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

// Beyond so many standing objections of one person the next one stops everything, whatever it names: what is known of
// one person stays bounded, and no wish is lost.
constexpr std::size_t kObjectionsOfOneMax = 64;

// Needs the history. Events: Objection, bound to the regimes where the requester decides (LAW.md 3.4); and
// DeathRecorded if the bereaved bring a death that is not on record to somebody who may record deaths (4.12). Nothing
// written: already_objected, when the same wish of the same requester stands on this token; Outcome::standing is its
// receipt, unless it is part of this request. Remarks: clock_adjusted; scope_narrowed, scope_widened; field_ignored (a
// death date, but nobody bereaved asks); death_date_differs (the recorded one stays); death_not_kept. Refusals: of
// check_scope, check_submission and check_objection (registry/rules/requests.h); foreign_recipient (LAW.md 3.5);
// date_in_future death_date.
CommandResult<Outcome> object(const CommandContext& context, const Subject& subject, ObjectCommand command,
                              CommandBatch& batch);

}  // namespace ishi
