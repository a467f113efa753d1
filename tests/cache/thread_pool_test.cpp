#include "cache/follow/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace ishi::cache {
namespace {

TEST(ThreadPool, EveryChunkIsDoneExactlyOnceWhoeverDoesIt) {
  for (const unsigned helpers : {0U, 1U, 3U}) {
    const ThreadPool pool(helpers);
    for (const std::size_t chunks : {0U, 1U, 2U, 97U}) {
      std::vector<std::atomic<int>> done(chunks);
      pool.run(chunks, [&](std::size_t chunk) { ++done[chunk]; });
      for (const auto& times : done) EXPECT_EQ(times, 1);
    }
  }
}

TEST(ThreadPool, ManyBatchesAtOnceAllComeToTheirEnd) {
  const ThreadPool pool(2);
  std::vector<std::thread> callers;
  std::atomic<std::size_t> total{0};
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        std::atomic<std::size_t> mine{0};
        pool.run(9, [&](std::size_t) { ++mine; });
        ASSERT_EQ(mine, 9U);
        total += mine;
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(total, 8U * 200U * 9U);
}

// A small batch beside a huge one is not made to wait for its end.
TEST(ThreadPool, ASmallBatchOvertakesAHugeOne) {
  const ThreadPool pool(1);
  std::atomic<std::size_t> huge_done{0};
  std::atomic<bool> release{false};
  std::thread huge([&] {
    pool.run(1000, [&](std::size_t) {
      ++huge_done;
      while (!release && huge_done > 10) std::this_thread::yield();
    });
  });
  while (huge_done < 2) std::this_thread::yield();
  std::atomic<std::size_t> small_done{0};
  pool.run(4, [&](std::size_t) { ++small_done; });
  EXPECT_EQ(small_done, 4U);
  EXPECT_LT(huge_done, 1000U);
  release = true;
  huge.join();
  EXPECT_EQ(huge_done, 1000U);
}

}  // namespace
}  // namespace ishi::cache
