#include "registry/commands/link.h"

#include <algorithm>

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

bool linked_already(const Subject& subject, const Token& other) {
  return subject.status != nullptr &&
         std::any_of(subject.status->links.begin(), subject.status->links.end(),
                     [&](const LinkFact& fact) { return connects(fact, subject.token, other); });
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
  const auto pair = std::minmax(subject.token, other.token);
  if (linked_already(subject, other.token) || batch.memory.linked.contains(pair)) {
    return Outcome::none_because(NothingWritten::kAlreadyLinked);
  }
  if (!join(subject, other, batch.memory)) return refuse(RefusalCode::kTooManyLinked, "other_token");
  batch.memory.linked.insert(pair);
  batch.events.emplace_back(TokensLinked{subject.token, other.token, *source, command.valid_from});
  return Outcome();
}

bool connects(const LinkFact& link, const Token& one, const Token& other) {
  return (link.first == one && link.second == other) || (link.first == other && link.second == one);
}

}  // namespace ishi
