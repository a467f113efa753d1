#include "registry/merkle/tile.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "registry/merkle/leaf.h"

namespace ishi {
namespace {

// Stores what a TileBuilder completes, and cuts partial tiles from the builder's edges.
class TileStore final : public TileReader {
 public:
  void append(const Digest& leaf) {
    std::vector<TileBuilder::Completed> completed;
    builder.append(leaf, completed);
    for (auto& full : completed) {
      EXPECT_EQ(full.root, tile_root(full.hashes));
      EXPECT_TRUE(tiles.emplace(std::pair(full.tile.level, full.tile.index), full.hashes).second);
    }
  }
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> wanted) const override {
    std::vector<TileHashes> found;
    for (const Tile& tile : wanted) {
      const auto full = tiles.find({tile.level, tile.index});
      const TileHashes& hashes = full != tiles.end() ? full->second : builder.edges().at(tile.level);
      EXPECT_LE(tile.width, hashes.size());
      found.emplace_back(hashes.begin(), hashes.begin() + tile.width);
    }
    return found;
  }
  TileBuilder builder;
  std::map<std::pair<std::uint8_t, std::uint64_t>, TileHashes> tiles;
};

Digest leaf(std::uint64_t number) {
  return merkle_leaf_hash(as_bytes(std::to_string(number)));
}

TEST(Tiles, ATreeOf70000HasTheTilesThatTheStandardGives) {
  std::map<int, std::pair<int, std::vector<std::uint32_t>>> per_level;  // level -> full tiles, partial widths
  for (const Tile& tile : tiles_of(70'000)) {
    if (tile.full()) {
      ++per_level[tile.level].first;
    } else {
      per_level[tile.level].second.push_back(tile.width);
    }
  }
  ASSERT_EQ(per_level.size(), 3U);
  EXPECT_EQ(per_level[0], std::pair(273, std::vector<std::uint32_t>{112}));
  EXPECT_EQ(per_level[1], std::pair(1, std::vector<std::uint32_t>{17}));
  EXPECT_EQ(per_level[2], std::pair(0, std::vector<std::uint32_t>{1}));
}

TEST(Tiles, PathsAreThoseOfTheStandard) {
  EXPECT_EQ(tile_path({0, 1'234'067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({1, 3, 17}), "tile/1/003.p/17");
  EXPECT_EQ(tile_path({63, 999, 1}), "tile/63/999.p/1");
  EXPECT_EQ(entries_path(1'000, 256), "tile/entries/x001/000");
}

TEST(Tiles, APathReadsBackAsItsTile) {
  for (const std::uint64_t index : {0UL, 7UL, 999UL, 1'000UL, 123'456UL, 1'000'000UL, 987'654'321UL}) {
    for (const std::uint32_t width : {1U, 17U, 255U, 256U}) {
      for (const std::uint8_t level : Bytes{0, 1, 7, 63}) {
        const Tile tile{level, index, width};
        EXPECT_EQ(parse_tile_path(tile_path(tile)), tile);
      }
      EXPECT_EQ(parse_entries_path(entries_path(index, width)), (Tile{0, index, width}));
    }
  }
}

TEST(Tiles, OtherSpellingsOfAPathAreRefused) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/1",
                           "tile/0/01",
                           "tile/0/0001",
                           "tile/00/001",
                           "tile/64/001",
                           "tile/-1/001",
                           "tile/+1/001",
                           "/tile/0/001",
                           "tile/0/001/",
                           "tile/0/x000/001",
                           "tile/0/001/002",
                           "tile/0/x001",
                           "tile/0/x001/",
                           "tile/0/x01/001",
                           "tile/0/001.p/0",
                           "tile/0/001.p/256",
                           "tile/0/001.p/01",
                           "tile/0/001.p/",
                           "tile/0/001.p",
                           "tile/0/001.p/1/2",
                           "tile/0/00a",
                           "tile/0/..",
                           "tile/entries/001",
                           "tile/0/x001/x000/x000/x000/x000/x000/x000/000"}) {
    EXPECT_FALSE(parse_tile_path(path).has_value()) << path;
  }
  EXPECT_FALSE(parse_entries_path("tile/0/001").has_value());
  EXPECT_FALSE(parse_entries_path("tile/entries/1").has_value());
}

TEST(Tiles, GrowthNamesExactlyTheTilesThatDiffer) {
  const std::uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 600, 65'535, 65'536, 65'537, 70'000, 131'072};
  for (const std::uint64_t from : sizes) {
    const auto before = tiles_of(from);
    for (const std::uint64_t to : sizes) {
      if (to < from) continue;
      std::vector<Tile> differ;
      for (const Tile& tile : tiles_of(to)) {
        if (std::find(before.begin(), before.end(), tile) != before.end()) continue;
        differ.push_back(tile);
        EXPECT_EQ(tile_width(tile.level, tile.index, to), tile.width);
      }
      EXPECT_EQ(tiles_changed(from, to), differ) << from << " to " << to;
    }
  }
}

TEST(Tiles, ABuilderStoresEveryFullTileOnceAndKnowsTheFrontier) {
  TileStore store;
  Frontier frontier;
  for (std::uint64_t i = 0; i < 66'100; ++i) {
    store.append(leaf(i));
    frontier.append(leaf(i));
    if (i % 997 != 0 && i < 66'000) continue;
    ASSERT_EQ(store.builder.frontier(), frontier) << i;
  }
  const auto tiles = tiles_of(66'100);
  EXPECT_EQ(store.tiles.size(), static_cast<std::size_t>(std::count_if(tiles.begin(), tiles.end(),
                                                                       [](const Tile& tile) { return tile.full(); })));
  auto restored = TileBuilder::restore(66'100, store.builder.edges());
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(restored->frontier(), frontier);
  EXPECT_FALSE(TileBuilder::restore(66'101, store.builder.edges()).has_value());
  EXPECT_FALSE(TileBuilder::restore(1, {}).has_value());
  EXPECT_FALSE(TileBuilder::restore(0, {{}, {Digest{}}}).has_value());
}

TEST(Tiles, ProofsOfPresentAndPastTreesComeFromTilesAlone) {
  TileStore store;
  std::map<std::uint64_t, Digest> roots;
  const std::uint64_t size = 66'100;
  const std::uint64_t stops[] = {1, 200, 256, 257, 1'000, 65'536, 65'537, 66'050, size};
  for (std::uint64_t i = 0; i < size; ++i) {
    store.append(leaf(i));
    if (std::find(std::begin(stops), std::end(stops), i + 1) != std::end(stops))
      roots[i + 1] = store.builder.frontier().root();
  }
  for (const auto& [to, root] : roots) {
    // A past tree is asked of today's wider tiles.
    const TiledHashReader reader(store, to);
    for (const std::uint64_t index : {std::uint64_t{0}, to / 3, to / 2, to - 1}) {
      auto proof = prove_inclusion(index, to, reader);
      ASSERT_TRUE(proof.has_value());
      EXPECT_TRUE(check_inclusion(index, to, leaf(index), *proof, root)) << index << " in " << to;
    }
    for (const auto& [from, from_root] : roots) {
      if (from > to) break;
      auto proof = prove_consistency(from, to, reader);
      ASSERT_TRUE(proof.has_value());
      EXPECT_TRUE(check_consistency(from, from_root, to, root, *proof)) << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace ishi
