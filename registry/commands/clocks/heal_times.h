// A clock was wrong, and what it stamped is far ahead of time: an event says which times of the log are not to be
// believed (LAW.md 10.6; registry/events/times_healed.h). Pure; see ../command.h.
#pragma once

#include <optional>
#include <string>

#include "registry/commands/command.h"
#include "registry/ports/times_ahead.h"

namespace ishi {

constexpr std::size_t kHealGroundBytesMax = 500;

struct HealTimesCommand {
  std::string ground;  // what happened, for auditors
};

// It changes what counts when, so the two people who hold the registry's key do it together (REGISTRY_KEYHOLDER).
// `ahead`: what the log says. context.now: by a clock that is right, so it may be before the log's last event.
// Refusals: two_signatures_needed, field_missing, value_format (ground). Nothing written: no_effect.
CommandResult<Outcome> heal_times(const CommandContext& context, const std::optional<TimesAhead>& ahead,
                                  HealTimesCommand command, CommandBatch& batch);

}  // namespace ishi
