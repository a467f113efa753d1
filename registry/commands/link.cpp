#include "registry/commands/link.h"

#include <algorithm>

#include "registry/commands/standing.h"

namespace ishi {
namespace {

// A hospital sees pairs when it registers a patient again.
std::optional<LinkSource> usual_source(Role role) {
  switch (role) {
    case Role::kDeskClerkHolder:
    case Role::kHolderAdmin:
    case Role::kHolderBatch: return LinkSource::kHospital;
    default: return std::nullopt;
  }
}

bool may_claim(Role role, LinkSource source) {
  switch (role) {
    case Role::kDeskClerkHolder:
    case Role::kHolderAdmin:
    case Role::kHolderBatch: return source == LinkSource::kHospital;
    case Role::kPatient:
    case Role::kProxy: return source == LinkSource::kPortal;
    case Role::kRegistryOps: return true;  // its central intake carries the links of every source
    default: return false;
  }
}

// How a link on record is known.
std::optional<LinkSource> source_of(const CommandContext& context, EventIndex link) {
  const StoredEvent* stored = context.history == nullptr ? nullptr : context.history->find(link);
  const auto* linked = stored == nullptr ? nullptr : std::get_if<TokensLinked>(&stored->event.body);
  return linked == nullptr ? std::nullopt : std::optional(linked->source);
}

// The links between the two that stand, by any source.
std::vector<EventIndex> links_between(const Subject& subject, const Token& other) {
  std::vector<EventIndex> found;
  if (subject.status == nullptr) return found;
  for (const LinkFact& fact : subject.status->links) {
    if (connects(fact, subject.token, other)) found.push_back(fact.event);
  }
  return found;
}

bool linked_already(const CommandContext& context, const Subject& subject, const Token& other, LinkSource source) {
  const std::vector<EventIndex> links = links_between(subject, other);
  return std::any_of(links.begin(), links.end(),
                     [&](EventIndex link) { return source_of(context, link).value_or(source) == source; });
}

// A hospital takes back what hospitals saw; what the inquiry system or the insurer confirms is not theirs to undo.
bool may_undo(const CommandContext& context, const UnlinkCommand& command, EventIndex link) {
  const std::optional<LinkSource> source = source_of(context, link);
  return source && may_claim(context.actor.role, *source) &&
         check_standing(context, link, command.link.has_value(), command.evidence).has_value();
}

// The person cannot be looked through any more, and is denied until the registry has looked: nobody else undoes an S1.
void mark_as_too_many(const Subject& subject, CommandBatch& batch) {
  if (!links_between(subject, subject.token).empty()) return;
  if (!batch.memory.linked.insert({subject.token, subject.token}).second) return;
  batch.events.emplace_back(TokensLinked{subject.token, subject.token, LinkSource::kHistoryInquiry, std::nullopt});
}

// The person that the subject's identifiers are part of, with the links of this request.
CommandMemory::Identifiers& identifiers_of(const Subject& subject, Token& person, CommandMemory& memory) {
  const bool linked = subject.status != nullptr && !subject.status->tokens.empty();
  person = linked ? subject.status->tokens.front() : subject.token;
  CommandMemory::Identifiers* found = &memory.identifiers[person];
  if (found->count == 0) found->count = linked ? subject.status->tokens.size() : 1;
  while (found->part_of) {
    person = *found->part_of;
    found = &memory.identifiers.at(person);
  }
  return *found;
}

// False, and nobody joined: they would be too many.
bool join(const Subject& one, const Subject& other, CommandMemory& memory) {
  Token first_person, second_person;
  CommandMemory::Identifiers& first = identifiers_of(one, first_person, memory);
  CommandMemory::Identifiers& second = identifiers_of(other, second_person, memory);
  if (first_person == second_person) return true;
  if (first.count + second.count > kIdentifiersOfOneMax) return false;
  first.count += second.count;
  second.part_of = first_person;
  return true;
}

}  // namespace

CommandResult<Outcome> link(const CommandContext& context, const Subject& subject, const Subject& other,
                            const LinkCommand& command, CommandBatch& batch) {
  if (subject.token == other.token) return refuse(RefusalCode::kSameIdentity, "other_token");
  if (names_household(subject) || names_household(other)) {
    return refuse(RefusalCode::kHouseholdCannotLink, names_household(other) ? "other_branch" : "branch");
  }
  const std::optional<LinkSource> source = command.source ? command.source : usual_source(context.actor.role);
  if (!source) return refuse(RefusalCode::kFieldMissing, "source");
  if (!may_claim(context.actor.role, *source)) return refuse(RefusalCode::kForeignSource, "source");
  const auto pair = std::minmax(subject.token, other.token);
  if (linked_already(context, subject, other.token, *source) || batch.memory.linked.contains(pair)) {
    return Outcome::none_because(NothingWritten::kAlreadyLinked);
  }
  if (!join(subject, other, batch.memory)) {
    const std::size_t before = batch.events.size();
    mark_as_too_many(subject, batch);
    mark_as_too_many(other, batch);
    if (batch.events.size() == before) return Outcome::none_because(NothingWritten::kAlreadyLinked);
    return Outcome{std::nullopt, {Remark::kTooManyLinked}};
  }
  batch.memory.linked.insert(pair);
  batch.events.emplace_back(TokensLinked{subject.token, other.token, *source, command.valid_from});
  return Outcome();
}

CommandResult<Outcome> unlink(const CommandContext& context, const Subject& subject, const UnlinkCommand& command,
                              CommandBatch& batch) {
  if (command.link.has_value() == command.other.has_value()) return refuse(RefusalCode::kOtherOrLink, "link");
  std::vector<EventIndex> links;
  std::size_t standing = 0;
  Token on = subject.token;
  if (subject.status != nullptr) {
    for (const LinkFact& fact : subject.status->links) {
      const bool meant = command.link ? fact.event == *command.link : connects(fact, subject.token, *command.other);
      if (!meant || batch.memory.taken_back.contains(fact.event)) continue;
      ++standing;
      if (!may_undo(context, command, fact.event)) continue;
      batch.memory.taken_back.insert(fact.event);
      if (fact.first != on && fact.second != on) on = fact.first;  // the event must stand on a token of its link
      links.push_back(fact.event);
    }
  }
  if (standing == 0) {
    return command.link ? refuse(RefusalCode::kLinkNotFound, "link") : refuse(RefusalCode::kNotLinked, "other_token");
  }
  if (links.empty()) return refuse(RefusalCode::kRecordedByAnother, "evidence");
  if (const auto fine = check_not_too_often(context, on); !fine) {
    for (const EventIndex link : links) batch.memory.taken_back.erase(link);
    return tl::unexpected(fine.error());
  }
  Outcome outcome;
  if (links.size() < standing) outcome.remarks.push_back(Remark::kStillLinked);
  batch.events.emplace_back(Unlinked{on, std::move(links)});
  return outcome;
}

bool connects(const LinkFact& link, const Token& one, const Token& other) {
  return (link.first == one && link.second == other) || (link.first == other && link.second == one);
}

}  // namespace ishi
