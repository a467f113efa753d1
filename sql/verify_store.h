// Reads the whole log and believes nothing: decodes and re-encodes every event, recomputes commitments, tree, tiles
// and subjects, folds the population anew, and names every row that does not fit. The core of `ishi audit rebuild`.
// It writes nothing and locks nobody out; it reads one snapshot while the log goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "registry/ports.h"
#include "registry/result.h"

namespace ishi::sql {

struct Finding {
  std::string code;  // stable: event_missing, event_bytes, event_commitment, event_columns, event_time,
                     // subject_missing, subject_surplus, erased_without_record, tile_missing, tile_hashes, tile_root,
                     // tile_surplus, head_tree, head_time, event_surplus, answer_beyond_head
  std::string place;  // "event 17", "tile/0/003", "log_head"
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct VerifyReport {
  Head head;
  Digest root{};        // of the tree as recomputed
  Digest population{};  // Population::digest() of the replay
  std::uint64_t tokens = 0;
  std::uint64_t erased = 0;            // events without content, as a RecordErased says
  std::uint64_t erasures_pending = 0;  // named by a RecordErased, and their content is still there
  std::vector<Finding> findings;       // the first findings_max
  std::uint64_t findings_count = 0;    // all
  bool clean() const { return findings_count == 0; }
};

struct VerifyOptions {
  std::string connection_string;
  std::string role = "ishi_service";
  std::size_t findings_max = 1'000;
  std::function<void(Position done, Position of)> progress;  // now and then; may be empty
};

// Errors: kUnavailable. What is wrong with the data is in the report, not an error. Memory: the population's.
Result<VerifyReport> verify_store(const VerifyOptions& options);

}  // namespace ishi::sql
