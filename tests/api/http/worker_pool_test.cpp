#include "api/http/worker_pool.h"

#include <atomic>
#include <latch>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

TEST(WorkerPool, SaysNoAtOnceWhenTheQueueIsFull) {
  std::latch started(1), release(1);
  std::atomic<int> ran = 0;
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.try_submit([&] {
      started.count_down();
      release.wait();
      ++ran;
    }));
    started.wait();
    EXPECT_TRUE(pool.try_submit([&] { ++ran; }));
    EXPECT_TRUE(pool.try_submit([&] { ++ran; }));
    EXPECT_FALSE(pool.try_submit([&] { ++ran; }));
    EXPECT_EQ(pool.waiting(), 2u);
    release.count_down();
  }
  EXPECT_EQ(ran, 3);  // what was accepted is run before the pool ends
}

}  // namespace
}  // namespace ishi::api
