// A cluster of three masters on loopback: shards spread over it, slots moved under load, a master replaced by its
// replica under load. Answers are those of the log throughout.
#include "cache/redis/redis_cluster.h"

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
    const std::uint64_t before = world_.node_->tier_.stats().hits;
    world_.ask_at(world_.node_->applied_.position);
    return world_.node_->tier_.stats().hits - before;
  }
  void move_slot(std::uint16_t slot, std::size_t from, std::size_t to) {
    servers_.announce_move(slot, from, to);
    for (const std::string& key : servers_.keys_of(slot, from)) {
      servers_.move_key(key, from, to);
      live_and_ask(1);
    }
    for (const std::string& key : servers_.keys_of(slot, from)) servers_.move_key(key, from, to);
    live_and_ask(2);  // all over there, and asked for here: ASK
    servers_.finish_move(slot, from, to);
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
    move_slot(redis_shard_slot(shard), 0, 1 + shard % 2);
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
  ASSERT_TRUE(servers_[2]
                  .command("CLUSTER SETSLOT " + std::to_string(slot) + " IMPORTING " + servers_.id_of(0))
                  .starts_with("+OK"));
  ASSERT_TRUE(servers_[0]
                  .command("CLUSTER SETSLOT " + std::to_string(slot) + " MIGRATING " + servers_.id_of(2))
                  .starts_with("+OK"));
  ASSERT_TRUE(servers_[0]
                  .command("MIGRATE 127.0.0.1 " + std::to_string(servers_[2].port()) + " " + key + " 0 5000")
                  .starts_with("+OK"));
  EXPECT_EQ(ask({"GET", key}), "1");  // ASK
  for (const std::size_t server : {2, 0})
    servers_[server].command("CLUSTER SETSLOT " + std::to_string(slot) + " NODE " + servers_.id_of(2));
  EXPECT_EQ(ask({"GET", key}), "1");  // MOVED
}

TEST_F(RedisClusterTest, AMasterIsReplacedUnderLoad) {
  live_and_ask(5);
  const std::size_t replica = servers_.add_replica_of(1);
  live_and_ask(1);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  servers_.wait_until_alike(1, replica);
  servers_[1].kill_hard();
  live_and_ask(3);  // a third of the shards is away
  servers_.take_over(replica);
  live_and_ask(5);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.stats().founded, kRedisShards);  // the replica had it all
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

// A slot is on its way when its master dies. The replica goes on without what was moved; the other side keeps that as
// it was then, under the same epoch. Old people must not come back by whatever the operator does next.
class HalfMoved : public RedisClusterTest {
 protected:
  void SetUp() override {
    std::array<std::uint8_t, 16> bytes{};  // of the first shard
    bytes[15] = 1;
    world_.tokens_[0] = Token(bytes);
    world_.append({NoticeGiven{world_.tokens_[0], sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded,
                               CivilDate::of(2026, 10, 1), ""}});
    live_and_ask(5);
    heir_ = servers_.add_replica_of(0);
    live_and_ask(1);
    ASSERT_TRUE(world_.node_->wait_until_in_step());
    servers_.announce_move(kSlot, 0, kGoal);
    move_people(0);
    servers_.wait_until_alike(0, heir_);
    servers_[0].kill_hard();
    servers_.take_over(heir_);
    ASSERT_TRUE(world_.node_->wait_until_in_step());
  }
  void move_people(std::size_t from) {
    for (const std::string& key : servers_.keys_of(kSlot, from))
      if (!key.ends_with("meta")) servers_.move_key(key, from, kGoal);
  }
  void move_books() {
    for (const std::string& key : servers_.keys_of(kSlot, heir_))
      if (key.ends_with("meta")) servers_.move_key(key, heir_, kGoal);
  }
  // A person objects, and a node that may have forgotten them writes it to Redis.
  void object(bool forgetful) {
    world_.node_ = std::make_unique<Node>(world_.log_, world_.settings_, forgetful);
    world_.follow();
    ASSERT_TRUE(world_.node_->wait_until_in_step());
    Objection made;
    made.token = world_.tokens_[0];
    made.accepted_at = jst_start_of(CivilDate::of(2026, 10, 1));
    world_.append({made});
    world_.follow();
    ASSERT_TRUE(world_.node_->wait_until_in_step());
  }
  void ask_often() {
    for (int i = 0; i < 20; ++i) world_.ask_at(world_.node_->applied_.position);
    EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
  }

  static constexpr std::size_t kGoal = 2;
  const unsigned kSlot = redis_shard_slot(0);
  std::size_t heir_ = 0;
};

TEST_F(HalfMoved, ABooksNewPlaceIsNotBelievedWhileOldPeopleAreThere) {
  object(false);
  servers_.announce_move(kSlot, heir_, kGoal);
  move_books();
  ask_often();
  move_people(heir_);
  servers_.finish_move(kSlot, heir_, kGoal);
  ask_often();
}

TEST_F(HalfMoved, WhoWasForgottenMeanwhileDoesNotComeBackWithTheMove) {
  object(true);
  servers_.announce_move(kSlot, heir_, kGoal);
  move_people(heir_);
  move_books();
  servers_.finish_move(kSlot, heir_, kGoal);
  ask_often();
}

TEST_F(HalfMoved, WhoWasForgottenMeanwhileDoesNotComeBackByItself) {
  object(true);
  servers_.move_back(kSlot, kGoal, heir_);
  ask_often();
}

}  // namespace
}  // namespace ishi::cache
