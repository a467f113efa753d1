// Population: the projection. Folds events, in index order, into what is known of every person: facts per
// token, links between tokens (undoable), and the index of weak identifiers. Everything a tier or a table holds
// about people is defined by this fold and can be rebuilt from it.
//
// status(token) = the facts of all tokens reachable over active links, plus objections made on the household
// card of any of them. Undoing a link returns each fact to the token it was recorded on.
//
// Not thread-safe; the owner guards it. Memory grows with the number of tokens.
#pragma once

#include <memory>
#include <optional>

#include "registry/events/event.h"
#include "registry/status/person_status.h"

namespace ishi {

class Population {
 public:
  Population();
  ~Population();
  Population(Population&&) noexcept;
  Population& operator=(Population&&) noexcept;

  // REQUIRES: index == position().next_index(). For a partial replay of one person's events use skip_to first.
  void apply(EventIndex index, const Event& event);
  // Declares that the events up to `index` do not concern the persons asked about. REQUIRES: index >= next.
  void skip_to(EventIndex index);
  Position position() const;

  // The person behind an exact token; nullopt = nothing is known ("unknown", not "no objection").
  std::optional<PersonStatus> find(const Token& token) const;
  // Who is meant? The exact form; else, of a card without branch, the household's members; else loose matches. A card
  // with a branch is a person of its own: of its household only the objections made on the household's card are told.
  // `household` differs from `exact` where the card has a branch; missing = asked by a bare token, which may be that of
  // a household. Missing `loose`: the bare token again.
  Match resolve(const Token& exact, const std::optional<Token>& household, const std::optional<Token>& loose) const;

  // Are other notices and consents known when another token of this person is asked about (LAW.md 5.13)?
  bool permits_differ(const Token& token) const;

  std::size_t token_count() const;
  // Order-independent digest over (token, facts): two projections of the same log are equal if this is.
  std::array<std::uint8_t, 32> digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ishi
