// visit: a person came to an institution. A composite notice begins at the first visit while its campaign runs (LAW.md
// 2.5); of several visits at the earliest, in whatever order they are reported. The visit itself is not kept: it makes
// notices, or it leaves nothing behind. Pure.
#pragma once

#include "registry/commands/checks.h"

namespace ishi {

struct VisitCommand {
  std::string_view holder;
  std::optional<CivilDate> date = std::nullopt;  // JST
};

// Events: NoticeGiven for each running campaign of the institution that has not told the person by that day. Nothing
// written: no_effect. Refusals: of check_institution; in the field "date" field_missing, date_in_future,
// dated_back_too_far, notice_after_death.
CommandResult<Outcome> visit(const CommandContext& context, const Subject& subject, const VisitCommand& command,
                             CommandBatch& batch);

}  // namespace ishi
