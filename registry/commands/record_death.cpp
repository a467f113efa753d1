#include "registry/commands/record_death.h"

#include "registry/commands/checks.h"

namespace ishi {
namespace {

const CivilDate kEarliest = CivilDate::of(1900, 1, 1);

}  // namespace

CommandResult<Outcome> record_death(const CommandContext& context, const Subject& subject,
                                    const RecordDeathCommand& command, CommandBatch& batch) {
  const CommandResult<CivilDate> date = check_past_date(command.date, "date", context.now);
  if (!date) return tl::unexpected(date.error());
  if (*date < kEarliest) return refuse(RefusalCode::kDateImplausible, "date");
  const PersonStatus* status = subject.status;
  if (status != nullptr && status->tokens.size() == 1 && status->died_on == *date) {
    return Outcome::none_because(NothingWritten::kAlreadyRecorded);
  }
  batch.events.emplace_back(DeathRecorded{subject.token, *date});
  return Outcome();
}

CommandResult<Outcome> retract_death(const Subject& subject, CommandBatch& batch) {
  if (subject.status == nullptr || !subject.status->died_on) return refuse(RefusalCode::kDeathNotRecorded);
  batch.events.emplace_back(DeathRetracted{subject.token});
  for (const Token& token : subject.status->tokens) {
    if (token != subject.token) batch.events.emplace_back(DeathRetracted{token});
  }
  return Outcome();
}

}  // namespace ishi
