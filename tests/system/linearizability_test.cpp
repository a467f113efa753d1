// Three servers, and faults. An objector is told so by one server; from then on no server may say ALLOW until a
// withdrawal has been asked for. Judged afterwards over everything anybody was told.
#include <gtest/gtest.h>

#include "tests/support/redis_instance.h"
#include "tests/system/cluster_faults.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;

void append(std::vector<Fault>& list, const std::vector<Fault>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

std::vector<Fault> redis_faults(RedisInstance& redis) {
  return {
      {"Redis emptied", [&] { redis.command("FLUSHALL"); }, [] {}, 500ms},
      {"Redis frozen", [&] { redis.freeze(); }, [&] { redis.thaw(); }, 1s},
      {"Redis killed", [&] { redis.kill_hard(); }, [&] { redis.start(); }, 500ms},
      {"Redis restored from old", [&] { redis.restore("old"); }, [] {}, 500ms},
  };
}

void expect_linearizable(const Hunt& hunt, std::uint64_t checks_min, std::uint64_t writes_min) {
  const WishVerdict found = hunt.crowd().history().judge();
  hunt.report();
  std::printf(
      "%lu checks, %lu acknowledged writes: %lu stale ALLOW, %lu stale DENY, %lu not as the log says, %lu went back, "
      "%lu from the future, %lu malformed\n",
      static_cast<unsigned long>(found.checks), static_cast<unsigned long>(found.writes),
      static_cast<unsigned long>(found.stale_allows), static_cast<unsigned long>(found.stale_denials),
      static_cast<unsigned long>(found.not_at_position), static_cast<unsigned long>(found.went_back),
      static_cast<unsigned long>(found.from_the_future), static_cast<unsigned long>(found.malformed));
  if (!found.linearizable()) hunt.tell_when();
  for (const std::string& example : found.examples) ADD_FAILURE() << example;
  for (const std::string& surprise : hunt.crowd().surprises()) ADD_FAILURE() << surprise;
  EXPECT_TRUE(found.linearizable());
  EXPECT_EQ(found.stale_allows, 0U);
  EXPECT_GE(found.checks, checks_min);
  EXPECT_GE(found.writes, writes_min);
}

TEST(ThreeServers, NoAllowAfterAnAcknowledgedObjectionWhateverFails) {
  const std::uint64_t seed = seed_of_this_run();
  std::printf("ISHI_SEED=%lu\n", static_cast<unsigned long>(seed));
  RedisInstance redis;
  Hunt hunt({.seed = seed, .redis = Stack::redis_section(redis.address()), .people = full_hunt() ? 2'000U : 1'200U});
  hunt.run(
      {steps(1, 4), steps(0, 10'000'000)}, [&] { redis.dump("old"); },
      [&] {
        std::vector<Fault> list = hunt.server_faults();
        append(list, hunt.database_faults());
        append(list, redis_faults(redis));
        append(list, hunt.network_faults());
        return list;
      });
  expect_linearizable(hunt, steps(50'000, 10'000'000), steps(100, 1'000));
}

// The second server knows too few people to answer from memory; what it says comes from the cluster or from the log.
TEST(ThreeServers, NoAllowAfterAnAcknowledgedObjectionWhateverFailsInARedisCluster) {
  const std::uint64_t seed = seed_of_this_run();
  std::printf("ISHI_SEED=%lu\n", static_cast<unsigned long>(seed));
  RedisClusterInstance redis({.node_timeout_ms = 800, .replicas = true});
  Hunt hunt({.seed = seed, .redis = Stack::redis_section(redis.seeds(), true), .people = 3'000});
  ClusterFaults cluster(redis, hunt, seed);
  hunt.run(
      {steps(1, 4), steps(0, 10'000'000)}, [&] { cluster.remember(); },
      [&] {
        std::vector<Fault> list = cluster.list();
        if (full_hunt()) append(list, hunt.server_faults());
        if (full_hunt()) append(list, hunt.network_faults());
        return list;
      });
  std::printf("%.0f people answered from Redis by the second server\n", hunt.answered_from_redis());
  EXPECT_GT(hunt.answered_from_redis(), 1'000);
  if (!hunt.given_up().empty())
    std::printf("the cluster did not heal, and the faults ended: %s\n", hunt.given_up().c_str());
  EXPECT_GE(hunt.faults_done(), 3U) << "no hunt without a failover";
  EXPECT_TRUE(hunt.given_up().empty() || !full_hunt()) << "a full hunt is one with every fault";
  expect_linearizable(hunt, steps(50'000, 10'000'000), steps(100, 1'000));
}

// That a hunt can find something: the same crowd, content with answers that are a minute old, gets old ones.
TEST(ThreeServers, StaleAnswersAreFoundWhereTheyWereAskedFor) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  RedisInstance redis;
  Hunt hunt({.seed = seed, .redis = Stack::redis_section(redis.address()), .staleness_max = "60"});
  hunt.run_with_the_network_cut(8s);
  const WishVerdict found = hunt.crowd().history().judge();
  EXPECT_GT(found.stale_allows, 0U);
  EXPECT_GT(found.went_back, 0U);
  EXPECT_EQ(found.not_at_position, 0U) << "old, but never other than the log was at the Position they name";
}

}  // namespace
}  // namespace ishi::testing
