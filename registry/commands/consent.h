// give_consent, withdraw_consent: a person says "you may", or takes it back (APPI 27(1); LAW.md 7.4). What permits use
// is judged strictly: it must be allowed in every regime that it touches. Pure.
#pragma once

#include "registry/commands/checks.h"

namespace ishi {

struct GiveConsentCommand {
  Scope scope;  // an empty list permits all; a door that reads lists must not make one out of a mistake
  std::optional<CivilDate> expires_on = std::nullopt;  // the last day on which it holds
  Submission submission = {};
};
struct WithdrawConsentCommand {
  EventIndex consent;  // by its receipt number
  Submission submission = {};
};

// What is known of one person stays bounded. A person with so many has said yes to everything, many times.
constexpr std::size_t kConsentsOfOneMax = 64;

// Event: ConsentGiven. Remarks: clock_adjusted. Refusals: of check_submission and check_scope; foreign_holder (in the
// field "holders": a permission is for the actor's own institution, save at the registry and in the portal);
// dated_back_too_far; too_many_facts; expires_before_start; of check_consent (registry/rules/requests.h).
CommandResult<Outcome> give_consent(const CommandContext& context, const Subject& subject, GiveConsentCommand command,
                                    CommandBatch& batch);

// Event: ConsentWithdrawn, on the token of the consent. Remarks: clock_adjusted. Refusals: of check_submission;
// consent_not_found, already_withdrawn (in the field "withdraw"); of check_consent_withdrawal.
CommandResult<Outcome> withdraw_consent(const CommandContext& context, const Subject& subject,
                                        const WithdrawConsentCommand& command, CommandBatch& batch);

}  // namespace ishi
