// The Redis tier against a real, private redis-server: what it answers is what the plain fold of the log says, at every
// Position, whatever is done to Redis; and what it does not know it leaves out. ISHI_SEED repeats a run.
#include "cache/shared/redis_cache.h"

#include "tests/cache/redis/redis_world.h"
#include "tests/support/redis_instance.h"

namespace ishi::cache {
namespace {

std::uint64_t environment_or(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Everything that happens to a Redis, one at a time. Returns what it was.
std::string hurt(testing::RedisInstance& redis, RedisWorld& world, bool& dumped) {
  switch (world.random_() % 10) {
    case 0: redis.command("FLUSHALL"); return "flushed";
    case 1:
      redis.dump("kept.rdb");
      dumped = true;
      return "dumped";
    case 2:
      if (!dumped) return "nothing";
      redis.restore("kept.rdb");
      return "an old dump restored";
    case 3:
      redis.kill_hard();
      redis.start();
      return "killed and started again";
    case 4: redis.command("SCRIPT FLUSH"); return "scripts forgotten";
    case 5:
      redis.command("DEL ishi:{" + redis_shard_tag(world.random_() % kRedisShards) + "}meta");
      return "a shard's books lost";
    case 6:
      redis.command("HDEL ishi:{" + redis_shard_tag(world.random_() % kRedisShards) + "}meta " +
                    (world.chance(50) ? "floor" : "applied"));
      return "half of a shard's books lost";
    case 7: {
      const std::string key = redis.command("RANDOMKEY");
      const std::size_t begin = key.find("\r\n") + 2;
      if (key.starts_with("$-1")) return "nothing";
      redis.command("DEL " + key.substr(begin, key.find("\r\n", begin) - begin));
      return "a key evicted";
    }
    case 8: redis.command("CLIENT KILL TYPE normal"); return "connections cut";
    default: world.restart_node(); return "the node restarted";
  }
}

TEST(RedisCache, SaysWhatTheLogSaysWhateverHappensToRedis) {
  const std::uint64_t seed = environment_or("ISHI_SEED", std::random_device{}());
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  RedisCache::Stats sum;
  for (std::uint64_t number = 0; number < environment_or("ISHI_HUNT_WORLDS", 4); ++number) {
    testing::RedisInstance redis;
    RedisWorld world(seed + number, quick_settings(redis.address()));
    bool dumped = false;
    std::string story;
    for (int step = 0; step < 60; ++step) {
      world.live(1 + static_cast<int>(world.random_() % 6));
      if (world.chance(30)) story += hurt(redis, world, dumped) + ", ";
      world.follow();
      const bool waits = world.chance(40);
      ASSERT_TRUE(!waits || world.node_->wait_until_in_step()) << story;
      world.ask_anything();
      if (world.chance(30)) story += hurt(redis, world, dumped) + ", ";
      world.ask_anything();
      if (::testing::Test::HasFatalFailure()) FAIL() << "world " << number << " step " << step << ": " << story;
      const auto stats = world.node_->tier_.stats();
      sum.hits = std::max(sum.hits, stats.hits);
      sum.fills = std::max(sum.fills, stats.fills);
    }
  }
  EXPECT_GT(sum.hits, 100U);
}

class RedisCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.live(60);
    world_.follow();
    ASSERT_TRUE(world_.node_->wait_until_in_step());
  }
  std::uint64_t hits() const { return world_.node_->tier_.stats().hits; }
  std::uint64_t hits_of_one_question() {
    const std::uint64_t before = hits();
    world_.ask_at(world_.node_->applied_.position);
    return hits() - before;
  }

  testing::RedisInstance redis_;
  RedisWorld world_{7, quick_settings(redis_.address())};
};

TEST_F(RedisCacheTest, KnowsEverybodyItWasToldOf) {
  std::size_t known = 0;
  Population plain;
  for (const StoredEvent& stored : world_.events_) plain.apply(stored.index, stored.event);
  for (const Token& token : world_.tokens_) known += plain.find(token) ? 1 : 0;
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() == 2 * known; }));  // decide_all and find_many
}

