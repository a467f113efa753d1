// Every target over its seeds, as they are, cut off at each byte and with bytes changed: a promise that is broken there
// aborts. The seeds also show that a target reaches what it is for (ops/fuzz looks further).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "tests/support/paths.h"

namespace ishi::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCutsMax = 300;  // of one seed; longer ones are cut at random
constexpr int kChangesOfASeed = 200;

std::vector<std::string> seeds_of(const std::string& target) {
  std::vector<std::string> seeds;
  const fs::path folder = fs::path(ishi::testing::source_folder()) / "tests/fuzz/seeds" / target;
  if (!fs::exists(folder)) return seeds;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    seeds.push_back(bytes.str());
  }
  return seeds;
}

TEST(FuzzSeeds, EveryTargetHasSeedsAndEverySeedATarget) {
  ASSERT_GE(targets().size(), 14U);
  for (const auto& [name, target] : targets()) EXPECT_FALSE(seeds_of(name).empty()) << "no seeds for " << name;
  for (const auto& entry : fs::directory_iterator(fs::path(ishi::testing::source_folder()) / "tests/fuzz/seeds"))
    EXPECT_TRUE(targets().contains(entry.path().filename().string())) << "no target for " << entry.path();
}

TEST(FuzzSeeds, KeepEveryPromiseWholeCutOffAndChanged) {
  std::mt19937_64 random(1);
  for (const auto& [name, target] : targets()) {
    SCOPED_TRACE(name);
    target({});
    for (const std::string& seed : seeds_of(name)) {
      target(seed);
      const std::size_t cuts = std::min(seed.size(), kCutsMax);
      for (std::size_t i = 0; i < cuts; ++i)
        target(std::string_view(seed).substr(0, cuts < kCutsMax ? i : random() % seed.size()));
      for (int i = 0; i < kChangesOfASeed && !seed.empty(); ++i) {
        std::string changed = seed;
        for (std::size_t bytes = 1 + random() % 4; bytes > 0; --bytes)
          changed[random() % changed.size()] = static_cast<char>(random());
        target(changed);
      }
    }
  }
}

TEST(FuzzSeedsDeathTest, ABrokenPromiseAborts) {
  EXPECT_DEATH(FUZZ_MUST(targets().empty()), "broken promise: targets\\(\\).empty\\(\\)");
  EXPECT_TRUE(repeats_digits("the number 1234 is wrong", "x1234y", 4));
  EXPECT_FALSE(repeats_digits("12 digits", "x1234y", 4));
}

}  // namespace
}  // namespace ishi::fuzz
