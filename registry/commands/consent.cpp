#include "registry/commands/consent.h"

#include <algorithm>

#include "registry/commands/standing.h"

namespace ishi {
namespace {

const ConsentFact* find_consent(const Subject& subject, EventIndex receipt) {
  if (subject.status == nullptr) return nullptr;
  const std::vector<ConsentFact>& consents = subject.status->consents;
  const auto found = std::find_if(consents.begin(), consents.end(),
                                  [receipt](const ConsentFact& consent) { return consent.event == receipt; });
  return found == consents.end() ? nullptr : &*found;
}

// A permission is for the institutions for which the actor acts. The registry records what a person tells it for all.
CommandResult<void> check_own_holders(const CommandContext& context, const Scope& scope) {
  const Role role = context.actor.role;
  if (role == Role::kRegistryOps || role == Role::kPatient || role == Role::kProxy) return {};
  const bool own =
      !scope.holders.empty() && std::all_of(scope.holders.begin(), scope.holders.end(), [&](const std::string& holder) {
        return context.actor.may_act_for && context.actor.may_act_for(holder);
      });
  if (own) return {};
  return refuse(RefusalCode::kForeignHolder, "holders");
}

bool too_many(const Subject& subject) {
  return subject.status != nullptr && subject.status->consents.size() >= kConsentsOfOneMax;
}

}  // namespace

CommandResult<Outcome> give_consent(const CommandContext& context, const Subject& subject, GiveConsentCommand command,
                                    CommandBatch& batch) {
  Outcome outcome;
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  if (const auto known = check_scope(context.book, command.scope); !known) return tl::unexpected(known.error());
  if (const auto own = check_own_holders(context, command.scope); !own) return tl::unexpected(own.error());
  const Timestamp accepted_at = submission->accepted_at;
  if (const auto recent = check_not_dated_back(context, jst_date(accepted_at), "accepted_at"); !recent) {
    return tl::unexpected(recent.error());
  }
  if (too_many(subject)) return refuse(RefusalCode::kTooManyFacts);
  if (const auto fine = check_not_too_often(context, subject.token); !fine) return tl::unexpected(fine.error());
  if (command.expires_on && *command.expires_on < jst_date(accepted_at)) {
    return refuse(RefusalCode::kExpiresBeforeStart, "expires_on");
  }
  const auto allowed = check_consent(context.book, command.scope, submission->requester, accepted_at);
  if (!allowed) return refuse(allowed.error());
  batch.events.emplace_back(ConsentGiven{subject.token, std::move(command.scope), submission->requester.kind,
                                         accepted_at, command.expires_on, submission->channel, submission->reception});
  return outcome;
}

CommandResult<Outcome> withdraw_consent(const CommandContext& context, const Subject& subject,
                                        const WithdrawConsentCommand& command, CommandBatch& batch) {
  Outcome outcome;
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  const ConsentFact* consent = find_consent(subject, command.consent);
  if (consent == nullptr) return refuse(RefusalCode::kConsentNotFound, "withdraw");
  if (consent->withdrawn_at || batch.memory.taken_back.contains(command.consent)) {
    return refuse(RefusalCode::kAlreadyWithdrawn, "withdraw");
  }
  const Requester& requester = submission->requester;
  const auto allowed = check_consent_withdrawal(context.book, *consent, requester, submission->accepted_at);
  if (!allowed) return refuse(allowed.error());
  batch.memory.taken_back.insert(command.consent);
  batch.events.emplace_back(ConsentWithdrawn{consent->token,
                                             {command.consent},
                                             requester.kind,
                                             submission->accepted_at,
                                             submission->channel,
                                             submission->reception});
  return outcome;
}

}  // namespace ishi
