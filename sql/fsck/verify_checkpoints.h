// Compares signed checkpoints with the tree as recomputed, and receipts with the checkpoint. Part of verify_store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "registry/merkle/tile.h"
#include "registry/notes/checkpoint.h"
#include "sql/session/session.h"

namespace ishi::sql {

struct KnownCheckpoint {
  std::string place;  // "checkpoint", "memory file"
  std::string note;   // signed, as published
};

class CheckpointChecker {
 public:
  using Report = std::function<void(const char* code, const std::string& place)>;

  // `keys` of the log, newest first; empty: signatures are not looked at.
  CheckpointChecker(Session& session, std::vector<VerifierKey> keys, Report report);
  // Takes the one that the store holds, and those that were remembered elsewhere. Before the head is read.
  Result<void> open(const std::vector<KnownCheckpoint>& remembered);
  // After every leaf: has the tree a size that was signed?
  void grown(const TileBuilder& tree) {
    if (next_ < signed_.size() && signed_[next_].checkpoint.size == tree.size()) compare(tree);
  }
  // What a receipt of this event would rest on; a few are kept.
  void sample(std::uint64_t index, const Digest& leaf_hash);
  // REQUIRES: the tree was grown to its end.
  Result<std::uint64_t> finish();  // how many receipts were tried

 private:
  struct Claim {
    std::string place;
    Checkpoint checkpoint;
  };
  struct Sample {
    std::uint64_t index;
    Digest leaf_hash;
  };
  void take(const KnownCheckpoint& known, const Rows* columns);
  void compare(const TileBuilder& tree);

  Session& session_;
  const std::vector<VerifierKey> keys_;
  const Report report_;
  std::vector<Claim> signed_;  // by size
  std::size_t next_ = 0;
  std::optional<Checkpoint> latest_;  // largest that fits
  std::vector<Sample> samples_;
};

}  // namespace ishi::sql
