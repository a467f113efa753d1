// link: two identifiers are one person's (LAW.md 5.6, 5.7): after a new job, a marriage, a 75th birthday. A card
// without branch names a household and is never linked: its objections would become one person's. Pure.
#pragma once

#include "registry/commands/command.h"

namespace ishi {

// How many identifiers one person may have, with what this request links too. Whatever is known of one of them is read
// for each of the others: without a bound a few files of links could hold up every answer.
constexpr std::size_t kIdentifiersOfOneMax = 256;

struct LinkCommand {
  std::optional<LinkSource> source =
      std::nullopt;  // how it is known; missing: a hospital's own observation, others must say
  std::optional<CivilDate> valid_from = std::nullopt;
};

// Event: TokensLinked. Nothing written: already_linked, directly and not only over a third one. Refusals:
// same_identity, household_cannot_link (in the field "branch" or "other_branch"), field_missing source,
// too_many_linked.
CommandResult<Outcome> link(const CommandContext& context, const Subject& subject, const Subject& other,
                            const LinkCommand& command, CommandBatch& batch);

bool connects(const LinkFact& link, const Token& one, const Token& other);  // in either order

}  // namespace ishi
