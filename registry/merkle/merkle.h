// The Merkle tree of RFC 6962 2.1 / RFC 9162 2.1, over hashes that lie somewhere else. The tree itself stores
// nothing: the caller brings a HashReader, which is asked once per operation for all it takes.
// Sizes count leaves, indexes are 0-based. Pure; any thread. Shown by tests/registry/merkle/merkle_test.cpp, which
// compares every tree up to 130 leaves with the recursive definition of the RFC.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "registry/merkle/sha256.h"
#include "registry/result.h"

namespace ishi {

// The root of a complete subtree: 2^level leaves, the first of them at index * 2^level.
struct Node {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const Node&, const Node&) = default;
};

class HashReader {
 public:
  virtual ~HashReader() = default;
  // The hashes of these nodes, in the same order. REQUIRES: sorted by (level, index), no duplicates, all complete
  // in the tree that is asked about. Called once per operation.
  virtual Result<std::vector<Digest>> read_hashes(std::span<const Node> nodes) const = 0;
};

constexpr std::uint64_t kTreeSizeMax = std::uint64_t{1} << 62;
constexpr std::size_t kProofHashesMax = 2 * 63;

// The complete subtrees that a tree of this size consists of, largest (leftmost) first: one per set bit.
std::vector<Node> peaks_of(std::uint64_t size);
Digest empty_root();                                  // SHA-256 of nothing
Digest root_of_peaks(std::span<const Digest> peaks);  // in the order of peaks_of

// The right edge of a growing tree: all it takes to append and to know the root.
class Frontier {
 public:
  Frontier() = default;
  // Errors: kCorrupt when there isn't one hash per peak.
  static Result<Frontier> restore(std::uint64_t size, std::vector<Digest> peaks);
  void append(const Digest& leaf_hash);
  std::uint64_t size() const { return size_; }
  const std::vector<Digest>& peaks() const { return peaks_; }
  Digest root() const { return root_of_peaks(peaks_); }
  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
};

// RFC 9162 2.1.3: the hashes from the leaf's sibling up to the root. Errors: kInvalidArgument unless index < size.
Result<std::vector<Digest>> prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader);
bool check_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf_hash, std::span<const Digest> proof,
                     const Digest& root);

// RFC 9162 2.1.4: that the tree of `to` leaves begins with the tree of `from`. Empty for from == 0 and from == to.
// Errors: kInvalidArgument unless from <= to.
Result<std::vector<Digest>> prove_consistency(std::uint64_t from, std::uint64_t to, const HashReader& reader);
bool check_consistency(std::uint64_t from, const Digest& from_root, std::uint64_t to, const Digest& to_root,
                       std::span<const Digest> proof);

}  // namespace ishi
