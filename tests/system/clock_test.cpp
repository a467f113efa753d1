// What clocks that are wrong can do, and how it is mended. The clock of one of two servers is stepped, forward and
// back, while a crowd objects and asks through both. While it differs from the database's by more than two seconds,
// that server answers nothing and takes nothing in; nothing in the log is dated by it, and no objection is ever "not
// yet".
#include <gtest/gtest.h>

#include <fstream>

#include "registry/ports/event_log.h"
#include "sql/log/pg_event_log.h"
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

struct AheadClock final : Clock {
  Timestamp now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(since).count()).plus_seconds(31 * 86'400);
  }
};

// A8: what a server of an earlier version did, which compared no clocks.
TEST(Clock, AnObjectionThatAWrongClockDatedBindsOnceTheLogIsHealed) {
  Stack stack(0.001);
  const auto server = stack.new_server();
  server->start();
  const auto ask = [&] {
    return stack.client(*server, "minister")
        ->send({.target = "/v1/filter?regime=EMR_SHARE&categories=RECEIPT&answer=reasons&dry_run=true",
                .content_type = "application/octet-stream",
                .body = "0123456789abcdef"})
        .value();
  };
  ASSERT_EQ(ask().status, 200);
  ASSERT_EQ(ask().body, std::string(1, '\0')) << "ALLOW";
  const AheadClock wrong;
  {
    const auto log = sql::make_pg_log({.connection_string = stack.database()}, wrong);
    const std::string bytes = "0123456789abcdef";
    Objection objection;
    objection.token = Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(bytes.data()), 16));
    objection.accepted_at = wrong.now();
    AppendRequest request;
    request.bodies = {objection};
    request.caller = "registry-ops";
    ASSERT_TRUE(log->append(std::move(request)));
  }
  const auto becomes = [&](int status) {
    for (int i = 0; i < 200 && ask().status != status; ++i) std::this_thread::sleep_for(50ms);
    return ask().status == status;
  };
  ASSERT_TRUE(becomes(503)) << "the log is ahead of time";
  EXPECT_EQ(status_of(stack, *server, "/readyz"), 503);
  const std::string heal = "audit heal --config " + stack.folder() + "/server1.toml ";
  const auto with_key = [&](const std::string& caller) {
    std::ofstream(stack.folder() + "/" + caller + ".key") << stack.key_of(caller) << "\n";
    return stack.run(heal + "--ground 'NTP was off' --key-file " + stack.folder() + "/" + caller + ".key");
  };
  EXPECT_EQ(stack.run("audit fsck --database '" + stack.database() + "'").status, 1);
  EXPECT_EQ(stack.run(heal + "--dry-run").status, 1);
  EXPECT_EQ(with_key("registry-ops").status, 2) << "it takes the two who hold the key";
  ASSERT_EQ(ask().status, 503);
  const Stack::Ran healed = with_key("keyholder");
  ASSERT_EQ(healed.status, 0) << healed.text;
  ASSERT_TRUE(becomes(200)) << ask().body;
  EXPECT_EQ(ask().body, std::string(1, '\1')) << "DENY_OPTOUT";
  EXPECT_EQ(status_of(stack, *server, "/readyz"), 200);
  server->kill_hard();
  server->start();
  EXPECT_EQ(ask().body, std::string(1, '\1')) << "also for a server that reads the log anew";
  const auto registered = stack.client(*server, "registry-ops")
                              ->send({.target = "/v1/objections",
                                      .content_type = "application/x-ndjson",
                                      .body = R"({"token":")" + std::string(32, 'a') + "\"}\n"});
  EXPECT_EQ(registered->status, 200) << registered->body;
  EXPECT_EQ(stack.run(heal + "--dry-run").status, 0) << "nothing is left to heal";
  const Stack::Ran looked = stack.run("audit rebuild --database '" + stack.database() + "'");
  EXPECT_EQ(looked.status, 0) << looked.text;
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
