// A log that holds far too much of one person (written before commands bounded it) must neither keep a node from
// starting nor hold up everybody else's answers.
#include <algorithm>

#include <gtest/gtest.h>

#include "cache/near/projection.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"

namespace ishi::cache {
namespace {

// Counts what the log is made to read about persons.
class CountingLog final : public EventLog {
 public:
  explicit CountingLog(testing::MemoryLog& log) : log_(log) {}
  mutable std::uint64_t read_about_events = 0, read_about_calls = 0;

  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override {
    auto events = log_.read_about(tokens, upto);
    if (events) read_about_events += events->size();
    ++read_about_calls;
    return events;
  }
  Result<Appended> append(AppendRequest request) override { return log_.append(std::move(request)); }
  Result<Head> head() const override { return log_.head(); }
  Result<Head> head_at_once() const override { return log_.head_at_once(); }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override {
    return log_.read(from, limit);
  }
  Result<Position> position_at(Timestamp known_at) const override { return log_.position_at(known_at); }
  Result<std::optional<EventIndex>> latest_policy(Position upto) const override { return log_.latest_policy(upto); }
  Result<std::optional<std::string>> find_answer(const IdempotencyKey& key) const override {
    return log_.find_answer(key);
  }
  Result<std::vector<IntakeSource>> sources() const override { return log_.sources(); }

 private:
  testing::MemoryLog& log_;
};

Token card(int number) {
  const std::string digits = std::to_string(number);
  return Token::parse_hex(std::string(32 - digits.size(), 'c') + digits).value();
}

struct CrowdedPerson : ::testing::Test {
  static constexpr int kCards = 8, kFacts = 4'000, kBatch = 200;
  testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  testing::MemoryLog memory{clock};
  CountingLog log{memory};
  Population plain;
  std::vector<StoredEvent> events;

  CrowdedPerson() {
    std::vector<EventBody> bodies;
    for (int i = 2; i <= kCards; ++i)
      bodies.emplace_back(TokensLinked{card(1), card(i), LinkSource::kInsurer, std::nullopt});
    for (int i = 0; i < kFacts; ++i) {
      Objection wish;
      wish.token = card(1 + i % kCards);
      wish.accepted_at = clock.now();
      wish.scope.record_from = CivilDate(i);
      bodies.emplace_back(wish);
      bodies.emplace_back(NoticeGiven{.token = card(1'000 + i), .holder = "1", .regime = "R", .template_id = "T"});
    }
    EXPECT_TRUE(log.append({.bodies = std::move(bodies), .caller = "test"}).has_value());
    events = log.read(EventIndex(0), 100'000).value();
    for (const StoredEvent& stored : events) plain.apply(stored.index, stored.event);
  }
  void follow(Projection& projection) {
    for (std::size_t from = 0; from < events.size(); from += kBatch) {
      const std::size_t count = std::min<std::size_t>(kBatch, events.size() - from);
      ASSERT_TRUE(projection.apply(log, std::span(events).subspan(from, count)).has_value());
    }
  }
};

TEST_F(CrowdedPerson, IsReadAFewTimesNotWithEveryBatch) {
  Projection projection({.people_max = 20'000, .crowded_events = 300});
  follow(projection);
  EXPECT_LE(log.read_about_events, 2u * events.size()) << "in " << log.read_about_calls << " readings";
}

TEST_F(CrowdedPerson, IsLeftToTheLogAndFoldedWhenThereIsTime) {
  Projection projection({.people_max = 20'000, .crowded_events = 300});
  follow(projection);
  PersonStatus status;
  for (int i = 1; i <= kCards; ++i)
    EXPECT_EQ(projection.find(projection.position(), card(i), status), Projection::Seen::kStale) << "never a guess";
  EXPECT_EQ(projection.find(projection.position(), card(1'000), status), Projection::Seen::kFound)
      << "nor do others wait";
  ASSERT_TRUE(projection.settle(log).has_value());
  for (int i = 1; i <= kCards; ++i) {
    ASSERT_EQ(projection.find(projection.position(), card(i), status), Projection::Seen::kFound);
    EXPECT_EQ(status, *plain.find(card(i)));
  }
  const auto before = log.read_about_calls;
  ASSERT_TRUE(projection.settle(log).has_value());
  EXPECT_EQ(log.read_about_calls, before) << "nothing is left";
}

TEST_F(CrowdedPerson, OfANodeThatKeepsTheRecentIsAskedAboutOnceABatch) {
  Projection projection({.people_max = 4'000, .evict = true});
  projection.collect_touched();
  follow(projection);
  std::vector<Token> touched = projection.take_touched();
  std::sort(touched.begin(), touched.end());
  for (int i = 1; i <= kCards; ++i) EXPECT_TRUE(std::binary_search(touched.begin(), touched.end(), card(i))) << i;
  Projection in_one({.people_max = 4'000, .evict = true});
  in_one.collect_touched();
  log.read_about_calls = 0;
  ASSERT_TRUE(in_one.apply(log, events).has_value());
  EXPECT_LE(log.read_about_calls, 40u) << "by token, not by event";
}

}  // namespace
}  // namespace ishi::cache
