// record_death, retract_death: a person has died, as insurers and municipalities report it (LAW.md 4.12); or it was
// somebody else. Pure.
#pragma once

#include "registry/commands/command.h"

namespace ishi {

struct RecordDeathCommand {
  std::optional<CivilDate> date = std::nullopt;  // JST
};

struct RetractDeathCommand {
  std::optional<CivilDate> date = std::nullopt;  // missing: the only one on record
};
// What is known of one person stays bounded.
constexpr std::size_t kDeathsOfOneMax = 16;

// Event: DeathRecorded. Nothing written: already_recorded, when this day is known of this card. Refusals: in the field
// "date" field_missing, date_in_future, date_implausible (before 1900); too_many_facts.
CommandResult<Outcome> record_death(const CommandContext& context, const Subject& subject,
                                    const RecordDeathCommand& command, CommandBatch& batch);

// Needs the history. Events: DeathRetracted, for this date only, on each card on which it stands. It takes who recorded
// it, or the registry (LAW.md 4.12). Refusals: death_not_recorded, death_ambiguous (in the field "date": several are on
// record), recorded_by_another, too_many_facts.
CommandResult<Outcome> retract_death(const CommandContext& context, const Subject& subject,
                                     const RetractDeathCommand& command, CommandBatch& batch);

}  // namespace ishi
