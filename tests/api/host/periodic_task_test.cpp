#include "api/host/periodic_task.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

void wait_until_reaches(const std::atomic<int>& count, int goal) {
  const auto deadline = steady_clock::now() + 30s;
  while (count < goal && steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
  ASSERT_GE(count, goal);
}

TEST(PeriodicTask, RunsAgainAndAgainOnceStarted) {
  std::atomic<int> rounds = 0;
  PeriodicTask task(
      0ms, 1h, [&](const std::stop_token&) { return ++rounds, 1ms; }, nullptr);
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(rounds, 0) << "not before start()";
  task.start();
  task.start();
  wait_until_reaches(rounds, 5);
  task.stop();
  const int at_stop = rounds;
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(rounds, at_stop) << "not after stop()";
}

TEST(PeriodicTask, StopEndsAWaitAtOnce) {
  std::atomic<int> rounds = 0;
  PeriodicTask task(
      0ms, 1h, [&](const std::stop_token&) { return ++rounds, 1h; }, nullptr);
  task.start();
  wait_until_reaches(rounds, 1);
  const auto began = steady_clock::now();
  task.stop();
  task.stop();
  EXPECT_LT(steady_clock::now() - began, 10s);
  EXPECT_EQ(rounds, 1);
}

TEST(PeriodicTask, StopBeforeTheFirstRoundMeansNone) {
  std::atomic<int> rounds = 0;
  {
    PeriodicTask task(
        1h, 1h, [&](const std::stop_token&) { return ++rounds, 1ms; }, nullptr);
    task.start();
  }
  EXPECT_EQ(rounds, 0);
}

TEST(PeriodicTask, ALongRoundHearsOfStop) {
  std::atomic<int> rounds = 0;
  PeriodicTask task(
      0ms, 1h,
      [&](const std::stop_token& stop) {
        ++rounds;
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return 0ms;
      },
      nullptr);
  task.start();
  wait_until_reaches(rounds, 1);
  task.stop();
  EXPECT_EQ(rounds, 1) << "no further round after stop()";
}

TEST(PeriodicTask, ARoundThatThrowsIsReportedAndTheNextOneComes) {
  std::atomic<int> rounds = 0, reports = 0;
  PeriodicTask task(
      0ms, 1ms,
      [&](const std::stop_token&) -> PeriodicTask::Duration {
        if (++rounds <= 2) throw std::runtime_error("no memory");
        return 1ms;
      },
      [&](const std::exception_ptr& thrown) {
        EXPECT_THROW(std::rethrow_exception(thrown), std::runtime_error);
        ++reports;
      });
  task.start();
  wait_until_reaches(rounds, 4);
  task.stop();
  EXPECT_EQ(reports, 2);
}

// The wait is between rounds: one that was late does not make the next ones come at once.
TEST(PeriodicTask, ASlowRoundIsNotMadeUpFor) {
  std::vector<steady_clock::time_point> begins, ends;
  std::atomic<int> rounds = 0;
  PeriodicTask task(
      0ms, 1h,
      [&](const std::stop_token&) {
        begins.push_back(steady_clock::now());
        if (begins.size() == 1) std::this_thread::sleep_for(100ms);
        ends.push_back(steady_clock::now());
        ++rounds;
        return 20ms;
      },
      nullptr);
  task.start();
  wait_until_reaches(rounds, 4);
  task.stop();
  for (std::size_t i = 1; i < begins.size(); ++i) EXPECT_GE(begins[i] - ends[i - 1], 20ms) << "round " << i;
}

}  // namespace
}  // namespace ishi::api
