// T27: answers are the same with Redis and without, whatever is done to Redis. One server has no Redis; one holds
// everybody and writes to it; two hold a few people only and live on it. The same random questions, strict, go to all.
#include <gtest/gtest.h>

#include <regex>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/host/system_clock.h"
#include "registry/rules/decide.h"
#include "sql/log/pg_event_log.h"
#include "tests/support/redis_cluster_instance.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

constexpr const char* kFew = "[near]\nkeep = \"recent\"\npeople_max = 1000\n";

class Servers {
 public:
  Servers(Stack& stack, std::uint64_t seed, const std::string& redis)
      : stack_(stack), random_(seed), book_(stack.book()) {
    servers_.push_back(stack.new_server());
    servers_.push_back(stack.new_server(redis));
    servers_.push_back(stack.new_server(redis + kFew));
    servers_.push_back(stack.new_server(redis + kFew));
    servers_[0]->start();
    servers_[1]->start();
    stack.load_everything(*servers_[0]);
    servers_[2]->start();
    servers_[3]->start();
    const api::SystemClock clock;
    const auto log = sql::make_pg_log({.connection_string = stack.database()}, clock);
    std::set<Token> seen;
    for (std::size_t from = 0;;) {
      const auto events = log->read(EventIndex(from), 50'000);
      if (!events) throw std::runtime_error(events.error().detail);
      if (events->empty()) break;
      for (const StoredEvent& stored : *events)
        for (const Token& token : subjects_of(stored.event.body))
          if (seen.insert(token).second) tokens_.push_back(token);
      from += events->size();
    }
  }

  // New objections and notices through any server.
  void live() {
    for (int i = 0; i < 3; ++i) {
      std::string body;
      for (int line = 0; line < 20; ++line) body += "{\"token\":\"" + any_token().reveal_hex() + "\"}\n";
      const auto reply = stack_.client(*servers_[random_() % servers_.size()], "registry-ops")
                             ->send({.target = "/v1/objections", .content_type = "application/x-ndjson", .body = body});
      ASSERT_TRUE(reply.has_value()) << reply.error().detail;
      ASSERT_EQ(reply->status, 200) << reply->body;
    }
  }
  void ask_all(int questions) {
    static const std::vector<std::string> kRegimes{"NGMIA_ANON",   "NGMIA_PSEUDO", "PUBDB_NDB", "EMR_SHARE",
                                                   "APPI_CONSENT", "GENOME",       "EHDS_71"};
    while (questions > 0) {
      std::string body;
      for (int i = 0; i < 500; ++i) {
        const Token token = any_token();
        body.append(reinterpret_cast<const char*>(token.bytes().data()), Token::kSizeBytes);
      }
      const CivilDate day = CivilDate::of(2026, 6, 1).plus_days(static_cast<std::int32_t>(random_() % 170));
      const auto holder =
          std::next(book_->institutions.begin(), static_cast<long>(random_() % book_->institutions.size()));
      Question question;
      question.regime = kRegimes[random_() % kRegimes.size()];
      question.holder = holder->first;
      question.categories = {question.regime == "GENOME" ? "GENOME" : "RECEIPT"};
      question.as_of = jst_start_of(day);
      if (!check_question(*book_, question)) continue;
      const std::string target = "/v1/filter?" + client::query_string({{"regime", question.regime},
                                                                       {"holder", question.holder},
                                                                       {"categories", question.categories.front()},
                                                                       {"as_of", to_iso(question.as_of)},
                                                                       {"answer", "reasons"}});
      --questions;
      std::string expected;
      for (std::size_t i = 0; i < servers_.size(); ++i) {
        const auto reply = stack_.client(*servers_[i], "minister")
                               ->send({.target = target, .content_type = "application/octet-stream", .body = body});
        ASSERT_TRUE(reply.has_value()) << reply.error().detail;
        ASSERT_EQ(reply->status, 200) << reply->body;
        if (i == 0) expected = reply->body;
        ASSERT_EQ(reply->body == expected, true)
            << "server " << i << " says otherwise than the one without Redis: " << target;
      }
    }
  }
  double metric(std::size_t server, const std::string& name) {
    const auto reply = stack_.client(*servers_[server], "registry-ops")->send({.method = "GET", .target = "/metrics"});
    std::smatch found;
    if (!reply || !std::regex_search(reply->body, found, std::regex("\n" + name + " ([0-9.e+]+)"))) return -1;
    return std::stod(found[1]);
  }
  // Whether the servers with few people answer from Redis, soon enough for a person.
  bool redis_is_used() {
    const double before2 = metric(2, "ishi_redis_hits"), before3 = metric(3, "ishi_redis_hits");
    for (int i = 0; i < 200; ++i) {
      ask_all(1);
      if (metric(2, "ishi_redis_hits") > before2 && metric(3, "ishi_redis_hits") > before3) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  Stack::Server& operator[](std::size_t i) { return *servers_[i]; }

 private:
  Token any_token() { return tokens_[random_() % tokens_.size()]; }
  Stack& stack_;
  std::mt19937_64 random_;
  std::shared_ptr<const PolicyBook> book_;
  std::vector<std::unique_ptr<Stack::Server>> servers_;
  std::vector<Token> tokens_;
};

TEST(Redis, AnswersAreTheSameWithAndWithoutItWhateverIsDoneToIt) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  Stack stack(0.01);
  RedisInstance redis;
  Servers servers(stack, seed, Stack::redis_section(redis.address()));
  EXPECT_TRUE(servers.redis_is_used());
  const auto through = [&](const char* fault, auto&& hurt) {
    SCOPED_TRACE(fault);
    servers.live();
    hurt();
    servers.ask_all(3);
    servers.live();
    servers.ask_all(3);
  };
  for (std::uint64_t round = 0; round < steps(1, 20) && !::testing::Test::HasFailure(); ++round) {
    redis.dump("stale.rdb");
    through("flushed", [&] { redis.command("FLUSHALL"); });
    EXPECT_TRUE(servers.redis_is_used());
    through("frozen", [&] { redis.freeze(); });
    EXPECT_GT(servers.metric(2, "ishi_redis_skipped"), 0);
    redis.thaw();
    EXPECT_TRUE(servers.redis_is_used());
    through("killed", [&] { redis.kill_hard(); });
    redis.start();
    EXPECT_TRUE(servers.redis_is_used());
    through("a stale dump restored", [&] { redis.restore("stale.rdb"); });
    EXPECT_TRUE(servers.redis_is_used());
    through("a server restarted", [&] {
      servers[2].kill_hard();
      servers[2].start();
    });
    EXPECT_TRUE(servers.redis_is_used());
  }
  for (std::size_t i = 1; i < 4; ++i) {
    std::printf("server %zu: %.0f hits, %.0f misses (%.0f unusable), %.0f skipped, %.0f fills, %.0f fills refused\n", i,
                servers.metric(i, "ishi_redis_hits"), servers.metric(i, "ishi_redis_misses"),
                servers.metric(i, "ishi_redis_unusable"), servers.metric(i, "ishi_redis_skipped"),
                servers.metric(i, "ishi_redis_fills"), servers.metric(i, "ishi_redis_fills_refused"));
    EXPECT_GE(servers.metric(i, "ishi_redis_lag_events"), 0);
  }
}

TEST(RedisCluster, AMasterLostIsReplacedByItsReplicaAndAnswersAreTheSame) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  Stack stack(0.005);
  RedisClusterInstance redis;
  const std::size_t replica = redis.add_replica_of(1);
  Servers servers(stack, seed, Stack::redis_section(redis.seeds(), true));
  EXPECT_TRUE(servers.redis_is_used());
  servers.live();
  servers.ask_all(3);
  redis[1].kill_hard();
  servers.live();
  servers.ask_all(3);
  redis.take_over(replica);
  servers.live();
  servers.ask_all(3);
  EXPECT_TRUE(servers.redis_is_used());
}

}  // namespace
}  // namespace ishi::testing
