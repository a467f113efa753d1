// The batch path against the naive twin: what the table, the tabulated question and the overflow map say together must
// be what the second reading of the law says, under policy books with rules changed at random and with every kind of
// event. The seed is printed; ISHI_HUNT_SEED repeats a run and ISHI_HUNT_STEPS makes it longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

#include "cache/follow/status_reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/random_world.h"

namespace ishi::cache {
namespace {

using twin::Asked;
using twin::NaiveTwin;
using twin::RandomWorld;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Projection, AgreesWithTheNaiveTwinUnderRandomRules) {
  const std::uint64_t first_seed = number_from_environment("ISHI_HUNT_SEED", std::random_device{}());
  const std::uint64_t steps = number_from_environment("ISHI_HUNT_STEPS", 60'000);
  std::cout << "ISHI_HUNT_SEED=" << first_seed << " ISHI_HUNT_STEPS=" << steps << "\n";
  std::set<ReasonCode> met;
  std::uint64_t step = 0;
  std::size_t in_overflow = 0, tokens = 0;
  for (std::uint64_t seed = first_seed; step < steps; ++seed) {
    RandomWorld world(seed);
    const testing::FakeClock clock(Timestamp(4'102'444'800'000'000), 1);  // after everything that happens
    testing::MemoryLog log(clock);
    PolicyHistory policies;
    policies.add(EventIndex(0), std::make_shared<PolicyBook>(world.book()));
    FreshnessBarrier barrier;
    Projection people({.people_max = 64});
    FeedFollower follower(log, log, {&people}, policies, barrier, [](const Error&) {});
    const StatusReader reader(log, people, policies, barrier, follower, clock);
    NaiveTwin naive;
    const std::uint64_t events = 4 + seed % 40;
    for (std::uint64_t number = 0; number < events; ++number) {
      EventBody body = world.event(number);
      while (std::holds_alternative<RecordErased>(body))
        body = world.event(number);  // whose content is the eraser's to take
      const auto appended = log.append({.bodies = {std::move(body)}, .caller = "test"});
      ASSERT_TRUE(appended.has_value()) << appended.error().detail;
      const auto stored = log.read(EventIndex(number), 1);
      ASSERT_TRUE(stored.has_value());
      naive.add(stored->front().event);
      ASSERT_TRUE(people.apply(log, *stored).has_value());
      barrier.announce({Position(number + 1), stored->front().event.registered_at});
      const auto view = reader.view_at(Position(number + 1));
      ASSERT_TRUE(view.has_value());
      for (int round = 0; round < 6; ++round, ++step) {
        const Question question = world.question();
        const Token token = world.asked().exact;
        ReasonCode code{};
        ASSERT_TRUE(reader.decide_all(*view, question, {&token, 1}, {}, {&code, 1}).has_value());
        const Decision second = naive.ask(world.book(), question, Asked{token, {}, {}}, naive.size());
        ASSERT_EQ(name_of(code), name_of(second.code)) << "seed " << seed << " after event " << number << ", "
                                                       << question.regime << " as of " << to_iso(question.as_of);
        met.insert(code);
      }
    }
    in_overflow += people.stats().in_overflow;
    tokens += people.stats().tokens;
  }
  EXPECT_TRUE(met.contains(ReasonCode::kDenyOptout) && met.contains(ReasonCode::kAllow));
  EXPECT_LT(in_overflow, tokens);
}

}  // namespace
}  // namespace ishi::cache
