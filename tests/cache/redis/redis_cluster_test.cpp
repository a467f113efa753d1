// A cluster of three masters on loopback: shards spread over it, slots moved under load, a master replaced by its
// replica under load. Answers are those of the log throughout.
#include "cache/redis_cluster.h"

#include <sstream>

#include "tests/cache/redis/redis_world.h"
#include "tests/support/redis_cluster_instance.h"

namespace ishi::cache {
namespace {

class RedisClusterTest : public ::testing::Test {
 protected:
  void live_and_ask(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      world_.live(4);
      world_.follow();
      world_.ask_anything();
      ASSERT_FALSE(HasFatalFailure());
    }
  }
  std::uint64_t hits_of_one_question() {
    const std::uint64_t before = world_.node_->tier_.figures().hits;
    world_.ask_at(world_.node_->applied_.position);
    return world_.node_->tier_.figures().hits - before;
  }
  // Moves every key of a slot, as redis-cli does: announced on both sides first, so that in between some keys are
  // here and some there.
  void move_slot(std::uint16_t slot, std::size_t from, std::size_t to, bool ask_meanwhile) {
    const std::string number = std::to_string(slot);
    ASSERT_TRUE(servers_[to].command("CLUSTER SETSLOT " + number + " IMPORTING " + servers_.id_of(from)).starts_with("+OK"));
    ASSERT_TRUE(servers_[from].command("CLUSTER SETSLOT " + number + " MIGRATING " + servers_.id_of(to)).starts_with("+OK"));
    for (bool more = true; more;) {
      std::istringstream keys(servers_[from].command("CLUSTER GETKEYSINSLOT " + number + " 1"));
      std::string line;
      std::getline(keys, line);
      more = !line.starts_with("*0");
      if (!more) break;
      std::getline(keys, line), std::getline(keys, line);
      line.pop_back();
      const std::string moved = servers_[from].command("MIGRATE 127.0.0.1 " + std::to_string(servers_[to].port()) + " " + line + " 0 5000");
      ASSERT_TRUE(moved.starts_with("+")) << moved;
      if (ask_meanwhile) live_and_ask(1);
    }
    if (ask_meanwhile) live_and_ask(2);  // all over there, and asked for here: ASK
    for (const std::size_t server : {to, from})
      ASSERT_TRUE(servers_[server].command("CLUSTER SETSLOT " + number + " NODE " + servers_.id_of(to)).starts_with("+OK"));
  }

  testing::RedisClusterInstance servers_;
  RedisWorld world_{11, quick_settings(servers_.seeds(), true)};
};

TEST_F(RedisClusterTest, ShardsAreSpreadOverAllMasters) {
  live_and_ask(10);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
  for (std::size_t i = 0; i < servers_.kMasters; ++i) EXPECT_NE(servers_[i].command("DBSIZE"), ":0\r\n") << i;
}

TEST_F(RedisClusterTest, SlotsMoveUnderLoad) {
  live_and_ask(5);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  for (std::size_t shard = 0; shard < 3; ++shard) {
    move_slot(redis_shard_slot(shard), 0, 1 + shard % 2, true);
    ASSERT_FALSE(HasFatalFailure());
  }
  live_and_ask(5);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST_F(RedisClusterTest, ARequestIsSentOnToWhereItsSlotIsAndWhereItIsGoing) {
  const std::string key = "{" + redis_shard_tag(0) + "}x";
  const std::uint16_t slot = redis_shard_slot(0);
  const RedisCluster& cluster = world_.node_->tier_.cluster();
  const auto ask = [&](std::vector<std::string> command) {
    const RedisRequest request{slot, nullptr, {}, std::move(command)};
    auto replies = cluster.exchange({&request, 1});
    return replies.front() ? replies.front()->text : replies.front().error().code;
  };
  servers_.wait_for("the map", [&] { return ask({"SET", key, "1"}) == "OK"; });
  ASSERT_TRUE(servers_[2].command("CLUSTER SETSLOT " + std::to_string(slot) + " IMPORTING " + servers_.id_of(0)).starts_with("+OK"));
  ASSERT_TRUE(servers_[0].command("CLUSTER SETSLOT " + std::to_string(slot) + " MIGRATING " + servers_.id_of(2)).starts_with("+OK"));
  ASSERT_TRUE(servers_[0].command("MIGRATE 127.0.0.1 " + std::to_string(servers_[2].port()) + " " + key + " 0 5000").starts_with("+OK"));
  EXPECT_EQ(ask({"GET", key}), "1");  // ASK
  for (const std::size_t server : {2, 0})
    servers_[server].command("CLUSTER SETSLOT " + std::to_string(slot) + " NODE " + servers_.id_of(2));
  EXPECT_EQ(ask({"GET", key}), "1");  // MOVED
}

TEST_F(RedisClusterTest, AMasterIsReplacedUnderLoad) {
  live_and_ask(5);
  const std::size_t replica = servers_.add_replica_of(1);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  servers_[1].kill_hard();
  live_and_ask(3);  // a third of the shards is away
  servers_.take_over(replica);
  live_and_ask(5);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.figures().founded, kRedisShards);  // the replica had it all
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

}  // namespace
}  // namespace ishi::cache
