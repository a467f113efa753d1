// EventLog: the truth, as the core sees it. sql/log/pg_event_log.h keeps it on PostgreSQL, tests/support/memory_log.h
// in memory; both pass tests/contract/event_log_contract.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "registry/events/event.h"
#include "registry/merkle/sha256.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi {

struct Head {
  Position position;
  Timestamp last_registered_at;  // of the last event, as believed; 0 when the log is empty
  // Of the last event; zeros when the log is empty or this is not told. Each has a random salt in it: two heads of one
  // position with the same one are of one history, those with different ones are not.
  Digest last_commitment{};
  friend bool operator==(const Head&, const Head&) = default;
};

// An event whose content was erased reads as RecordErased{target: its own index, ground: ""} with no caller.
struct StoredEvent {
  EventIndex index;
  Event event;
  Digest commitment{};  // zeros where it is not told (read_about)
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
  std::string source;                        // the caller, or caller/feed; 1..200 visible ASCII characters
  std::string kind;                          // what the lines are: "objections", "notices", …; 1..32 of a-z
  std::uint64_t accepted = 0, rejected = 0;  // lines; together all that the source announced
};

struct AppendRequest {
  std::vector<EventBody> bodies;  // may be empty (then only key and sequence are recorded)
  std::string caller;
  std::optional<IdempotencyKey> key;
  std::optional<SourceSequence> sequence;
  std::string answer;                               // opaque bytes kept with the key and returned on a repeat
  std::optional<Delivery> delivery = std::nullopt;  // shows in IntakeBooks (registry/ports/intake_books.h)
};
struct Appended {
  EventIndex first;   // of this request's events; meaningless when there are none
  Position position;  // after them: what the caller may quote with Ishi-At-Least
  Timestamp registered_at;
  bool repeated = false;                  // the key was known: nothing was written
  std::string answer;                     // of the first time
  std::optional<std::uint64_t> gap_from;  // sequence numbers gap_from..sequence-1 have not arrived
};

struct IntakeSource {  // the books of one feed
  std::string source;
  std::uint64_t highest_sequence = 0, batches = 0, events = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;  // inclusive ranges not arrived yet
  Timestamp last_seen;
};

// What a thread hears that must not be held up, where a store would have to be waited for.
inline Error would_wait() {
  return {ErrorKind::kNotFreshYet, "would_wait", "this needs a store, and the caller must not wait for one"};
}

// Where a clock was wrong and a TimesHealed event says so, every time that this port gives is the believed one: in
// heads, in events (as those believe who have seen the whole log; read_about: who have seen `upto` events) and in
// look-ups.
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
  virtual Result<std::optional<std::string>> find_answer(
      const IdempotencyKey& key) const = 0;  // kConflict on another digest
  virtual Result<std::vector<IntakeSource>> sources() const = 0;
};

}  // namespace ishi
