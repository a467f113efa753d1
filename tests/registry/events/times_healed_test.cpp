#include "registry/events/times_healed.h"

#include <gtest/gtest.h>

#include <random>

#include "registry/events/event.h"

namespace ishi {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

TEST(TimesHealed, WithoutAHealingEveryTimeIsItself) {
  const BelievedTimes times;
  EXPECT_EQ(times.registered_at(EventIndex(7), Timestamp(99)), Timestamp(99));
  EXPECT_EQ(times.to_store(Timestamp(99)), Timestamp(99));
}

TEST(TimesHealed, OneThatSaysTheImpossibleSaysNothing) {
  BelievedTimes times;
  times.add(EventIndex(5), Timestamp(100), {EventIndex(5), Timestamp(1), Timestamp(50), ""});
  times.add(EventIndex(5), Timestamp(100), {EventIndex(2), Timestamp(1), Timestamp(101), ""});
  times.add(EventIndex(5), Timestamp(100), {EventIndex(2), Timestamp(51), Timestamp(50), ""});
  EXPECT_TRUE(times.empty());
}

// What a log does: it stores, it is healed now and then, and nobody's clock but the poisoner's is ever wrong.
TEST(TimesHealed, StoredTimesNeverFallAndBelievedOnesAreTrueFromTheHealingOn) {
  std::mt19937_64 random(4711);
  for (int round = 0; round < 200; ++round) {
    BelievedTimes times;
    std::int64_t now = 1'000 * kDayUs;
    Timestamp last(now), last_believed(now);
    std::uint64_t index = 0;
    std::optional<EventIndex> first_wrong;
    Timestamp last_good(now);
    for (int step = 0; step < 60; ++step) {
      now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(3 * kDayUs));
      const bool wrong = random() % 12 == 0, heals = first_wrong && random() % 4 == 0;
      const Timestamp clock(now + (wrong ? static_cast<std::int64_t>(random() % 40) * kDayUs + kDayUs : 0));
      const Timestamp stored = std::max(times.to_store(std::max(clock, last_believed)), last);
      EXPECT_GE(stored, last);
      last = stored;
      const EventIndex at(index++);
      if (heals && !wrong && last_believed > Timestamp(now))
        times.add(at, stored, {*first_wrong, std::min(last_good, Timestamp(now)), Timestamp(now), ""});
      const Timestamp believed = times.registered_at(at, stored);
      EXPECT_GE(believed, Timestamp(now));
      if (heals && !wrong) first_wrong.reset();
      if (wrong && !first_wrong) first_wrong = at;
      if (!first_wrong) {
        EXPECT_LE(believed.microseconds() - now, 1) << "one microsecond is lost by halving";
        last_good = believed;
      }
      last_believed = believed;
    }
  }
}

TEST(TimesHealed, OfWhatNobodyKnowsTheTimeForbiddingCountsEarlyAndAllowingLate) {
  BelievedTimes times;
  const Timestamp wrong(900), healed(500), before(100);
  times.add(EventIndex(9), Timestamp(901), {EventIndex(5), before, healed, ""});
  const auto accepted = [&](EventBody body, std::uint64_t index) {
    Event event{Timestamp(901), "", std::move(body)};
    times.correct(EventIndex(index), event);
    EXPECT_EQ(event.registered_at, index < 5 ? Timestamp(901) : healed);
    return std::visit(
        [](const auto& of) {
          if constexpr (requires { of.accepted_at; }) return of.accepted_at;
          return Timestamp();
        },
        event.body);
  };
  const auto objection = [](Timestamp at) {
    Objection body;
    body.accepted_at = at;
    return body;
  };
  ObjectionWithdrawn withdrawal;
  ConsentGiven consent;
  ConsentWithdrawn revoked;
  withdrawal.accepted_at = consent.accepted_at = revoked.accepted_at = wrong;
  EXPECT_EQ(accepted(objection(wrong), 5), before);
  EXPECT_EQ(accepted(objection(Timestamp(300)), 8), Timestamp(300)) << "said by somebody whose clock was right";
  EXPECT_EQ(accepted(objection(wrong), 4), wrong) << "before the clock was wrong";
  EXPECT_EQ(accepted(objection(wrong), 9), wrong) << "after it was healed";
  EXPECT_EQ(accepted(revoked, 6), before);
  EXPECT_EQ(accepted(withdrawal, 6), healed);
  EXPECT_EQ(accepted(consent, 6), healed);
}

}  // namespace
}  // namespace ishi
