// The clock of one of two servers is stepped, forward and back, while a crowd objects and asks through both. While it
// differs from the database's by more than two seconds, that server answers nothing and takes nothing in; nothing in
// the log is dated by it, and no objection is ever "not yet".
#include <gtest/gtest.h>

#include <fstream>

#include "tests/system/crowd.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;

void set_clock(const std::string& file, std::int64_t seconds_off) {
  std::fstream clock(file, std::ios::in | std::ios::out | std::ios::binary);
  clock.write(reinterpret_cast<const char*>(&seconds_off), sizeof seconds_off);
}

int status_of(const Stack& stack, const Stack::Server& server, const std::string& target) {
  const auto reply = stack.client(server, "")->send({.method = "GET", .target = target});
  return reply ? reply->status : 0;
}

TEST(Clock, SteppedForwardAndBackChangesNobodysAnswer) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  Stack stack(0.001);
  const std::string clock = stack.folder() + "/clock";
  std::ofstream(clock) << std::string(8, '\0');
  const auto stepped = stack.new_server(), true_to_time = stack.new_server();
  stepped->take_time_from(clock);
  stepped->start();
  true_to_time->start();
  Crowd crowd(stack, {stepped.get(), true_to_time.get()},
              {.people = 300, .writers = 2, .batch_askers = 2, .single_askers = 2, .seed = seed});
  crowd.start();
  constexpr std::int64_t kHour = 3'600, kDay = 24 * kHour;
  for (const std::int64_t off : {std::int64_t{0}, -kDay, kHour, std::int64_t{0}, -kHour, 31 * kDay, std::int64_t{0}}) {
    set_clock(clock, off);
    std::this_thread::sleep_for(full_hunt() ? 10s : 2s);
    EXPECT_EQ(status_of(stack, *true_to_time, "/readyz"), 200);
    int ready = 0;
    for (int i = 0; i < 100 && (ready = status_of(stack, *stepped, "/readyz")) != (off == 0 ? 200 : 503); ++i)
      std::this_thread::sleep_for(50ms);
    EXPECT_EQ(ready, off == 0 ? 200 : 503) << off;
  }
  crowd.stop();

  const WishVerdict found = crowd.history().judge();
  for (const std::string& example : found.examples) ADD_FAILURE() << example;
  for (const std::string& surprise : crowd.surprises()) ADD_FAILURE() << surprise;
  EXPECT_TRUE(found.linearizable());
  EXPECT_GT(found.writes, 100U);
  const auto count = [&](const std::string& query) {
    return std::stoll(stack.postgres().sql(stack.database(), query));
  };
  EXPECT_EQ(count("select count(*) from (select registered_at - lag(registered_at) over (order by index) as step from "
                  "ishi.event) as steps where step < 0"),
            0);
  // Nothing is stamped by the clock that was wrong.
  EXPECT_LE(count("select max(registered_at) / 1000000 - extract(epoch from now())::bigint from ishi.event"), 2);
  EXPECT_GE(count("select min(registered_at) / 1000000 - extract(epoch from now())::bigint from ishi.event"), -600);
  const Stack::Ran looked = stack.run("audit fsck --database '" + stack.database() + "'");
  EXPECT_EQ(looked.status, 0) << looked.text;
}

}  // namespace
}  // namespace ishi::testing
