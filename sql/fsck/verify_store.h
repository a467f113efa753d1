// Checks the whole stored log and takes nothing on trust: decodes and re-encodes every event, recomputes commitments,
// tree, tiles and subjects, compares signed checkpoints and receipts, folds the population anew, and names every row
// that does not fit. The core of `ishi audit fsck` and `ishi audit rebuild`.
//
// It runs beside a registry at work: it checks the events that were there when it began, in short transactions of
// 10,240 events each, takes no lock that others wait for, writes nothing, and rests between two batches (busy_percent).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/result.h"
#include "sql/fsck/verify_checkpoints.h"

namespace ishi::sql {

struct Finding {
  std::string code;   // stable: event_missing, event_bytes, event_commitment, event_columns, event_time, event_future,
                      // healing_invalid,
                      // subject_missing, subject_surplus, erased_without_record, erasure_missing, erasure_surplus,
                      // tile_missing, tile_hashes, tile_root, tile_surplus, head_tree, head_time, head_commitment,
                      // event_surplus, answer_beyond_head, checkpoint_unreadable, checkpoint_signature,
                      // checkpoint_columns, checkpoint_root, checkpoint_beyond_log, receipt_proof, projection_differs
  std::string place;  // "event 17", "tile/0/003", "log_head", "checkpoint", "memory file"
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct VerifyReport {
  Head head;            // the events below were checked
  Digest root{};        // of the tree as recomputed
  Digest population{};  // Population::digest() of the replay; zero when nothing was folded
  std::uint64_t tokens = 0;
  std::uint64_t receipts = 0;          // inclusion proofs tried against the signed checkpoint, from stored tiles
  std::uint64_t persons = 0;           // compared with the running projection
  std::uint64_t erased = 0;            // events without content, as a RecordErased says
  std::uint64_t erasures_pending = 0;  // named by a RecordErased, and their content is still there
  std::vector<Finding> findings;       // the first findings_max
  std::uint64_t findings_count = 0;    // all
  bool clean() const { return findings_count == 0; }
};

struct VerifyOptions {
  struct Person {
    EventIndex event;
    Token token;  // one that it speaks of
  };

  std::string connection_string;
  std::string role = "ishi_service";
  std::size_t findings_max = 1'000;
  bool fold = true;                              // the population too: memory grows with the number of people
  int busy_percent = 100;                        // 1..100: of its time; the rest it sleeps
  std::vector<VerifierKey> keys = {};            // of the log; empty: signatures of checkpoints are not looked at
  std::vector<KnownCheckpoint> remembered = {};  // kept elsewhere than in the store, and must agree
  // An event registered more than a minute later than this was dated by a clock that was wrong: it moves everybody's
  // waiting period until the time has come, or until a TimesHealed event says what to believe. Nothing: not looked at.
  std::optional<Timestamp> now = std::nullopt;
  std::function<void(Position done, Position of)> progress = {};  // after each batch; may be empty
  std::function<bool()> stop = {};                                // asked between batches; may be empty
  // Is what a server holds of these people what the log says of them? The events of those for whom it is not. May be
  // empty; an error is no finding.
  std::function<Result<std::vector<EventIndex>>(std::span<const Person>)> compare_people = {};
};

// Errors: kUnavailable ("verify_stopped" when options.stop asked for it). What is wrong with the data is in the report,
// not an error.
Result<VerifyReport> verify_store(const VerifyOptions& options);

}  // namespace ishi::sql
