// A cluster of three masters on loopback: shards spread over it, slots moved under load, a master replaced by its
// replica under load. Answers are those of the log throughout.
#include "cache/redis_cluster.h"

#include <set>
#include <sstream>

#include "tests/cache/redis/redis_world.h"
#include "tests/support/redis_instance.h"

namespace ishi::cache {
namespace {

class Servers {
 public:
  static constexpr int kMasters = 3;
  Servers() {
    for (int i = 0; i < kMasters; ++i) {
      servers_.push_back(std::make_unique<testing::RedisInstance>(testing::RedisInstance::Options{true, {}}));
      const int first = kRedisSlots * i / kMasters, last = kRedisSlots * (i + 1) / kMasters - 1;
      servers_[static_cast<std::size_t>(i)]->command("CLUSTER ADDSLOTSRANGE " + std::to_string(first) + " " + std::to_string(last));
      servers_[static_cast<std::size_t>(i)]->command("CLUSTER SET-CONFIG-EPOCH " + std::to_string(i + 1));
      if (i > 0) meet(*servers_[static_cast<std::size_t>(i)]);
    }
    wait_for("all slots", [&] {
      for (const auto& server : servers_)
        if (server->command("CLUSTER INFO").find("cluster_state:ok") == std::string::npos ||
            server->command("CLUSTER SLOTS").rfind("*3", 0) != 0)
          return false;
      return true;
    });
  }
  testing::RedisInstance& operator[](std::size_t i) { return *servers_[i]; }
  std::string seeds() const { return servers_[0]->address() + "," + servers_[1]->address(); }
  std::string id_of(std::size_t i) const {
    const std::string reply = servers_[i]->command("CLUSTER MYID");
    return reply.substr(reply.find("\r\n") + 2, 40);
  }
  std::size_t add_replica_of(std::size_t master) {
    servers_.push_back(std::make_unique<testing::RedisInstance>(testing::RedisInstance::Options{true, {}}));
    meet(*servers_.back());
    const std::string id = id_of(master);
    wait_for("the replica", [&] { return servers_.back()->command("CLUSTER REPLICATE " + id).starts_with("+OK"); });
    wait_for("its copy", [&] { return servers_.back()->command("INFO replication").find("master_link_status:up") != std::string::npos; });
    return servers_.size() - 1;
  }
  template <typename Done>
  static void wait_for(const char* what, Done&& done) {
    for (int i = 0; i < 3'000; ++i) {
      if (done()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error(std::string("never came: ") + what);
  }

 private:
  void meet(testing::RedisInstance& server) {
    server.command("CLUSTER MEET 127.0.0.1 " + std::to_string(servers_.front()->port()));
  }
  std::vector<std::unique_ptr<testing::RedisInstance>> servers_;
};

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

  Servers servers_;
  RedisWorld world_{11, quick_settings(servers_.seeds(), true)};
};

TEST_F(RedisClusterTest, ShardsAreSpreadOverAllMasters) {
  live_and_ask(10);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
  for (std::size_t i = 0; i < Servers::kMasters; ++i) EXPECT_NE(servers_[i].command("DBSIZE"), ":0\r\n") << i;
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
  Servers::wait_for("the map", [&] { return ask({"SET", key, "1"}) == "OK"; });
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
  Servers::wait_for("the takeover", [&] { return servers_[replica].command("CLUSTER FAILOVER TAKEOVER").starts_with("+OK"); });
  Servers::wait_for("the master", [&] { return servers_[replica].command("INFO replication").find("role:master") != std::string::npos; });
  live_and_ask(5);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.figures().founded, kRedisShards);  // the replica had it all
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

}  // namespace
}  // namespace ishi::cache
