#include "api/evidence/tile_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::api {
namespace {

std::shared_ptr<const std::string> bytes_of(std::uint64_t index) {
  return std::make_shared<const std::string>(1'000, static_cast<char>('a' + index % 26));
}

TEST(TileCache, KeepsWithinItsBytesAndForgetsWhatWasNotAskedForLongest) {
  TileCache cache(16 * 4'000);  // three of these a cache
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    cache.keep({0, i}, bytes_of(i));
    ASSERT_LE(cache.bytes(), 16U * 4'000U);
    ASSERT_NE(cache.find({0, i}), nullptr) << "the newest is there";
  }
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) found += cache.find({0, i}) ? 1U : 0U;
  EXPECT_LE(found, 48U);
  EXPECT_GT(found, 16U);
}

TEST(TileCache, LevelsAndEntriesAreDifferentTiles) {
  TileCache cache(1 << 20);
  cache.keep({0, 5}, bytes_of(0));
  cache.keep({1, 5}, bytes_of(1));
  cache.keep({TileCache::kEntries, 5}, bytes_of(2));
  EXPECT_EQ(cache.find({0, 5})->front(), 'a');
  EXPECT_EQ(cache.find({1, 5})->front(), 'b');
  EXPECT_EQ(cache.find({TileCache::kEntries, 5})->front(), 'c');
  EXPECT_EQ(cache.find({2, 5}), nullptr);
}

TEST(TileCache, WithoutMemoryNothingIsKept) {
  TileCache cache(0);
  cache.keep({0, 1}, bytes_of(1));
  EXPECT_EQ(cache.find({0, 1}), nullptr);
}

TEST(TileCache, ManyThreadsShareIt) {
  TileCache cache(16 * 5'000);
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&cache, t] {
      for (std::uint64_t i = 0; i < 5'000; ++i) {
        const std::uint64_t index = (i * 7 + t) % 200;
        if (const auto kept = cache.find({0, index})) {
          ASSERT_EQ(kept->front(), static_cast<char>('a' + index % 26));
        } else {
          cache.keep({0, index}, bytes_of(index));
        }
      }
    });
}

// Counts what is really read, so that we know what comes from the cache.
class CountedEvidence final : public Evidence {
 public:
  explicit CountedEvidence(const Evidence& truth) : truth_(truth) {}
  mutable int tiles = 0, leaves = 0;
  Result<Frontier> frontier() const override { return truth_.frontier(); }
  Result<std::vector<StoredLeaf>> read_leaves(EventIndex from, std::size_t limit) const override {
    ++leaves;
    return truth_.read_leaves(from, limit);
  }
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> wanted) const override {
    ++tiles;
    return truth_.read_tiles(wanted);
  }

 private:
  const Evidence& truth_;
};

TEST(LogHandler, AFullTileIsReadOnceAndAPartialOneEachTime) {
  testing::LogHouse house;
  house.append(600);
  CheckpointPublisher round(house.keys, "", house.evidence, house.store);
  ASSERT_TRUE(round.run().value());
  const CountedEvidence counted(house.evidence);
  const LogHandler desk(counted, house.store, house.keys.verifiers);
  const auto get = [&](const std::string& path) {
    Request request;
    request.parameters["path"] = path;
    return desk.tile(request);
  };
  const std::string first = get("0/001").body;
  EXPECT_EQ(first.size(), 8'192U);
  EXPECT_EQ(get("0/001").body, first);
  EXPECT_EQ(counted.tiles, 1);
  const std::string entries = get("entries/001").body;
  EXPECT_EQ(get("entries/001").body, entries);
  EXPECT_EQ(counted.leaves, 1);
  EXPECT_NE(entries, first);
  counted.tiles = 0;
  EXPECT_EQ(get("0/002.p/88").status, 200);
  EXPECT_EQ(get("0/002.p/88").status, 200);
  EXPECT_EQ(counted.tiles, 2);
}

TEST(LogHandler, WhatIsSignedLaterIsServedLater) {
  testing::LogHouse house;
  house.append(300);
  CheckpointPublisher round(house.keys, "", house.evidence, house.store);
  ASSERT_TRUE(round.run().value());
  const LogHandler desk(house.evidence, house.store, house.keys.verifiers);
  const auto status = [&](const std::string& path) {
    Request request;
    request.parameters["path"] = path;
    return desk.tile(request).status;
  };
  EXPECT_EQ(status("0/001.p/44"), 200);
  house.append(300);
  EXPECT_EQ(status("0/001"), 404) << "there, but not signed";
  ASSERT_TRUE(round.run().value());
  EXPECT_EQ(status("0/001"), 200);
}

}  // namespace
}  // namespace ishi::api
