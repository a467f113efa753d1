// PostgreSQL fails over: every commit waits for a standby, the primary is lost for good, the standby is promoted.
// Servers that name both in their connection string find the new primary by themselves. Nothing acknowledged is lost,
// and no ALLOW comes after an acknowledged objection.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/system/crowd.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;

std::uint64_t answered_since(const std::vector<Attempt>& attempts, Nanoseconds since) {
  return static_cast<std::uint64_t>(std::count_if(attempts.begin(), attempts.end(),
                                                  [&](const Attempt& one) { return one.answered && one.at > since; }));
}

TEST(PostgresFailover, ServersFindThePromotedStandbyAndNothingAcknowledgedIsLost) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  Stack stack(0.001);
  PostgresInstance standby({.standby_of = &stack.postgres(), .name = "near_by"});
  stack.postgres().wait_for_standbys("near_by");
  const std::string first = stack.database(), rest = first.substr(first.find(' '));
  const std::string at_standby = "host=" + standby.folder() + rest;
  stack.reach_database_by("host=" + stack.postgres().folder() + "," + standby.folder() + rest +
                          " target_session_attrs=read-write");

  const auto reads_heads_from_standby =
      stack.new_server("", "connection = \"" + stack.database() + "\"\nstandby_connection = \"" + at_standby + "\"\n");
  const auto other = stack.new_server();
  reads_heads_from_standby->start();
  other->start();
  Crowd crowd(stack, {reads_heads_from_standby.get(), other.get()},
              {.people = 400, .writers = 3, .batch_askers = 2, .single_askers = 2, .seed = seed});
  crowd.start();
  std::this_thread::sleep_for(2s);
  const Nanoseconds lost = steady_now();
  stack.postgres().kill_hard();
  std::this_thread::sleep_for(500ms);
  standby.promote();
  const Nanoseconds promoted = steady_now();
  std::this_thread::sleep_for(full_hunt() ? 20s : 4s);
  other->kill_hard();  // a server can also be started anew with the old configuration
  other->start();
  crowd.server_is_at(1, other->url());
  const Nanoseconds restarted = steady_now();
  std::this_thread::sleep_for(1s);
  crowd.stop();

  const WishVerdict found = crowd.history().judge();
  for (const std::string& example : found.examples) ADD_FAILURE() << example;
  for (const std::string& surprise : crowd.surprises()) ADD_FAILURE() << surprise;
  EXPECT_TRUE(found.linearizable());
  EXPECT_GT(answered_since(crowd.reads(), promoted), 0U);
  EXPECT_GT(answered_since(crowd.writes(), promoted), 0U);
  EXPECT_GT(answered_since(crowd.reads(), restarted), 0U);

  // The new primary's log is whole, and holds every event that anybody was told of.
  const std::uint64_t size = std::stoull(standby.sql(at_standby, "select count(*) from ishi.event"));
  std::uint64_t told_before = 0;
  for (const WishWrite& write : crowd.written()) {
    EXPECT_LT(write.event, size);
    told_before += write.acknowledged < lost;
  }
  EXPECT_GT(told_before, 0U);
  const Stack::Ran looked = stack.run("audit fsck --database '" + at_standby + "'");
  EXPECT_EQ(looked.status, 0) << looked.text;
  const Availability reads = availability(crowd.reads(), lost, restarted),
                     writes = availability(crowd.writes(), lost, restarted);
  std::printf(
      "%lu checks, %lu writes; promoted %.1f s after the loss; nobody was answered for %.1f s, nobody could write for "
      "%.1f s\n",
      static_cast<unsigned long>(found.checks), static_cast<unsigned long>(found.writes),
      static_cast<double>(promoted - lost) / 1e9, static_cast<double>(reads.longest_gap) / 1e9,
      static_cast<double>(writes.longest_gap) / 1e9);
}

}  // namespace
}  // namespace ishi::testing
