#include "registry/commands/clocks/heal_times.h"

#include <algorithm>

namespace ishi {

CommandResult<Outcome> heal_times(const CommandContext& context, const std::optional<TimesAhead>& ahead,
                                  HealTimesCommand command, CommandBatch& batch) {
  if (context.actor.role != Role::kRegistryKeyholder) return refuse(RefusalCode::kTwoSignaturesNeeded, "");
  if (command.ground.empty()) return refuse(RefusalCode::kFieldMissing, "ground");
  const bool printable = std::none_of(command.ground.begin(), command.ground.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; });
  if (command.ground.size() > kHealGroundBytesMax || !printable) return refuse(RefusalCode::kValueFormat, "ground");
  if (!ahead || ahead->last <= context.now) return Outcome::none_because(NothingWritten::kNoEffect);
  batch.events.emplace_back(
      TimesHealed{ahead->first, std::min(ahead->not_before, context.now), context.now, std::move(command.ground)});
  return Outcome{};
}

}  // namespace ishi
