#include "registry/commands/record_death.h"

#include <algorithm>

#include "registry/commands/checks.h"
#include "registry/commands/standing.h"

namespace ishi {
namespace {

const CivilDate kEarliest = CivilDate::of(1900, 1, 1);

struct StandingDeath {
  EventIndex event;
  Token token;
  CivilDate date;
};

void forget_retracted(std::vector<StandingDeath>& deaths, const DeathRetracted& retracted) {
  std::erase_if(deaths, [&](const StandingDeath& death) {
    return death.token == retracted.token && (!retracted.date || *retracted.date == death.date);
  });
}

std::vector<StandingDeath> standing_deaths(const CommandContext& context, const Subject& subject) {
  std::vector<StandingDeath> deaths;
  if (context.history == nullptr || subject.status == nullptr) return deaths;
  for (const Token& token : subject.status->tokens) {
    for (const StoredEvent* stored : context.history->about(token)) {
      if (const auto* death = std::get_if<DeathRecorded>(&stored->event.body)) {
        deaths.push_back({stored->index, token, death->date});
      } else if (const auto* retracted = std::get_if<DeathRetracted>(&stored->event.body)) {
        forget_retracted(deaths, *retracted);
      }
    }
  }
  return deaths;
}

// One date: the one that is named, or the only one there is.
CommandResult<CivilDate> choose_date(const std::vector<StandingDeath>& deaths, std::optional<CivilDate> named) {
  const auto is_other = [&](const StandingDeath& death) { return death.date != deaths.front().date; };
  if (deaths.empty()) return refuse(RefusalCode::kDeathNotRecorded);
  if (named) {
    const bool found =
        std::any_of(deaths.begin(), deaths.end(), [&](const StandingDeath& death) { return death.date == *named; });
    if (!found) return refuse(RefusalCode::kDeathNotRecorded, "date");
    return *named;
  }
  if (std::any_of(deaths.begin(), deaths.end(), is_other)) return refuse(RefusalCode::kDeathAmbiguous, "date");
  return deaths.front().date;
}

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
  const std::vector<StandingDeath> known = standing_deaths(context, subject);
  if (known.size() >= kDeathsOfOneMax) return refuse(RefusalCode::kTooManyFacts);
  const bool on_this_card = std::any_of(known.begin(), known.end(), [&](const StandingDeath& death) {
    return death.token == subject.token && death.date == *date;
  });
  if (on_this_card) return Outcome::none_because(NothingWritten::kAlreadyRecorded);
  batch.events.emplace_back(DeathRecorded{subject.token, *date});
  return Outcome();
}

CommandResult<Outcome> retract_death(const CommandContext& context, const Subject& subject,
                                     const RetractDeathCommand& command, CommandBatch& batch) {
  std::vector<StandingDeath> deaths = standing_deaths(context, subject);
  const CommandResult<CivilDate> date = choose_date(deaths, command.date);
  if (!date) return tl::unexpected(date.error());
  std::erase_if(deaths, [&](const StandingDeath& death) { return death.date != *date; });
  const bool own = context.actor.role == Role::kRegistryOps ||
                   std::all_of(deaths.begin(), deaths.end(),
                               [&](const StandingDeath& death) { return recorded_by_own(context, death.event); });
  if (!own) return refuse(RefusalCode::kRecordedByAnother);
  if (const auto fine = check_not_too_often(context, subject.token); !fine) return tl::unexpected(fine.error());
  std::set<Token> tokens;
  for (const StandingDeath& death : deaths) {
    if (tokens.insert(death.token).second) batch.events.emplace_back(DeathRetracted{death.token, *date});
  }
  return Outcome();
}

}  // namespace ishi
