// Standing: denying is easy, allowing needs standing (LAW.md 4.13). What one institution recorded, another takes back
// only by its receipt number and with proof of who asks. Pure; any thread.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/commands/command.h"
#include "registry/ports/event_log.h"

namespace ishi {

// The events about the persons of a block of commands: who recorded what, and how a link is known. A PersonStatus says
// what holds; this says where it comes from.
class History {
 public:
  History() = default;
  explicit History(std::vector<StoredEvent> events);  // in index order, each once
  const StoredEvent* find(EventIndex index) const;    // nullptr: it is not about these persons
  // All that names this token, in index order.
  std::span<const StoredEvent* const> about(const Token& token) const;

 private:
  std::vector<StoredEvent> events_;
  std::unordered_map<Token, std::vector<const StoredEvent*>, TokenHash> about_;
};

// Does this caller of the log belong to the actor's own institution or organisation?
bool caller_is_own(const PolicyBook& book, const Actor& actor, const std::string& caller);

// Did the actor's own institution or organisation record it, by whichever of its callers? The registry's operators are
// one institution. False for what is not known.
bool recorded_by_own(const CommandContext& context, EventIndex fact);

// May the actor take back this fact? A person in the portal speaks for themselves; others need to have recorded it, or
// name it by its receipt number with proof of who asks. Refusal: recorded_by_another, in the field "evidence".
CommandResult<void> check_standing(const CommandContext& context, EventIndex fact, bool by_receipt, ProofSeen evidence);

// What is known of one person stays bounded: who was taken back about so often must be looked at first.
constexpr std::size_t kTakenBackOfOneMax = 4'096;  // events on one card
// Refusal: too_many_facts.
CommandResult<void> check_not_too_often(const CommandContext& context, const Token& token);

// A request that permits use cannot be dated back at will. Refusal: dated_back_too_far. The registry's operators load
// history, so they may.
CommandResult<void> check_not_dated_back(const CommandContext& context, CivilDate date, std::string_view field);

}  // namespace ishi
