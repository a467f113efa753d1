// StatusSource: what is known of people, and how fresh that must be. cache/follow/status_reader.h is the
// implementation.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "registry/events/event.h"
#include "registry/identifiers/tokenizer.h"
#include "registry/policy/policy_book.h"
#include "registry/position.h"
#include "registry/reason_code.h"
#include "registry/result.h"
#include "registry/rules/question.h"
#include "registry/status/person_status.h"

namespace ishi {

// How fresh an answer must be. Strict unless loosened: everything acknowledged anywhere before the call counts.
struct Freshness {
  std::optional<std::chrono::seconds> staleness_max;  // answer from what this node has, if no older than this
  std::optional<Position> at_least;
  std::chrono::steady_clock::time_point deadline;  // then kNotFreshYet
  // When the question arrived, taken after its last byte. A look at the log that began no earlier may serve several
  // questions. Empty: now.
  std::optional<std::chrono::steady_clock::time_point> asked_at = {};
  // For a thread that must not be held up, whatever the stores do: its View answers from memory alone. What would need
  // a store is kNotFreshYet would_wait, and is asked again where waiting is allowed.
  bool at_once = false;
};

// The point in the log that an answer speaks of. All answers given with one View are at exactly this Position.
struct View {
  Position position;
  Timestamp evaluated_at;                  // max(clock, last event's time): never before a fact it has seen
  EventIndex policy_event;                 // the PolicyPublished in force at `position`
  std::shared_ptr<const PolicyBook> book;  // never null
  std::chrono::microseconds staleness{0};  // 0 = strict
  std::uint64_t erased_since = 0;          // of a past view: how many events known then have been erased since. Then
                                           // answers may be stricter than they were, never milder (rules/erasure.h)
  bool at_once = false;                    // as in Freshness
};

// What is known of people, at a chosen freshness. Any thread. cache/follow/status_reader.h is the implementation.
class StatusSource {
 public:
  virtual ~StatusSource() = default;
  // Errors: kNotFreshYet (deadline), kUnavailable (store away, or no policy published yet).
  virtual Result<View> view(const Freshness& freshness) const = 0;
  // A past view: what was known after `known_at` events. kInvalidArgument if that lies in the future.
  virtual Result<View> view_at(Position known_at) const = 0;
  // One reason per token, as of view.position, in order. `forms` is empty (plain tokens: exact match only) or as
  // long as `tokens`, with the weak forms to ask after an exact miss. REQUIRES: out.size() == tokens.size() and
  // check_question(*view.book, question) passed.
  virtual Result<void> decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                                  std::span<const TokenForms> forms, std::span<ReasonCode> out) const = 0;
  virtual Result<Match> find(const View& view, const Token& token, const TokenForms* forms) const = 0;
  // find() for each token in order, by exact form only: for loads, which ask about thousands at once. One failure
  // fails all. A store with a way to ask for many at a time should override it.
  virtual Result<std::vector<Match>> find_many(const View& view, std::span<const Token> tokens) const {
    std::vector<Match> matches;
    matches.reserve(tokens.size());
    for (const Token& token : tokens) {
      Result<Match> match = find(view, token, nullptr);
      if (!match) return fail(match.error());
      matches.push_back(std::move(*match));
    }
    return matches;
  }
};

}  // namespace ishi
