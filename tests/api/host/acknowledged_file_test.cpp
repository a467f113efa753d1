// What a server has acknowledged survives its death, a torn write and nobody else's hand.
#include "api/host/acknowledged_file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api/host/system_clock.h"

namespace ishi::api {
namespace {

constexpr std::size_t kPlaceBytes = 4'096;

struct Acknowledging : ::testing::Test {
  Acknowledging() : path(::testing::TempDir() + "acknowledged." + std::to_string(::getpid())) {
    std::filesystem::remove(path);
  }
  ~Acknowledging() override { std::filesystem::remove(path); }
  std::unique_ptr<AcknowledgedFile> open() const {
    auto file = AcknowledgedFile::open(path);
    EXPECT_TRUE(file) << file.error().detail;
    return file ? *std::move(file) : nullptr;
  }
  static Acknowledged at(std::uint64_t position) {
    Acknowledged acknowledged{Position(position), {}};
    acknowledged.commitment.fill(static_cast<std::uint8_t>(position));
    return acknowledged;
  }
  void tear(unsigned place) const {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(place * kPlaceBytes + 10));
    file.write("torn", 4);
  }
  const std::string path;
};

TEST_F(Acknowledging, IsThereForWhoeverOpensItNext) {
  {
    const auto first = open();
    EXPECT_FALSE(first->existed());
    EXPECT_EQ(first->last().position, Position());
    for (const std::uint64_t position : {3U, 7U, 8U}) ASSERT_TRUE(first->remember(at(position)));
  }
  const auto second = open();
  EXPECT_TRUE(second->existed());
  EXPECT_EQ(second->last().position, Position(8));
  EXPECT_EQ(second->last().commitment, at(8).commitment);
  EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

TEST_F(Acknowledging, NeverGoesBack) {
  const auto file = open();
  ASSERT_TRUE(file->remember(at(5)));
  ASSERT_TRUE(file->remember(at(4)));
  EXPECT_EQ(file->last().position, Position(5));
  EXPECT_EQ(file->last().commitment, at(5).commitment);
}

TEST_F(Acknowledging, ATornWriteCostsOnlyTheLastWord) {
  for (unsigned round = 0; round < 16; ++round) {
    const std::uint64_t count = 1 + round / 4;
    const unsigned torn_place = round % 2;
    const bool restarts = round / 2 % 2 == 1;  // before each word
    std::filesystem::remove(path);
    {
      auto file = open();
      for (std::uint64_t i = 1; i <= count; ++i) {
        if (restarts) file.reset();
        if (restarts) file = open();
        ASSERT_TRUE(file->remember(at(i)));
      }
    }
    tear(torn_place);
    const auto after = open();
    EXPECT_GE(after->last().position.events() + 1, count) << round;
    EXPECT_LE(after->last().position.events(), count) << round;
    ASSERT_TRUE(after->remember(at(count + 1)));
    EXPECT_EQ(after->last().position, Position(count + 1));
  }
}

TEST_F(Acknowledging, WithBothPlacesTornItIsNotTakenForANewOne) {
  ASSERT_TRUE(open()->remember(at(5)));
  tear(0);
  tear(1);
  const auto damaged = AcknowledgedFile::open(path);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, "memory_damaged");
}

TEST_F(Acknowledging, HasOneOwnerAtATime) {
  const auto first = open();
  const auto second = AcknowledgedFile::open(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "memory_in_use");
}

struct SetClock final : Clock {
  Timestamp now() const override { return time; }
  Timestamp time;
};

TEST(BoundedClock, FollowsItsOwnNoFurtherThanItMay) {
  SetClock own;
  std::optional<Timestamp> there;
  BoundedClock clock(own, std::chrono::seconds(2));
  clock.follow([&] { return there; });
  own.time = Timestamp(100'000'000);
  EXPECT_EQ(clock.now(), own.time) << "nothing else is known";
  there = Timestamp(101'000'000);
  EXPECT_EQ(clock.now(), own.time);
  own.time = Timestamp(900'000'000);
  EXPECT_EQ(clock.now(), Timestamp(103'000'000));
  own.time = Timestamp(1);
  EXPECT_EQ(clock.now(), Timestamp(99'000'000));
}

}  // namespace
}  // namespace ishi::api
