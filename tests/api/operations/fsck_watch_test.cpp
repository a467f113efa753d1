#include "api/operations/fsck_watch.h"

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

using namespace std::chrono_literals;

TEST(FsckWatch, LooksAgainAndAgainAndTellsWhatItFound) {
  std::atomic<int> looks = 0;
  std::vector<std::uint64_t> outcomes;
  FsckWatch watch(
      1s,
      [&](const FsckWatch::Controls& controls) -> Result<FsckWatch::Outcome> {
        controls.progress(7);
        if (++looks == 1) return FsckWatch::Outcome{100, 3, {{"event_missing", "event 5"}}};
        if (looks == 2) return fail(ErrorKind::kUnavailable, "database_away", "");
        return FsckWatch::Outcome{101, 0, {}};
      },
      [&](const Result<FsckWatch::Outcome>& outcome) { outcomes.push_back(outcome ? outcome->differences : 99); });
  EXPECT_EQ(watch.stats().last_success_seconds, 0);
  watch.start();
  while (looks < 4) std::this_thread::sleep_for(10ms);
  watch.stop();
  ASSERT_GE(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0], 3U);
  EXPECT_EQ(outcomes[1], 99U);
  EXPECT_EQ(outcomes[2], 0U);
  EXPECT_GT(watch.stats().last_success_seconds, 1e9);
  EXPECT_EQ(watch.stats().differences, 0U);
}

TEST(FsckWatch, IsToldToStopInTheMiddleOfALook) {
  std::atomic<bool> looking = false;
  FsckWatch watch(
      1s,
      [&](const FsckWatch::Controls& controls) -> Result<FsckWatch::Outcome> {
        looking = true;
        while (!controls.stop()) std::this_thread::sleep_for(1ms);
        return fail(ErrorKind::kUnavailable, "verify_stopped", "");
      },
      [](const Result<FsckWatch::Outcome>&) { ADD_FAILURE() << "nothing to tell of a look that was cut short"; });
  watch.start();
  while (!looking) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(watch.stats().running);
  watch.stop();
}

TEST(FsckWatch, AnIntervalOfZeroIsNever) {
  FsckWatch watch(0s, nullptr, nullptr);
  watch.start();
  watch.stop();
  EXPECT_FALSE(watch.stats().running);
}

}  // namespace
}  // namespace ishi::api