TEST_F(RedisCacheTest, AFrozenRedisCostsItsDeadlineOnceAndIsTakenBackWhenItAnswers) {
  redis_.freeze();
  EXPECT_EQ(hits_of_one_question(), 0U);
  EXPECT_GT(world_.node_->tier_.stats().skipped, 0U);
  world_.live(20);
  world_.follow();
  EXPECT_EQ(hits_of_one_question(), 0U);
  while (world_.node_->tier_.stats().errors == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  redis_.thaw();
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST_F(RedisCacheTest, ALostRedisIsFilledAgainByTheFollowerAndByAnswers) {
  redis_.command("FLUSHALL");
  EXPECT_TRUE(eventually([&] {  // the first question to meet it empty makes it be founded
    hits_of_one_question();
    return world_.node_->follower_.stats().founded == 2 * kRedisShards;
  }));
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] {
    world_.ask_at(world_.node_->applied_.position);
    return world_.node_->tier_.stats().fills > 0;
  }));
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST_F(RedisCacheTest, AnOldDumpIsCaughtUpFromTheLog) {
  redis_.dump("old.rdb");
  world_.live(200);
  world_.follow();
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  world_.node_ = nullptr;
  redis_.restore("old.rdb");
  world_.node_ = std::make_unique<Node>(world_.log_, quick_settings(redis_.address()));
  world_.node_->follow(1'000);
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.stats().founded, 0U);
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST_F(RedisCacheTest, ADumpOfAnotherRegistrysLogIsNotBelieved) {
  redis_.dump("other.rdb");
  RedisWorld other(8, quick_settings(redis_.address()));
  other.live(200);  // longer than the first, and stamped otherwise
  other.follow();
  ASSERT_TRUE(other.node_->wait_until_in_step());
  EXPECT_EQ(other.node_->follower_.stats().founded, kRedisShards);
  other.ask_anything();
}

TEST_F(RedisCacheTest, AShardAheadOfThisLogIsLeftAlone) {
  RedisWorld shorter(9, quick_settings(redis_.address()));
  shorter.live(5);
  shorter.follow();
  EXPECT_FALSE(shorter.node_->wait_until_in_step(std::chrono::seconds(1)));
  EXPECT_EQ(shorter.node_->follower_.stats().founded, 0U);
  shorter.ask_anything();
  EXPECT_EQ(shorter.node_->tier_.stats().hits, 0U);
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST_F(RedisCacheTest, ALateFillIsRefused) {
  const Position before = world_.node_->applied_.position;
  Population then;
  for (const StoredEvent& stored : world_.events_) then.apply(stored.index, stored.event);
  const auto status = then.find(world_.tokens_[0]);
  ASSERT_TRUE(status.has_value());
  world_.live(30);
  world_.follow();
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  const auto& tier = world_.node_->tier_;
  const std::uint64_t refused = tier.stats().fills_refused, fills = tier.stats().fills;
  const SharedCache::Known known{&world_.tokens_[0], &*status};
  EXPECT_TRUE(eventually([&] {
    tier.fill(before, {&known, 1});
    return tier.stats().fills_refused > refused;
  }));
  EXPECT_EQ(tier.stats().fills, fills);
}

TEST_F(RedisCacheTest, SweepsAwayWhatAnOlderFillingLeft) {
  const auto keys = [&] { return std::strtol(redis_.command("DBSIZE").c_str() + 1, nullptr, 10); };
  const auto before = keys();
  for (std::size_t shard = 0; shard < kRedisShards; ++shard)
    redis_.command("DEL ishi:{" + redis_shard_tag(shard) + "}meta");
  world_.live(1);
  world_.follow();
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  constexpr long kNewMax = 4;  // what one event may add
  EXPECT_TRUE(eventually([&] { return keys() <= before + kNewMax; })) << before << " keys before, now " << keys();
}

TEST_F(RedisCacheTest, ContentTakenBackFromTheLogIsTakenBackHereToo) {
  const std::size_t before = world_.events_.size();
  world_.append({RecordErased{EventIndex(1), "retention"}});
  ASSERT_TRUE(world_.node_->follower_.apply(world_.log_, std::span(world_.events_).subspan(before)).has_value());
  world_.node_->applied_ = {Position(world_.events_.size()), world_.events_.back().event.registered_at};
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.stats().founded, 2 * kRedisShards);
}

// A8: whom it concerns may be anybody.
TEST_F(RedisCacheTest, WhatIsBelievedOtherwiseSinceAHealingIsKeptAnewHereToo) {
  const std::size_t before = world_.events_.size();
  world_.append({TimesHealed{EventIndex(1), Timestamp(), world_.clock_.now(), "a clock was wrong"}});
  ASSERT_TRUE(world_.node_->follower_.apply(world_.log_, std::span(world_.events_).subspan(before)).has_value());
  world_.node_->applied_ = {Position(world_.events_.size()), world_.events_.back().event.registered_at};
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_EQ(world_.node_->follower_.stats().founded, 2 * kRedisShards);
}

// A node that has read nothing of the log yet, and has nobody in its own table.
TEST_F(RedisCacheTest, ANodeThatHasJustStartedAnswersStrictlyFromRedisAndTheLog) {
  Projection nobody({.people_max = 64});
  FreshnessBarrier nothing;
  FeedFollower follower(world_.log_, world_.log_, {&nobody}, world_.policies_, nothing, [](const Error&) {});
  StatusReader alone(world_.log_, nobody, world_.policies_, nothing, follower, world_.clock_);
  StatusReader reader(world_.log_, nobody, world_.policies_, nothing, follower, world_.clock_);
  reader.set_shared_cache(&world_.node_->tier_, nullptr);
  Population plain;
  for (const StoredEvent& stored : world_.events_) plain.apply(stored.index, stored.event);
  const std::uint64_t before = hits();
  const auto within = [](int ms) { return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms); };
  EXPECT_TRUE(eventually([&] {
    const auto view = reader.view({.deadline = within(50)});
    if (!view) return false;
    EXPECT_EQ(view->position, world_.node_->applied_.position);
    const Question question = world_.any_question();
    std::vector<ReasonCode> got(world_.tokens_.size());
    EXPECT_TRUE(reader.decide_all(*view, question, world_.tokens_, {}, got).has_value());
    const auto found = reader.find_many(*view, world_.tokens_);
    EXPECT_TRUE(found.has_value());
    for (std::size_t i = 0; i < got.size(); ++i) {
      const Match match = plain.resolve(world_.tokens_[i], std::nullopt, std::nullopt);
      EXPECT_EQ(name_of(got[i]), name_of(decide(*world_.book_, question, match).code)) << i;
      EXPECT_EQ((*found)[i].persons.size(), match.persons.size()) << i;
      EXPECT_EQ(reader.find(*view, world_.tokens_[i], nullptr)->persons.size(), match.persons.size()) << i;
    }
    return hits() > before;
  }));
  // Without Redis it says so instead, however old an answer may be: it has none.
  EXPECT_EQ(alone.view({.deadline = within(10)}).error().kind, ErrorKind::kNotFreshYet);
  EXPECT_EQ(alone.view({.staleness_max = std::chrono::hours(1), .deadline = within(10)}).error().kind,
            ErrorKind::kNotFreshYet);
}

