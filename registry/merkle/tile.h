// Tiles: how the tree is stored and published (C2SP tlog-tiles). Tile n of level L holds up to 256 hashes, those of
// the nodes {8 L, 256 n …}: level 0 are leaf hashes, one entry of level L+1 is the root of a full tile of level L.
// A full tile never changes. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/merkle/merkle.h"

namespace ishi {

constexpr std::uint32_t kTileWidth = 256;
constexpr std::uint8_t kTileLevelMax = 63;  // of a path; a tree of kTreeSizeMax leaves has levels 0..7

struct Tile {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  std::uint32_t width = kTileWidth;  // how many of its hashes are meant: 1..256
  bool full() const { return width == kTileWidth; }
  friend auto operator<=>(const Tile&, const Tile&) = default;
};
using TileHashes = std::vector<Digest>;  // as long as the tile's width

// Every tile of a tree of this size, in order; the last of each level may be partial, none is empty.
std::vector<Tile> tiles_of(std::uint64_t size);
// The tiles that are new or wider when a tree grows, as they are at `to`. REQUIRES: from <= to.
std::vector<Tile> tiles_changed(std::uint64_t from, std::uint64_t to);
// How wide tile (level, index) is in a tree of this size; 0 = not there.
std::uint32_t tile_width(std::uint8_t level, std::uint64_t index, std::uint64_t size);

// "tile/0/x001/x234/067" and "tile/1/003.p/17", without a leading slash. Parse takes nothing else.
std::string tile_path(const Tile& tile);
std::optional<Tile> parse_tile_path(std::string_view path);
// "tile/entries/x001/067.p/17": the leaf contents (commitments) of a level-0 tile.
std::string entries_path(std::uint64_t index, std::uint32_t width);
std::optional<Tile> parse_entries_path(std::string_view path);

// The root of a full tile: its entry one level up. REQUIRES: hashes.size() == 256.
Digest tile_root(std::span<const Digest> hashes);

class TileReader {
 public:
  virtual ~TileReader() = default;
  // The hashes of these tiles, each exactly as wide as asked, in the same order. Errors: kNotFound when the log is
  // not that long.
  virtual Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> tiles) const = 0;
};

// Answers for nodes from tiles, so that proofs need nothing but tiles.
class TiledHashReader final : public HashReader {
 public:
  // The tree has `size` leaves; `tiles` outlives this object.
  TiledHashReader(const TileReader& tiles, std::uint64_t size) : tiles_(tiles), size_(size) {}
  Result<std::vector<Digest>> read_hashes(std::span<const Node> nodes) const override;

 private:
  const TileReader& tiles_;
  std::uint64_t size_;
};

// The full tiles of a growing tree, as they fall off its right edge. Each store of tiles keeps one.
class TileBuilder {
 public:
  struct Completed {
    Tile tile;
    TileHashes hashes;
    Digest root;
  };
  TileBuilder() = default;
  // `edges[L]`: the hashes of the partial tile of level L at `size`, for each level up to the highest that has any.
  // Errors: kCorrupt when their widths don't fit the size.
  static Result<TileBuilder> restore(std::uint64_t size, std::vector<TileHashes> edges);
  void append(const Digest& leaf_hash, std::vector<Completed>& completed);  // adds to `completed`
  std::uint64_t size() const { return size_; }
  const std::vector<TileHashes>& edges() const { return edges_; }
  Frontier frontier() const;  // the peaks, from the partial tiles

 private:
  std::uint64_t size_ = 0;
  std::vector<TileHashes> edges_;
};

}  // namespace ishi
