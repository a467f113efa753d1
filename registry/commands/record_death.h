// record_death, retract_death: a person has died, as insurers and municipalities report it (LAW.md 4.12); or it was
// somebody else. Pure.
#pragma once

#include "registry/commands/command.h"

namespace ishi {

struct RecordDeathCommand {
  std::optional<CivilDate> date = std::nullopt;  // JST
};

// Event: DeathRecorded. Nothing written: already_recorded, when this day is known of a person with one token. Refusals,
// in the field "date": field_missing, date_in_future, date_implausible (before 1900).
CommandResult<Outcome> record_death(const CommandContext& context, const Subject& subject,
                                    const RecordDeathCommand& command, CommandBatch& batch);

// Events: DeathRetracted, on each of the person's tokens. The death stands on one of them, and the status does not say
// on which. Refusals: death_not_recorded. Who acts does not matter yet (LAW.md 4.12).
CommandResult<Outcome> retract_death(const Subject& subject, CommandBatch& batch);

}  // namespace ishi