// A node with little memory: its own table evicts, is filled back from below, and the rest lives in Redis.
// What nobody of this house would write there: no answer changes, and the shard is founded anew or left alone.
TEST_F(RedisCacheTest, StrangeThingsInRedisChangeNoAnswerAndAreOvercome) {
  const std::string meta = "ishi:{" + redis_shard_tag(redis_shard_of(world_.tokens_[0])) + "}meta";
  for (const std::string& strange :
       {"SET " + meta + " x", "HSET " + meta + " applied -1", "HSET " + meta + " applied 1e3",
        "HSET " + meta + " applied 18446744073709551615", "HSET " + meta + " applied 99999999999999999999999",
        "HSET " + meta + " floor few", "HSET " + meta + " bits 255", "HSET " + meta + " bits 0",
        "HSET " + meta + " mark none", "HSET " + meta + " epoch \"\"",
        "HSET " + meta + " epoch " + std::string(5'000, 'e')}) {
    SCOPED_TRACE(strange.substr(0, 100));
    redis_.command(strange);
    world_.live(3);
    world_.follow();
    world_.ask_anything();
    redis_.command("CLIENT KILL TYPE normal");  // so that it is compared with the log anew
    world_.live(3);
    world_.follow();
    world_.ask_anything();
    ASSERT_TRUE(world_.node_->wait_until_in_step());
    world_.ask_anything();
    if (HasFailure()) return;
  }
}

TEST_F(RedisCacheTest, EntriesOfAnotherKindAreAskedOfTheLogUntilTheyAreGone) {
  std::size_t hurt = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string reply = redis_.command("RANDOMKEY");
    const std::size_t begin = reply.find("\r\n") + 2;
    const std::string key = reply.substr(begin, reply.find("\r\n", begin) - begin);
    if (key.ends_with("meta")) continue;
    ++hurt;
    redis_.command("DEL " + key);
    redis_.command("SET " + key + " something");
  }
  ASSERT_GT(hurt, 0U);
  world_.ask_anything();
  for (int i = 0; i < 10; ++i) {
    world_.live(10);
    world_.follow();
    world_.ask_anything();
  }
  ASSERT_TRUE(world_.node_->wait_until_in_step());
  EXPECT_TRUE(eventually([&] { return hits_of_one_question() > 0; }));
}

TEST(RedisFollower, WhatTouchesNobodyIsNotKeptForEverWhileRedisIsAway) {
  RedisSettings settings = quick_settings("/nowhere/redis.sock");
  settings.pending_tokens_max = 1'000;
  RedisWorld world(11, settings);
  RedisFollower& follower = world.node_->follower_;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const StoredEvent stored{EventIndex(i), {Timestamp(static_cast<std::int64_t>(i)), {}, PolicyPublished{}}};
    ASSERT_TRUE(follower.apply(world.log_, {&stored, 1}).has_value());
  }
  EXPECT_TRUE(eventually([&] { return follower.stats().lag_events > 19'000; }));
  EXPECT_LT(follower.stats().batches_kept, 1'000U);
}

TEST(BoundedNode, AnswersAsTheLogDoesWhileItsTableForgetsAndIsFilledBack) {
  const std::uint64_t seed = environment_or("ISHI_SEED", std::random_device{}());
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  testing::RedisInstance redis;
  RedisWorld world(seed, quick_settings(redis.address()));
  while (world.tokens_.size() < 400) {
    std::uint64_t words[2] = {world.random_(), world.random_()};
    world.tokens_.emplace_back(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
  }
  RedisCache tier(quick_settings(redis.address()));
  Projection near({.people_max = 64, .blocks_max = 0, .evict = true});
  RedisFollower redis_follower(world.log_, near, tier);
  redis_follower.start();
  FeedFollower follower(world.log_, world.log_, {&near, &redis_follower}, world.policies_, world.barrier_,
                        [](const Error&) {});
  StatusReader reader(world.log_, near, world.policies_, world.barrier_, follower, world.clock_);
  reader.set_shared_cache(&tier, &near);
  Head applied;
  std::size_t near_hits = 0;
  for (int round = 0; round < 40; ++round) {
    world.live(30);
    const auto events = world.log_.read(applied.position.next_index(), 1'000);
    ASSERT_TRUE(events.has_value());
    ASSERT_TRUE(near.apply(world.log_, *events).has_value());
    const Head upto{Position::after(events->back().index), events->back().event.registered_at};
    ASSERT_TRUE(redis_follower.apply(world.log_, *events).has_value());
    world.barrier_.announce(upto);
    applied = upto;
    Population plain;
    for (const StoredEvent& stored : world.events_) plain.apply(stored.index, stored.event);
    for (int again = 0; again < 2; ++again) {
      const auto view = reader.view_at(applied.position);
      ASSERT_TRUE(view.has_value());
      const Question question = world.any_question();
      std::vector<ReasonCode> got(world.tokens_.size());
      ASSERT_TRUE(reader.decide_all(*view, question, world.tokens_, {}, got).has_value());
      for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_EQ(
            name_of(got[i]),
            name_of(decide(*world.book_, question, plain.resolve(world.tokens_[i], std::nullopt, std::nullopt)).code))
            << "token " << i << " round " << round;
    }
    PersonStatus status;
    for (const Token& token : world.tokens_)
      near_hits += near.find(applied.position, token, status) == Projection::Seen::kFound ? 1U : 0U;
  }
  EXPECT_GT(near.stats().evictions, 0U);
  EXPECT_GT(near_hits, 0U);
  EXPECT_GT(tier.stats().hits, 0U);
  redis_follower.stop();
}

}  // namespace
}  // namespace ishi::cache
