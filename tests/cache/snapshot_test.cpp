// Snapshots: written while events go on being applied, between any two of their pieces, put back, and followed from
// their Position, they say what the log says. What is damaged, cut off, of another log, of another make or older than
// an erasure is refused, and leaves nothing behind.
#include "cache/snapshot/snapshot.h"
#include "cache/near/projection.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "cache/follow/status_reader.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/random_world.h"
#include "tests/support/sample_book.h"

namespace ishi::cache {
namespace {

constexpr NearLimits kSmall{.people_max = 64};
constexpr Timestamp kAfterEverything(4'102'444'800'000'000);

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("ishi_snapshot_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return (path_ / "near.snapshot").string(); }

 private:
  std::filesystem::path path_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), law_(seed), log_(clock_) {}
  void live(std::uint64_t events) {
    for (; events > 0; --events) {
      EventBody body = law_.event(events_.size());
      while (std::holds_alternative<RecordErased>(body)) body = law_.event(events_.size());
      ASSERT_TRUE(log_.append({.bodies = {std::move(body)}, .caller = "test"}).has_value());
      events_.push_back(log_.read(EventIndex(events_.size()), 1)->front());
    }
  }
  // Applies up to `count` more events, in batches.
  void follow(Projection& people, Head& head, std::size_t count) {
    while (count > 0 && head.position.events() < events_.size()) {
      const std::size_t from = head.position.events();
      const std::size_t batch = std::min({count, std::size_t{1} + random_() % 3, events_.size() - from});
      ASSERT_TRUE(people.apply(log_, {events_.data() + from, batch}).has_value());
      head = {Position(from + batch), events_[from + batch - 1].event.registered_at};
      count -= batch;
    }
  }
  void compare(const Projection& people, const Head& head) {
    Population plain;
    for (std::size_t i = 0; i < head.position.events(); ++i) plain.apply(events_[i].index, events_[i].event);
    for (int i = 0; i < 60; ++i) {
      const Token token = law_.asked().exact;
      const auto wanted = plain.find(token);
      PersonStatus got;
      const Projection::Seen seen = people.find(head.position, token, got);
      if (seen == Projection::Seen::kStale) continue;  // the log is asked
      ++compared_;
      ASSERT_EQ(seen == Projection::Seen::kFound, wanted.has_value());
      if (!wanted) continue;
      got.as_of = wanted->as_of;
      ASSERT_EQ(got, *wanted);
    }
  }

  std::mt19937_64 random_;
  twin::RandomWorld law_;
  testing::FakeClock clock_{kAfterEverything, 3};
  testing::MemoryLog log_;
  std::vector<StoredEvent> events_;
  PolicyHistory policies_;
  std::size_t compared_ = 0;
};

TEST(Snapshot, WrittenWhileEventsGoOnItSaysWhatTheLogSays) {
  const char* given = std::getenv("ISHI_SEED");
  const std::uint64_t first_seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  const char* hunt = std::getenv("ISHI_HUNT_WORLDS");
  const std::uint64_t worlds = hunt ? std::strtoull(hunt, nullptr, 10) : 60;
  std::cout << "ISHI_SEED=" << first_seed << "\n";
  const Folder folder;
  std::size_t compared = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + worlds; ++seed) {
    SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
    World world(seed);
    world.live(60);
    Projection people(kSmall);
    Head head;
    world.follow(people, head, 10 + seed % 30);
    const Head from = head;
    const auto meanwhile = [&] {
      if (world.random_() % 6 == 0) world.follow(people, head, 1);
      return true;
    };
    ASSERT_TRUE(write_snapshot(folder.file(), world.log_, {&people}, world.policies_, from, meanwhile, 1).has_value());
    Projection restored(kSmall);
    PolicyHistory policies;
    auto back = load_snapshot(folder.file(), world.log_, {&restored}, policies);
    ASSERT_TRUE(back.has_value()) << back.error().detail;
    ASSERT_EQ(*back, from);
    world.follow(restored, *back, head.position.events() - back->position.events());
    for (int more = 0; more < 3; ++more) {
      world.compare(restored, *back);
      world.follow(restored, *back, 4);
      if (::testing::Test::HasFatalFailure()) return;
    }
    compared += world.compared_;
  }
  EXPECT_GT(compared, worlds * 30);
}

TEST(Snapshot, AFlippedBitAnywhereIsRefusedAndLeavesNothingBehind) {
  const Folder folder;
  World world(7);
  world.live(40);
  Projection people(kSmall);
  Head head;
  world.follow(people, head, 40);
  ASSERT_TRUE(
      write_snapshot(folder.file(), world.log_, {&people}, world.policies_, head, [] { return true; }).has_value());
  struct stat state {};
  ASSERT_EQ(stat(folder.file().c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600U);
  const std::string whole = bytes_of(folder.file());
  Projection restored(kSmall);
  PolicyHistory policies;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    write_bytes(folder.file(), damaged);
    ASSERT_FALSE(load_snapshot(folder.file(), world.log_, {&restored}, policies).has_value()) << "byte " << at;
    ASSERT_EQ(restored.stats().tokens + restored.stats().terms + restored.stats().in_overflow, 0U) << "byte " << at;
    if (at > 400) at += 6;
  }
  for (std::size_t length = 0; length < whole.size(); length += 1 + length / 50) {
    write_bytes(folder.file(), whole.substr(0, length));
    ASSERT_FALSE(load_snapshot(folder.file(), world.log_, {&restored}, policies).has_value()) << length << " bytes";
  }
  write_bytes(folder.file(), whole + '\0');
  EXPECT_EQ(load_snapshot(folder.file(), world.log_, {&restored}, policies).error().code, "snapshot_damaged");
  write_bytes(folder.file(), whole);
  EXPECT_TRUE(load_snapshot(folder.file(), world.log_, {&restored}, policies).has_value());
  EXPECT_EQ(restored.stats().tokens, people.stats().tokens);
}

TEST(Snapshot, OfAnotherLogOrAnotherMakeIsRefused) {
  const Folder folder;
  World world(8);
  world.live(40);
  Projection people(kSmall);
  Head head;
  world.follow(people, head, 30);
  ASSERT_TRUE(
      write_snapshot(folder.file(), world.log_, {&people}, world.policies_, head, [] { return true; }).has_value());
  const auto code_with = [&](const EventLog& log, NearLimits limits) {
    Projection restored(limits);
    PolicyHistory policies;
    const auto loaded = load_snapshot(folder.file(), log, {&restored}, policies);
    return loaded ? std::string("loaded") : loaded.error().code;
  };
  EXPECT_EQ(code_with(world.log_, kSmall), "loaded");
  World other(9);
  other.live(40);
  EXPECT_EQ(code_with(other.log_, kSmall), "snapshot_of_another_log");
  // A copy of the log from before, which then went another way.
  const testing::FakeClock same_clock(kAfterEverything, 3);
  testing::MemoryLog forked(same_clock), shorter(same_clock);
  for (std::size_t i = 0; i < 40; ++i) {
    const EventBody& body = i == 29 ? world.events_[28].event.body : world.events_[i].event.body;
    ASSERT_TRUE(forked.append({.bodies = {body}, .caller = "test"}).has_value());
    if (i >= 29) continue;
    ASSERT_TRUE(shorter.append({.bodies = {body}, .caller = "test"}).has_value());
  }
  EXPECT_EQ(code_with(forked, kSmall), "snapshot_of_another_log");
  EXPECT_EQ(code_with(shorter, kSmall), "snapshot_of_another_log");
  EXPECT_EQ(code_with(world.log_, {.people_max = 6'400}), "snapshot_of_another_make");
  EXPECT_EQ(code_with(world.log_, {.people_max = 64, .evict = true}), "snapshot_of_another_make");
  ASSERT_TRUE(world.log_.append({.bodies = {RecordErased{EventIndex(5), "test"}}, .caller = "test"}).has_value());
  EXPECT_EQ(code_with(world.log_, kSmall), "snapshot_of_another_log");
  std::filesystem::remove(folder.file());
  EXPECT_EQ(code_with(world.log_, kSmall), "snapshot_missing");
}

TEST(Snapshot, NoneIsWrittenOfWhatWasErased) {
  const Folder folder;
  World world(10);
  world.live(20);
  Projection people(kSmall);
  Head head;
  world.follow(people, head, 20);
  ASSERT_TRUE(
      write_snapshot(folder.file(), world.log_, {&people}, world.policies_, head, [] { return true; }).has_value());
  ASSERT_TRUE(world.log_.append({.bodies = {RecordErased{EventIndex(5), "test"}}, .caller = "test"}).has_value());
  world.events_.push_back(world.log_.read(EventIndex(20), 1)->front());
  world.follow(people, head, 1);
  EXPECT_FALSE(
      write_snapshot(folder.file(), world.log_, {&people}, world.policies_, head, [] { return true; }).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder.file()));
}

TEST(Snapshot, TheKeeperWritesTheLastOneAtTheEndAndNoneTwice) {
  const Folder folder;
  World world(11);
  world.live(20);
  Projection people(kSmall);
  Head head;
  world.follow(people, head, 20);
  FreshnessBarrier barrier;
  barrier.announce(head);
  std::vector<Position> written;
  for (int again = 0; again < 2; ++again) {
    SnapshotKeeper keeper(folder.file(), std::chrono::hours(1), world.log_, {&people}, world.policies_, barrier,
                          [&](const Result<SnapshotKeeper::Written>& result) {
                            ASSERT_TRUE(result.has_value()) << result.error().detail;
                            written.push_back(result->head.position);
                          });
    keeper.start(again == 0 ? Position() : head.position);
    keeper.stop();
  }
  EXPECT_EQ(written, std::vector<Position>{head.position});
  EXPECT_FALSE(std::filesystem::exists(folder.file() + ".new"));
}

}  // namespace
}  // namespace ishi::cache
