// withdraw: an objection is taken back (撤回; EHDS 71(1); LAW.md 3.11). Only the person's own active objections, and
// only by a requester whom the book lets undo it. It deletes nothing: a withdrawal is a fact of its own. Pure.
#pragma once

#include "registry/commands/checks.h"

namespace ishi {

struct WithdrawCommand {
  std::optional<EventIndex> objection = std::nullopt;  // this one, by its receipt number;
  bool all = false;                                    // or every active one. Exactly one of the two
  Submission submission = {};
};

// Needs the history. Events: one ObjectionWithdrawn per token on which a chosen objection stands. If a link is undone
// later, the two stay together. Under regimes that allow no withdrawal a new Objection goes on (LAW.md 3.12; remark
// still_objected). Remarks: clock_adjusted. Refusals: objection_or_all, objection_not_found, already_withdrawn (in the
// field "objection"), nothing_to_withdraw, too_many_facts; of check_submission; dated_back_too_far; and for every
// chosen objection those of check_withdrawal (registry/rules/requests.h), requester_differs (LAW.md 4.8: one of the
// bereaved took it, another takes it back), recorded_by_another (4.13).
CommandResult<Outcome> withdraw(const CommandContext& context, const Subject& subject, const WithdrawCommand& command,
                                CommandBatch& batch);

}  // namespace ishi
