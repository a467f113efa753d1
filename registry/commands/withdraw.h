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

// Events: one ObjectionWithdrawn per token on which a chosen objection stands. If a link is undone later, the two stay
// together. Remarks: clock_adjusted. Refusals: objection_or_all, objection_not_found, already_withdrawn (in the field
// "objection"), nothing_to_withdraw; of check_submission and check_withdrawal (registry/rules/requests.h), which every
// chosen objection must pass.
CommandResult<Outcome> withdraw(const CommandContext& context, const Subject& subject, const WithdrawCommand& command,
                                CommandBatch& batch);

}  // namespace ishi
