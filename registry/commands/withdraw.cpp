#include "registry/commands/withdraw.h"

namespace ishi {
namespace {

using Objections = std::vector<const ObjectionFact*>;

CommandResult<Objections> choose(const Subject& subject, const WithdrawCommand& command, const CommandMemory& memory) {
  if (command.objection.has_value() == command.all) return refuse(RefusalCode::kObjectionOrAll, "objection");
  Objections chosen;
  if (subject.status != nullptr) {
    for (const ObjectionFact& objection : subject.status->objections) {
      if (command.objection && objection.event != *command.objection) continue;
      if (!objection.withdrawn_at && !memory.taken_back.contains(objection.event)) {
        chosen.push_back(&objection);
      } else if (command.objection) {
        return refuse(RefusalCode::kAlreadyWithdrawn, "objection");
      }
    }
  }
  if (!chosen.empty()) return chosen;
  return command.all ? refuse(RefusalCode::kNothingToWithdraw) : refuse(RefusalCode::kObjectionNotFound, "objection");
}

}  // namespace

CommandResult<Outcome> withdraw(const CommandContext& context, const Subject& subject, const WithdrawCommand& command,
                                CommandBatch& batch) {
  Outcome outcome;
  const CommandResult<Objections> chosen = choose(subject, command, batch.memory);
  if (!chosen) return tl::unexpected(chosen.error());
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  const Requester& requester = submission->requester;
  for (const ObjectionFact* objection : *chosen) {
    const auto allowed = check_withdrawal(context.book, *objection, requester, submission->accepted_at);
    if (!allowed) return refuse(allowed.error());
  }
  std::map<Token, std::vector<EventIndex>> by_token;
  for (const ObjectionFact* objection : *chosen) {
    by_token[objection->token].push_back(objection->event);
    batch.memory.taken_back.insert(objection->event);
  }
  for (auto& [token, objections] : by_token) {
    batch.events.emplace_back(
        ObjectionWithdrawn{token, std::move(objections), requester.kind, submission->accepted_at, submission->channel});
  }
  return outcome;
}

}  // namespace ishi
