// What the rest of the house offers to the core, as small interfaces with full contracts. sql/ keeps them on
// PostgreSQL, tests/support/memory_log.h in memory; both pass tests/contract/event_log_contract.h.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/identifiers/tokenizer.h"
#include "registry/log/event.h"
#include "registry/log/sha256.h"
#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "registry/rules/decision.h"
#include "registry/rules/question.h"
#include "registry/status/person_status.h"

namespace ishi {

struct Head {
  Position position;
  Timestamp last_registered_at;  // of the last event; 0 when the log is empty
  friend bool operator==(const Head&, const Head&) = default;
};

// An event whose content was erased reads as RecordErased{target: its own index, ground: ""} with no caller.
struct StoredEvent {
  EventIndex index;
  Event event;
};

// The caller's key makes a write idempotent: same (caller, key, body_digest) gives the stored answer again.
struct IdempotencyKey {
  std::string caller, key;  // key: 1..200 visible ASCII characters
  Digest body_digest{};
};
// A feed numbers its batches from 1. A jump is kept as a gap and raises an alarm; a batch that fills a gap closes it.
struct SourceSequence {
  std::string source;
  std::uint64_t sequence = 0;
};

// Who delivered a request's lines, and what became of them; counted with the append, per source, kind and JST day.
struct Delivery {
  std::string source;        // the caller, or caller/feed; 1..200 visible ASCII characters
  std::string kind;          // what the lines are: "objections", "notices", …; 1..32 of a-z
  std::uint64_t accepted = 0, rejected = 0;  // lines; together all that the source announced
};

struct AppendRequest {
  std::vector<EventBody> bodies;            // may be empty (then only key and sequence are recorded)
  std::string caller;
  std::optional<IdempotencyKey> key;
  std::optional<SourceSequence> sequence;
  std::string answer;                       // opaque bytes kept with the key and returned on a repeat
  std::optional<Delivery> delivery = std::nullopt;  // shows in IntakeBooks (registry/intake/intake_books.h)
};
struct Appended {
  EventIndex first;                         // of this request's events; meaningless when there are none
  Position position;                        // after them: what the caller may quote with Ishi-At-Least
  Timestamp registered_at;
  bool repeated = false;                    // the key was known: nothing was written
  std::string answer;                       // of the first time
  std::optional<std::uint64_t> gap_from;    // sequence numbers gap_from..sequence-1 have not arrived
};

struct IntakeSource {                       // the books of one feed
  std::string source;
  std::uint64_t highest_sequence = 0, batches = 0, events = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;  // inclusive ranges not arrived yet
  Timestamp last_seen;
};

// What a thread hears that must not be held up, where a store would have to be waited for.
inline Error would_wait() {
  return {ErrorKind::kNotFreshYet, "would_wait", "this needs a store, and whoever asked must not wait for one"};
}

class EventLog {
 public:
  virtual ~EventLog() = default;
  // All bodies or none, gapless, durable on return. Errors: kConflict (key reused with another body, or a
  // sequence number already seen), kUnavailable (nothing was written), kOutcomeUnknown (retry with the key).
  // Any thread; concurrent calls share commits.
  virtual Result<Appended> append(AppendRequest request) = 0;
  virtual Result<Head> head() const = 0;
  // The same for a thread that must not be held up: within some milliseconds, or would_wait() or what head() says.
  virtual Result<Head> head_at_once() const = 0;
  // Events from `from` on, in order, at most `limit` (1..100'000) of them; fewer at the end of the log.
  virtual Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const = 0;
  // Every event below `upto` that can matter for these tokens: their own, those of every token ever linked to
  // them, their identities, and the objections on their household cards; without those that a RecordErased below
  // `upto` names, whether or not their content is still there. In index order, each once. The members of
  // a household or the owners of a loose form are not followed: ask again with the exact tokens of the identities
  // that came back. Errors: kTooLarge (more than 100'000 tokens asked about or linked).
  virtual Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const = 0;
  virtual Result<Position> position_at(Timestamp known_at) const = 0;  // events registered at or before that instant
  // The PolicyPublished event in force for those who have seen `upto` events: the last below it.
  virtual Result<std::optional<EventIndex>> latest_policy(Position upto) const = 0;
  virtual Result<std::optional<std::string>> find_answer(const IdempotencyKey& key) const = 0;  // kConflict on another digest
  virtual Result<std::vector<IntakeSource>> sources() const = 0;
};

// Wakes a follower when the log has grown, wherever the append came from. One thread per object.
class ChangeFeed {
 public:
  virtual ~ChangeFeed() = default;
  // The log's position as soon as it is beyond `seen`; `seen` itself when nothing came within `timeout` (0 = just
  // look). Errors: kUnavailable (the store is away; call again, it reconnects by itself), kCorrupt (the log ends
  // before `seen`: this is another log, or an older copy of it was restored). A wake-up may be late by one polling
  // interval, never lost.
  virtual Result<Position> wait_beyond(Position seen, std::chrono::milliseconds timeout) = 0;
};

// How fresh an answer must be. Strict unless loosened: everything acknowledged anywhere before the call counts.
struct Freshness {
  std::optional<std::chrono::seconds> staleness_max;  // answer from what this node has, if no older than this
  std::optional<Position> at_least;
  std::chrono::steady_clock::time_point deadline;     // then kNotFreshYet
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

// What is known of people, at a chosen freshness. Any thread. cache/status_reader.h is the implementation.
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
