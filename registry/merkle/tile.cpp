#include "registry/merkle/tile.h"

#include <algorithm>
#include <bit>
#include <map>

#include "registry/assert.h"
#include "registry/merkle/leaf.h"

namespace ishi {
namespace {

// Entries that level L has in a tree of this size.
std::uint64_t entries_at(std::uint8_t level, std::uint64_t size) {
  const unsigned shift = 8U * level;
  return shift < 64 ? size >> shift : 0;
}

// The root of a run of entries that is a power of two long.
Digest join(std::span<const Digest> hashes) {
  if (hashes.size() == 1) return hashes[0];
  const std::size_t half = hashes.size() / 2;
  return merkle_node_hash(join(hashes.first(half)), join(hashes.subspan(half)));
}

void append_tiles(std::uint8_t level, std::uint64_t first, std::uint64_t entries, std::vector<Tile>& tiles) {
  for (std::uint64_t index = first; index * kTileWidth < entries; ++index) {
    const std::uint64_t left = entries - index * kTileWidth;
    tiles.push_back({level, index, static_cast<std::uint32_t>(std::min<std::uint64_t>(left, kTileWidth))});
  }
}

}  // namespace

std::vector<Tile> tiles_of(std::uint64_t size) {
  return tiles_changed(0, size);
}

std::vector<Tile> tiles_changed(std::uint64_t from, std::uint64_t to) {
  ISHI_ASSERT(from <= to && to <= kTreeSizeMax);
  std::vector<Tile> tiles;
  for (std::uint8_t level = 0; entries_at(level, to) > 0; ++level) {
    if (entries_at(level, from) == entries_at(level, to)) continue;
    append_tiles(level, entries_at(level, from) / kTileWidth, entries_at(level, to), tiles);
  }
  return tiles;
}

std::uint32_t tile_width(std::uint8_t level, std::uint64_t index, std::uint64_t size) {
  const std::uint64_t entries = entries_at(level, size);
  if (index >= (entries + kTileWidth - 1) / kTileWidth) return 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(entries - index * kTileWidth, kTileWidth));
}

Digest tile_root(std::span<const Digest> hashes) {
  ISHI_ASSERT(hashes.size() == kTileWidth);
  return join(hashes);
}

Result<std::vector<Digest>> TiledHashReader::read_hashes(std::span<const Node> nodes) const {
  std::map<std::pair<std::uint8_t, std::uint64_t>, std::size_t> places;  // (level, index) of a tile -> its place
  std::vector<Tile> wanted;
  const auto tile_of = [](const Node& node) {
    const unsigned inside = node.level % 8U;
    return std::pair(static_cast<std::uint8_t>(node.level / 8), (node.index << inside) / kTileWidth);
  };
  for (const Node& node : nodes) {
    const auto key = tile_of(node);
    if (!places.emplace(key, wanted.size()).second) continue;
    wanted.push_back({key.first, key.second, tile_width(key.first, key.second, size_)});
    ISHI_ASSERT(wanted.back().width > 0);
  }
  auto tiles = tiles_.read_tiles(wanted);
  if (!tiles) return fail(tiles.error());
  ISHI_ASSERT(tiles->size() == wanted.size());
  std::vector<Digest> hashes;
  for (const Node& node : nodes) {
    const unsigned inside = node.level % 8U;
    const TileHashes& tile = (*tiles)[places.at(tile_of(node))];
    const std::size_t begin = (node.index << inside) % kTileWidth, count = std::size_t{1} << inside;
    if (begin + count > tile.size()) {
      return fail(ErrorKind::kCorrupt, "tile_too_narrow", "a stored tile is narrower than the log's size says");
    }
    hashes.push_back(join(std::span(tile).subspan(begin, count)));
  }
  return hashes;
}

Result<TileBuilder> TileBuilder::restore(std::uint64_t size, std::vector<TileHashes> edges) {
  const auto misfit = [] {
    return fail(ErrorKind::kCorrupt, "tiles_malformed", "the stored tiles do not fit the log's size");
  };
  if (size > kTreeSizeMax) return misfit();
  for (std::uint8_t level = 0; entries_at(level, size) > 0 || level < edges.size(); ++level) {
    const std::size_t width = level < edges.size() ? edges[level].size() : 0;
    if (width != entries_at(level, size) % kTileWidth) return misfit();
  }
  TileBuilder builder;
  builder.size_ = size;
  builder.edges_ = std::move(edges);
  return builder;
}

void TileBuilder::append(const Digest& leaf_hash, std::vector<Completed>& completed) {
  ISHI_ASSERT(size_ < kTreeSizeMax);
  ++size_;
  Digest hash = leaf_hash;
  for (std::uint8_t level = 0;; ++level) {
    if (level == edges_.size()) edges_.emplace_back();
    TileHashes& edge = edges_[level];
    edge.push_back(hash);
    if (edge.size() < kTileWidth) return;
    hash = tile_root(edge);
    completed.push_back({{level, entries_at(level, size_) / kTileWidth - 1, kTileWidth}, std::move(edge), hash});
    edge.clear();
  }
}

Frontier TileBuilder::frontier() const {
  std::vector<Digest> peaks;
  for (std::size_t level = edges_.size(); level-- > 0;) {
    const std::span<const Digest> edge = edges_[level];
    for (std::size_t at = 0; at < edge.size();) {
      const std::size_t width = std::bit_floor(edge.size() - at);
      peaks.push_back(join(edge.subspan(at, width)));
      at += width;
    }
  }
  auto frontier = Frontier::restore(size_, std::move(peaks));
  ISHI_ASSERT(frontier.has_value());
  return *std::move(frontier);
}

}  // namespace ishi
