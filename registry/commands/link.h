// link: two identifiers are one person's (LAW.md 5.6, 5.7): after a new job, a marriage, a 75th birthday. A card
// without branch names a household and is never linked: its objections would become one person's. unlink: a wrong link
// is undone (5.12), and each fact returns to the token on which it was recorded. Pure.
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

// A source claims only what it knows itself: hospitals S3, the portal S2; the registry takes in those of all (LAW.md
// 5.7). Event: TokensLinked; a second source of a link is an event of its own. Nothing written: already_linked, by this
// source and directly. Refusals: same_identity, household_cannot_link (in the field "branch" or "other_branch");
// field_missing, foreign_source (in the field "source").
// Remark: too_many_linked_denied. The two would have more identifiers than a person can have. Each of them is then
// marked by a link of S1 with itself: both persons are denied under every regime until the registry has looked, so that
// nobody's objection is kept from a card by a crowd of false links (LAW.md 5.14).
CommandResult<Outcome> link(const CommandContext& context, const Subject& subject, const Subject& other,
                            const LinkCommand& command, CommandBatch& batch);

struct UnlinkCommand {
  std::optional<Token> other = std::nullopt;  // the links that connect the subject's token directly with this one;
  std::optional<EventIndex> link =
      std::nullopt;  // or this link of the person, by its receipt number. Exactly one of the two
  ProofSeen evidence = ProofSeen::kNone;
};

// Needs the history. Event: Unlinked, on a token of the links: of those that connect the two, the ones that the actor
// may undo. Remark: still_linked, if another source confirms the link. Refusals: other_or_link, link_not_found (in the
// field "link"), not_linked, recorded_by_another (LAW.md 4.13; a hospital undoes only links of hospitals),
// too_many_facts.
CommandResult<Outcome> unlink(const CommandContext& context, const Subject& subject, const UnlinkCommand& command,
                              CommandBatch& batch);

bool connects(const LinkFact& link, const Token& one, const Token& other);  // in either order

}  // namespace ishi
