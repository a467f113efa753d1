#include "registry/commands/clocks/heal_times.h"

#include <algorithm>

#include "registry/text.h"

namespace ishi {

CommandResult<Outcome> heal_times(const CommandContext& context, const std::optional<TimesAhead>& ahead,
                                  HealTimesCommand command, CommandBatch& batch) {
  if (context.actor.role != Role::kRegistryKeyholder) return refuse(RefusalCode::kTwoSignaturesNeeded, "");
  if (command.ground.empty()) return refuse(RefusalCode::kFieldMissing, "ground");
  if (command.ground.size() > kHealGroundBytesMax || printable(command.ground) != command.ground) {
    return refuse(RefusalCode::kValueFormat, "ground");
  }
  if (!ahead || ahead->last <= context.now) return Outcome::none_because(NothingWritten::kNoEffect);
  batch.events.emplace_back(
      TimesHealed{ahead->first, std::min(ahead->not_before, context.now), context.now, std::move(command.ground)});
  return Outcome{};
}

}  // namespace ishi
