#include "registry/commands/clocks/heal_times.h"

#include "tests/registry/commands/command_test.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"

namespace ishi {
namespace {

struct HealTimes : CommandTest {
  HealTimes() { actor = {Role::kRegistryKeyholder, {}}; }
  std::string heal(const std::optional<TimesAhead>& ahead, const std::string& ground = "NTP was off") {
    return request([&](CommandBatch& batch) { return heal_times(context(), ahead, {ground}, batch); });
  }
  TimesAhead a_month() const { return {EventIndex(7), 3, now.plus_seconds(-60), now.plus_seconds(31 * 86'400)}; }
};

TEST_F(HealTimes, SaysFromWhereAndBetweenWhichInstants) {
  EXPECT_EQ(heal(a_month()), "");
  EXPECT_EQ(event<TimesHealed>(0), (TimesHealed{EventIndex(7), now.plus_seconds(-60), now, "NTP was off"}));
}

TEST_F(HealTimes, TakesTheTwoWhoHoldTheKey) {
  for (const Role role : {Role::kRegistryOps, Role::kReviewer, Role::kPublic}) {
    actor.role = role;
    EXPECT_EQ(heal(a_month()), "two_signatures_needed");
  }
}

TEST_F(HealTimes, WantsAGroundAndSomethingToHeal) {
  EXPECT_EQ(heal(a_month(), ""), "field_missing ground");
  EXPECT_EQ(heal(a_month(), "a\nb"), "value_format ground");
  EXPECT_EQ(heal(a_month(), std::string(501, 'a')), "value_format ground");
  EXPECT_EQ(heal(std::nullopt), "=no_effect");
  TimesAhead come = a_month();
  come.last = now;
  EXPECT_EQ(heal(come), "=no_effect") << "its time has come";
}

TEST_F(HealTimes, WhatIsAheadIsFoundInTheLogAndIsNotOnceItIsHealed) {
  testing::FakeClock clock(now);
  testing::MemoryLog events(clock);
  const auto append = [&](EventBody body) {
    AppendRequest wanted;
    wanted.bodies = {std::move(body)};
    wanted.caller = "tester";
    ASSERT_TRUE(events.append(std::move(wanted)));
  };
  EXPECT_FALSE(*find_times_ahead(events, now));
  append(DeathRecorded{token(1), CivilDate(1)});
  clock.advance_seconds(50);
  append(DeathRecorded{token(2), CivilDate(1)});
  EXPECT_FALSE(*find_times_ahead(events, now)) << "clocks differ by seconds";
  clock.advance_seconds(86'400);
  append(DeathRecorded{token(3), CivilDate(1)});
  append(DeathRecorded{token(4), CivilDate(1)});
  clock.set(now.plus_seconds(60));
  const auto ahead = *find_times_ahead(events, clock.now());
  ASSERT_TRUE(ahead);
  EXPECT_EQ(ahead->first, EventIndex(2));
  EXPECT_EQ(ahead->count, 2U);
  EXPECT_EQ(ahead->not_before, now.plus_seconds(50));
  EXPECT_EQ(ahead->last, now.plus_seconds(50 + 86'400));
  now = clock.now();
  ASSERT_EQ(heal(ahead), "");
  append(event<TimesHealed>(0));
  EXPECT_FALSE(*find_times_ahead(events, now));
}

}  // namespace
}  // namespace ishi
