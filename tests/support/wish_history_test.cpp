// The judge of the hunt must find what is planted, and nothing where nothing is wrong.
#include "tests/support/wish_history.h"

#include <gtest/gtest.h>

#include <random>

namespace ishi::testing {
namespace {

WishWrite write(std::uint32_t person, bool objects, Nanoseconds invoked, Nanoseconds acknowledged,
                std::uint64_t event) {
  return {person, objects, invoked, acknowledged, event};
}
WishRead read(Nanoseconds invoked, Nanoseconds answered, std::uint64_t position, std::uint32_t person, bool allowed) {
  return {invoked, answered, position, person, {allowed}};
}

struct Judged : ::testing::Test {
  WishHistory history{4};
  WishVerdict verdict() const { return history.judge(); }
};

TEST_F(Judged, AnOrdinaryDayIsLinearizable) {
  history.add(read(0, 5, 10, 1, true));
  history.add(write(1, true, 10, 20, 10));
  history.add(read(21, 25, 11, 1, false));
  history.add(write(1, false, 30, 40, 11));
  history.add(read(41, 45, 12, 1, true));
  const WishVerdict found = verdict();
  EXPECT_TRUE(found.linearizable()) << (found.examples.empty() ? "" : found.examples[0]);
  EXPECT_EQ(found.checks, 3U);
  EXPECT_EQ(found.writes, 2U);
}

TEST_F(Judged, AnAllowAfterAnAcknowledgedObjectionIsFound) {
  history.add(write(1, true, 10, 20, 10));
  history.add(read(21, 25, 10, 1, true));
  EXPECT_EQ(verdict().stale_allows, 1U);
  EXPECT_EQ(verdict().went_back, 1U);
}

TEST_F(Judged, AnAllowThatLiesAboutItsPositionIsFoundByTheClockAlone) {
  history.add(write(1, true, 10, 20, 10));
  history.add(read(21, 25, 11, 1, true));
  EXPECT_EQ(verdict().stale_allows, 1U);
  EXPECT_EQ(verdict().not_at_position, 1U);
}

TEST_F(Judged, WhileAnObjectionIsUnderWayBothAnswersAreRight) {
  history.add(write(1, true, 10, 20, 10));
  history.add(read(15, 16, 10, 1, true));
  history.add(read(17, 18, 11, 1, false));
  EXPECT_TRUE(verdict().linearizable());
}

TEST_F(Judged, ButNotTheOldOneAfterTheNewOne) {
  history.add(write(1, true, 10, 40, 10));
  history.add(read(15, 16, 11, 1, false));
  history.add(read(17, 18, 10, 1, true));
  EXPECT_EQ(verdict().went_back, 1U);
}

TEST_F(Judged, AnAnswerThatBeganBeforeTheAcknowledgementMayBeEitherEvenIfItComesLate) {
  history.add(write(1, true, 10, 20, 10));
  history.add(read(19, 90, 10, 1, true));
  EXPECT_TRUE(verdict().linearizable());
}

TEST_F(Judged, AnAllowBecauseOfAWithdrawalUnderWayIsRight) {
  history.add(write(1, true, 10, 20, 10));
  history.add(write(1, false, 30, 90, 11));
  history.add(read(31, 35, 12, 1, true));
  EXPECT_TRUE(verdict().linearizable());
}

TEST_F(Judged, ADenialAfterAnAcknowledgedWithdrawalIsFound) {
  history.add(write(1, true, 10, 20, 10));
  history.add(write(1, false, 30, 40, 11));
  history.add(read(41, 45, 12, 1, false));
  EXPECT_EQ(verdict().stale_denials, 1U);
}

TEST_F(Judged, AWriteThatNobodyKnowsOfMayOrMayNotHaveHappened) {
  history.add(write(1, true, 10, kNever, 0));
  history.add(read(20, 25, 10, 1, true));
  history.add(read(30, 35, 11, 1, false));
  EXPECT_TRUE(verdict().linearizable());
}

TEST_F(Judged, AnEffectBeforeItsCauseIsFound) {
  history.add(read(1, 5, 11, 1, false));
  history.add(write(1, true, 10, 20, 10));
  EXPECT_GE(verdict().from_the_future, 1U);
  EXPECT_EQ(verdict().stale_denials, 1U);
}

TEST_F(Judged, TheOrderHoldsAcrossPeople) {
  history.add(write(1, true, 10, 20, 10));
  history.add(read(21, 25, 10, 2, true));  // of somebody else, but below what was told
  EXPECT_EQ(verdict().stale_allows, 0U);
  EXPECT_EQ(verdict().went_back, 1U);
}

TEST_F(Judged, OnePlaceForTwoWritesIsFound) {  // T21
  history.add(write(1, true, 10, 20, 10));
  history.add(write(2, true, 10, 20, 10));
  EXPECT_EQ(verdict().malformed, 1U);
}

TEST_F(Judged, ALaterWriteWithAnEarlierPlaceIsFound) {
  history.add(write(1, true, 10, 20, 10));
  history.add(write(2, true, 30, 40, 9));
  EXPECT_EQ(verdict().went_back, 1U);
}

// Random histories made by a true register; then one answer is turned round where nothing was under way.
TEST(WishHistoryHunt, FindsOneTurnedAnswerAmongManyRightOnes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    constexpr std::uint32_t kPeople = 8;
    std::vector<bool> objects(kPeople);
    std::vector<WishWrite> writes;
    std::vector<WishRead> reads;
    std::uint64_t events = 0;
    Nanoseconds now = 0;
    for (int step = 0; step < 60; ++step) {
      now += 10;
      if (random() % 3 == 0) {
        const auto person = static_cast<std::uint32_t>(random() % kPeople);
        objects[person] = !objects[person];
        writes.push_back({person, objects[person], now, now + 5, events++});
      } else {
        WishRead one{now, now + 5, events, 0, {}};
        for (const bool no : objects) one.allowed.push_back(!no);
        reads.push_back(std::move(one));
      }
    }
    if (reads.empty()) continue;
    const auto judged = [&] {
      WishHistory history(kPeople);
      for (const WishWrite& one : writes) history.add(one);
      for (const WishRead& one : reads) history.add(one);
      return history.judge();
    };
    ASSERT_TRUE(judged().linearizable());
    auto& turned = reads[random() % reads.size()].allowed;
    turned[random() % kPeople].flip();
    const WishVerdict found = judged();
    ASSERT_EQ(found.stale_allows + found.stale_denials, 1U);
    ASSERT_EQ(found.not_at_position, 1U);
  }
}

TEST(AvailabilityOfAStretch, CountsAnswersAndTheLongestGapWithItsEdges) {
  const Availability found = availability({{5, true}, {12, true}, {15, false}, {40, true}, {90, true}}, 10, 60);
  EXPECT_EQ(found.asked, 3U);
  EXPECT_EQ(found.answered, 2U);
  EXPECT_EQ(found.longest_gap, 28);
  EXPECT_EQ(availability({{12, true}}, 10, 60).longest_gap, 48);
  EXPECT_EQ(availability({}, 10, 60).longest_gap, 50);
}

}  // namespace
}  // namespace ishi::testing
