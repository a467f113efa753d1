// A snapshot may know more than what is before its Position. What the log took back or lost of that, the snapshot must
// not bring back. tests/cache/model/snapshot_rule_model_test.cpp found each of these; here they are with the real
// thing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "cache/near/projection.h"
#include "cache/snapshot/snapshot.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"

namespace ishi::cache {
namespace {

Token numbered_token(std::uint8_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  bytes[0] = bytes[15] = number;
  return Token(bytes);
}
NoticeGiven notice(int day) {
  return {numbered_token(1), "H", "R", "T", NoticeMethod::kHanded, CivilDate(20'000 + day), ""};
}
void append(testing::MemoryLog& log, EventBody body) {
  AppendRequest request;
  request.caller = "tester";
  request.bodies.push_back(std::move(body));
  ASSERT_TRUE(log.append(std::move(request)));
}

struct Node {
  Projection people{NearLimits{.people_max = 1'000}};
  PolicyHistory policies;
  Head head;

  Result<void> follow(const EventLog& log) {
    const auto events = log.read(head.position.next_index(), 1'000).value();
    auto done = people.apply(log, events);
    if (done && !events.empty()) head = {Position::after(events.back().index), events.back().event.registered_at};
    return done;
  }
  // Nullopt: ask the log.
  std::optional<std::size_t> notices_of_one() const {
    PersonStatus status;
    if (people.find(head.position, numbered_token(1), status) == Projection::Seen::kStale) return std::nullopt;
    return status.notices.size();
  }
};

struct SnapshotKnows : ::testing::Test {
  SnapshotKnows() {
    std::filesystem::create_directories(folder);
    append(log, notice(1));
  }
  ~SnapshotKnows() override { std::filesystem::remove_all(folder); }

  // From Position 1, while a second notice is applied.
  void write_during_the_second() {
    Node node;
    ASSERT_TRUE(node.follow(log));
    const Head from = node.head;
    append(log, notice(2));
    ASSERT_TRUE(node.follow(log));
    ASSERT_TRUE(write_snapshot(file, log, {&node.people}, node.policies, from, [] { return true; }));
  }
  std::string load(Node& node, const EventLog& from) {
    const auto loaded = load_snapshot(file, from, {&node.people}, node.policies);
    if (!loaded) return loaded.error().code;
    node.head = *loaded;
    return "loaded";
  }

  const std::string folder =
      std::filesystem::temp_directory_path() / ("ishi_snapshot_known_" + std::to_string(getpid()));
  const std::string file = folder + "/near.snapshot";
  testing::FakeClock clock;
  testing::MemoryLog log{clock};
};

TEST_F(SnapshotKnows, WhatWasErasedBeyondItsPositionDoesNotCountAgain) {
  write_during_the_second();
  append(log, RecordErased{EventIndex(1), "request"});
  for (const bool gone : {false, true}) {
    if (gone) log.erase(EventIndex(1));
    Node node;
    EXPECT_EQ(load(node, log), "snapshot_of_another_log");
    ASSERT_TRUE(node.follow(log));
    EXPECT_EQ(node.notices_of_one(), 1U);
  }
}

TEST_F(SnapshotKnows, WhatIsErasedBetweenLoadingAndFollowingStopsTheNode) {
  write_during_the_second();
  Node node;
  ASSERT_EQ(load(node, log), "loaded");
  append(log, RecordErased{EventIndex(1), "request"});
  log.erase(EventIndex(1));
  const auto late = node.follow(log);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "erased_before_heard");
}

TEST_F(SnapshotKnows, OfEventsThatTheLogLostItIsRefused) {
  write_during_the_second();
  testing::MemoryLog put_back(clock);  // an older copy, that then went another way
  append(put_back, notice(1));
  Node node;
  EXPECT_EQ(load(node, put_back), "snapshot_of_another_log") << "it does not reach so far";
  append(put_back, NoticeGiven{numbered_token(2), "H", "R", "T", NoticeMethod::kHanded, CivilDate(20'002), ""});
  EXPECT_EQ(load(node, put_back), "snapshot_of_another_log") << "the second event is another one";
  EXPECT_EQ(load(node, log), "loaded");
  ASSERT_TRUE(node.follow(log));
  EXPECT_EQ(node.notices_of_one(), 2U);
}

TEST_F(SnapshotKnows, AfterARestartThePastStillSaysWhatWasErased) {
  append(log, notice(2));
  append(log, RecordErased{EventIndex(1), "request"});
  log.erase(EventIndex(1));
  Node before, after;
  ASSERT_TRUE(before.follow(log));
  ASSERT_EQ(before.people.erased_since(Position(2)), 1U);
  ASSERT_TRUE(write_snapshot(file, log, {&before.people}, before.policies, before.head, [] { return true; }));
  ASSERT_EQ(load(after, log), "loaded");
  EXPECT_EQ(after.people.erased_since(Position(2)), 1U);
  EXPECT_EQ(after.people.erased_since(Position(3)), 0U);
  append(log, RecordErased{EventIndex(1), "once more"});  // says nothing new
  EXPECT_TRUE(after.follow(log));
  EXPECT_FALSE(after.people.holds_what_was_erased());
  EXPECT_EQ(after.notices_of_one(), 1U);
}

}  // namespace
}  // namespace ishi::cache
