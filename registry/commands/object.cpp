#include "registry/commands/object.h"

namespace ishi {
namespace {

// The day of a death that is not on record yet.
CommandResult<std::optional<CivilDate>> new_death(std::optional<CivilDate> given, const Requester& requester,
                                                  Timestamp now, Outcome& outcome) {
  if (!given) return given;
  if (*given > jst_date(now)) return refuse(RefusalCode::kDateInFuture, "death_date");
  if (requester.kind != RequesterKind::kBereaved) {
    outcome.remarks.push_back(Remark::kFieldIgnored);
    return std::optional<CivilDate>();
  }
  if (!requester.died_on) return given;
  if (*requester.died_on != *given) outcome.remarks.push_back(Remark::kDeathDateDiffers);
  return std::optional<CivilDate>();
}

}  // namespace

CommandResult<Outcome> object(const CommandContext& context, const Subject& subject, ObjectCommand command,
                              CommandBatch& batch) {
  Outcome outcome;
  if (const auto known = check_scope(context.book, command.scope); !known) return tl::unexpected(known.error());
  const auto submission = check_submission(context, subject, command.submission, outcome);
  if (!submission) return tl::unexpected(submission.error());
  Requester requester = submission->requester;
  const auto death = new_death(command.death_date, requester, context.now, outcome);
  if (!death) return tl::unexpected(death.error());
  if (*death) requester.died_on = *death;

  const Timestamp accepted_at = submission->accepted_at;
  if (const auto allowed = check_objection(context.book, command.scope, requester, accepted_at); !allowed) {
    return refuse(allowed.error());
  }
  const std::optional<CivilDate> reaffirm_on = reaffirm_date(context.book, command.scope, requester, accepted_at);
  const std::string relation = requester.kind == RequesterKind::kBereaved ? requester.relation : std::string();
  batch.events.emplace_back(Objection{subject.token, std::move(command.scope), requester.kind, relation, accepted_at,
                                      command.past_data, submission->channel, reaffirm_on});
  if (*death && batch.memory.deaths.insert(subject.token).second) {
    batch.events.emplace_back(DeathRecorded{subject.token, **death});
  }
  return outcome;
}

}  // namespace ishi
