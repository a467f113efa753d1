#include "registry/merkle/merkle.h"

#include <algorithm>
#include <bit>
#include <map>

#include "registry/assert.h"
#include "registry/merkle/leaf.h"

namespace ishi {
namespace {

// A run of leaves [begin, end) whose hash MTH(D[begin:end]) is wanted.
struct Range {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t size() const { return end - begin; }
  std::uint64_t split() const {  // begin + the largest power of two smaller than the size
    ISHI_ASSERT(size() > 1);
    return begin + std::bit_floor(size() - 1);
  }
};

// The complete subtrees of a range that the RFC's recursion meets: `begin` is a multiple of each one's size.
void complete_subtrees(Range range, std::vector<Node>& nodes) {
  std::uint64_t at = range.begin;
  while (at < range.end) {
    const std::uint64_t width = std::bit_floor(range.end - at);
    const auto level = static_cast<std::uint8_t>(std::countr_zero(width));
    ISHI_ASSERT(at % width == 0);
    nodes.push_back({level, at >> level});
    at += width;
  }
}

// Reads all that the ranges consist of in one question and joins it to one hash per range.
Result<std::vector<Digest>> read_ranges(std::span<const Range> ranges, const HashReader& reader) {
  std::vector<std::vector<Node>> parts(ranges.size());
  std::vector<Node> wanted;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    complete_subtrees(ranges[i], parts[i]);
    wanted.insert(wanted.end(), parts[i].begin(), parts[i].end());
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (wanted.empty()) return std::vector<Digest>(ranges.size(), empty_root());
  auto hashes = reader.read_hashes(wanted);
  if (!hashes) return fail(hashes.error());
  if (hashes->size() != wanted.size()) {
    return fail(ErrorKind::kCorrupt, "tree_hashes_missing", "the stored tree lacks hashes; run: ishi audit rebuild");
  }
  std::map<Node, Digest> known;
  for (std::size_t i = 0; i < wanted.size(); ++i) known.emplace(wanted[i], (*hashes)[i]);
  std::vector<Digest> joined;
  for (const auto& nodes : parts) {
    std::vector<Digest> subtrees;
    for (const Node& node : nodes) subtrees.push_back(known.at(node));
    joined.push_back(root_of_peaks(subtrees));
  }
  return joined;
}

// PATH(m, D[n]) of RFC 9162 2.1.3.1, from the leaf upwards.
void inclusion_ranges(std::uint64_t index, Range tree, std::vector<Range>& path) {
  if (tree.size() == 1) return;
  const Range left{tree.begin, tree.split()}, right{tree.split(), tree.end};
  const bool goes_left = index < right.begin;
  inclusion_ranges(index, goes_left ? left : right, path);
  path.push_back(goes_left ? right : left);
}

// SUBPROOF(m, D[n], whole) of RFC 9162 2.1.4.1; `whole`: the old root itself is known to the verifier.
void consistency_ranges(std::uint64_t from, Range tree, bool whole, std::vector<Range>& path) {
  if (from == tree.end) {
    if (!whole) path.push_back(tree);
    return;
  }
  const Range left{tree.begin, tree.split()}, right{tree.split(), tree.end};
  if (from <= right.begin) {
    consistency_ranges(from, left, whole, path);
    path.push_back(right);
  } else {
    consistency_ranges(from, right, false, path);
    path.push_back(left);
  }
}

}  // namespace

std::vector<Node> peaks_of(std::uint64_t size) {
  ISHI_ASSERT(size <= kTreeSizeMax);
  std::vector<Node> nodes;
  complete_subtrees({0, size}, nodes);
  return nodes;
}

Digest empty_root() {
  return sha256({});
}

Digest root_of_peaks(std::span<const Digest> peaks) {
  if (peaks.empty()) return empty_root();
  Digest root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) root = merkle_node_hash(peaks[i - 1], root);
  return root;
}

Result<Frontier> Frontier::restore(std::uint64_t size, std::vector<Digest> peaks) {
  if (size > kTreeSizeMax || peaks.size() != static_cast<std::size_t>(std::popcount(size))) {
    return fail(ErrorKind::kCorrupt, "frontier_malformed", "the stored right edge of the tree does not fit its size");
  }
  Frontier frontier;
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

void Frontier::append(const Digest& leaf_hash) {
  ISHI_ASSERT(size_ < kTreeSizeMax);
  Digest hash = leaf_hash;
  for (std::uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
    hash = merkle_node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Result<std::vector<Digest>> prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader) {
  if (index >= size || size > kTreeSizeMax) {
    return fail(ErrorKind::kInvalidArgument, "not_in_tree", "the event must lie below the tree size asked about");
  }
  std::vector<Range> path;
  inclusion_ranges(index, {0, size}, path);
  return read_ranges(path, reader);
}

// RFC 9162 2.1.3.2, with its names: fn and sn walk from the leaf and the last leaf to the root.
bool check_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf_hash, std::span<const Digest> proof,
                     const Digest& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      hash = merkle_node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      hash = merkle_node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

Result<std::vector<Digest>> prove_consistency(std::uint64_t from, std::uint64_t to, const HashReader& reader) {
  if (from > to || to > kTreeSizeMax) {
    return fail(ErrorKind::kInvalidArgument, "not_a_prefix", "from must not be larger than to");
  }
  if (from == 0 || from == to) return std::vector<Digest>{};
  std::vector<Range> path;
  consistency_ranges(from, {0, to}, true, path);
  return read_ranges(path, reader);
}

// RFC 9162 2.1.4.2, with its names.
bool check_consistency(std::uint64_t from, const Digest& from_root, std::uint64_t to, const Digest& to_root,
                       std::span<const Digest> proof) {
  if (from > to) return false;
  if (from == to) return proof.empty() && from_root == to_root;
  if (from == 0) return proof.empty() && from_root == empty_root();
  std::vector<Digest> path(proof.begin(), proof.end());
  if (path.empty()) return false;
  if (std::has_single_bit(from)) path.insert(path.begin(), from_root);
  std::uint64_t fn = from - 1, sn = to - 1;
  while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
  Digest old_hash = path.front(), new_hash = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = merkle_node_hash(path[i], old_hash);
      new_hash = merkle_node_hash(path[i], new_hash);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      new_hash = merkle_node_hash(new_hash, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_hash == from_root && new_hash == to_root;
}

}  // namespace ishi
