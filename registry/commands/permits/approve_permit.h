// A data permit is registered (LAW.md 8.4): from then on a question that names it is answered as of the permit, under a
// regime with cut-off at the permit (EHDS 68, 71(3)). Pure; see ../command.h.
#pragma once

#include <string>
#include <vector>

#include "registry/commands/command.h"
#include "registry/ports/permits.h"

namespace ishi {

constexpr std::size_t kPermitIdBytesMax = 128, kPermitGroundBytesMax = 500;

struct ApprovePermitCommand {
  std::string permit_id, regime;
  std::string recipient;                 // to whom it was given; empty: whoever may ask under this regime. An
                                         // operator that reviews its own applications names itself
  std::optional<Timestamp> approved_at;  // missing: now
  std::vector<std::string> purposes;
  std::string exception, ground;  // the exception that the permit states, and why (EHDS 71(4))
};

// It counts from its own place in the log. One whose approval lies more than kClockSkewSecondsMax back counts from its
// approval, which lets it pass objections that were accepted since; that takes the two people who hold the registry's
// key together (REGISTRY_KEYHOLDER). `standing`: the permit of this id under this regime, if there is one. Permits
// without a cut-off are registered where the framework option asks for them (LAW.md 9.3).
// Refusals: field_missing, value_format (permit_id, ground), permit_exists, unknown_regime, regime_without_permits,
// closed_by_option (others review under this regime), foreign_recipient (an operator, for another one),
// unknown_recipient, unknown_purpose, unknown_override, date_in_future, date_implausible (before the regime's law),
// two_signatures_needed. Nothing written: already_recorded.
CommandResult<Outcome> approve_permit(const CommandContext& context, const RegisteredPermit* standing,
                                      ApprovePermitCommand command, CommandBatch& batch);

}  // namespace ishi
