#include "api/http/fast_path_executor.h"

#include <atomic>
#include <latch>
#include <set>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

TEST(FastPathExecutor, RunsEveryJobOnceFromManyThreadsAtOnce) {
  std::atomic<int> ran = 0;
  {
    FastPathExecutor lane(3, 100'000);
    std::vector<std::thread> senders;
    for (int sender = 0; sender < 4; ++sender)
      senders.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(lane.try_submit([&] { ++ran; }));
      });
    for (std::thread& sender : senders) sender.join();
  }
  EXPECT_EQ(ran, 20'000);  // what was accepted is run before the lane ends
}

TEST(FastPathExecutor, WhatWaitsTogetherIsAnsweredByOneThreadInOrder) {
  std::latch started(1), release(1), done(1);
  std::vector<int> order;
  std::set<std::thread::id> threads;
  FastPathExecutor lane(1, 100);
  ASSERT_TRUE(lane.try_submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(lane.try_submit([&, i] {
      order.push_back(i);
      threads.insert(std::this_thread::get_id());
      if (i == 49) done.count_down();
    }));
  release.count_down();
  done.wait();
  EXPECT_EQ(threads.size(), 1u);
  ASSERT_EQ(order.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(FastPathExecutor, SaysNoAtOnceWhenTheQueueIsFull) {
  std::latch started(1), release(1);
  std::atomic<int> ran = 0;
  {
    FastPathExecutor lane(1, 2);
    ASSERT_TRUE(lane.try_submit([&] {
      started.count_down();
      release.wait();
      ++ran;
    }));
    started.wait();
    EXPECT_TRUE(lane.try_submit([&] { ++ran; }));
    EXPECT_TRUE(lane.try_submit([&] { ++ran; }));
    EXPECT_FALSE(lane.try_submit([&] { ++ran; }));
    EXPECT_EQ(lane.waiting(), 2u);
    release.count_down();
  }
  EXPECT_EQ(ran, 3);
}

TEST(FastPathExecutor, ARoundThatIsHeldUpHoldsUpNobodyElse) {
  std::latch started(1), release(1), others(3);
  FastPathExecutor lane(2, 100);
  ASSERT_TRUE(lane.try_submit([&] {
    started.count_down();
    release.wait();  // until a stand-in has answered the others
  }));
  started.wait();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(lane.try_submit([&] { others.count_down(); }));
  others.wait();
  // The stand-in now leads: it goes on with whatever comes, while the first is still held up.
  for (int i = 0; i < 200; ++i) {
    std::latch answered(1);
    ASSERT_TRUE(lane.try_submit([&] { answered.count_down(); }));
    answered.wait();
  }
  release.count_down();
}

}  // namespace
}  // namespace ishi::api
