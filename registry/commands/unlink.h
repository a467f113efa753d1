// unlink: a wrong link is undone (LAW.md 5.7, 5.12). Each fact returns to the token on which it was recorded. Pure.
#pragma once

#include "registry/commands/command.h"

namespace ishi {

struct UnlinkCommand {
  std::optional<Token> other = std::nullopt;  // the links that connect the subject's token directly with this one;
  std::optional<EventIndex> link =
      std::nullopt;  // or this link of the person, by its receipt number. Exactly one of the two
};

// Event: Unlinked, on a token of the links. Refusals: other_or_link, link_not_found (in the field "link"), not_linked.
// Who acts does not matter yet (LAW.md 5.7).
CommandResult<Outcome> unlink(const Subject& subject, const UnlinkCommand& command, CommandBatch& batch);

}  // namespace ishi
