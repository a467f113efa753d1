// A database that is no longer the true one, or never was: replaced and still answering, put back to an older copy,
// with another history than the one that was told. No server answers from it, and each says that it is not ready.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;

struct ReplacedDatabase : ::testing::Test {
  Stack stack{0.001};
  const PostgresInstance& primary_ = stack.postgres();

  client::HttpReply ask(const Stack::Server& server, const std::string& caller, client::HttpRequest request) {
    auto reply = stack.client(server, caller)->send(request);
    if (!reply) throw std::runtime_error(reply.error().detail);
    return std::move(*reply);
  }
  client::HttpReply ready(const Stack::Server& server) {
    return ask(server, "", {.method = "GET", .target = "/readyz"});
  }
  client::HttpReply filter(const Stack::Server& server, const std::string& query = "") {
    return ask(server, "minister",
               {.target = "/v1/filter?regime=PUBDB_NDB&answer=reasons" + query,
                .content_type = "application/octet-stream",
                .body = "0123456789abcdef"});
  }
  client::HttpReply object(const Stack::Server& server, char digit) {
    return ask(server, "registry-ops",
               {.target = "/v1/objections",
                .content_type = "application/x-ndjson",
                .body = R"({"token":")" + std::string(32, digit) + "\"}\n"});
  }
  static std::string code_of(const client::HttpReply& reply) {
    const auto json = nlohmann::json::parse(reply.body, nullptr, false);
    return json.is_object() && json.contains("code") ? json["code"].get<std::string>() : "";
  }
  static bool comes(const std::function<bool()>& holds, std::chrono::seconds within = 60s) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(50ms);
    }
    return true;
  }
  std::unique_ptr<Stack::Server> signing_server() {
    stack.sign_checkpoints();
    return stack.new_server();
  }
  std::string at(const PostgresInstance& instance) const {
    return "host=" + instance.folder() + stack.database().substr(stack.database().find(' '));
  }
  std::string at_both(const PostgresInstance& standby) const {
    return "host=" + primary_.folder() + "," + standby.folder() + stack.database().substr(stack.database().find(' ')) +
           " target_session_attrs=read-write";
  }
};

// A1
TEST_F(ReplacedDatabase, AServerAtAPrimaryThatWasReplacedAnswersNobody) {
  PostgresInstance standby({.standby_of = &stack.postgres(), .name = "s1"});
  const auto left_behind = stack.new_server();
  left_behind->start();
  const auto gone_over = stack.new_server("", "connection = \"" + at_both(standby) + "\"\nstandby_required = \"no\"\n");
  gone_over->start();
  stack.postgres().wait_for_standbys("s1");
  ASSERT_EQ(object(*left_behind, 'a').status, 200);
  standby.promote();  // and nobody fences the old one
  standby.wait_for_standbys("");
  ASSERT_TRUE(comes([&] { return object(*gone_over, 'b').status == 200; }));
  EXPECT_GE(std::stoi(standby.sql(at(standby), "select size from ishi.log_head")), 3);
  for (int i = 0; i < 40; ++i) {
    for (const char* query : {"", "&dry_run=true"}) {
      const auto reply = filter(*left_behind, query);
      ASSERT_TRUE(reply.status == 503 || (reply.status == 400 && *query != '\0')) << reply.status << reply.body;
    }
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(code_of(filter(*left_behind)), "head_unconfirmed");
  EXPECT_TRUE(comes([&] { return ready(*left_behind).status == 503; }));
  EXPECT_EQ(filter(*gone_over).status, 200);
  EXPECT_TRUE(comes([&] { return ready(*gone_over).status == 200; }));
}

// A6: an event that only the primary had was visible after its restart; the standby that takes over has another one.
TEST_F(ReplacedDatabase, AnotherHistoryUnderAServerIsNoticed) {
  PostgresInstance standby({.standby_of = &stack.postgres(), .name = "s1"});
  const std::string at_standby = at(standby);
  stack.reach_database_by(at_both(standby));
  const auto server = stack.new_server("", "connection = \"" + stack.database() + "\"\nappend_wait_ms_max = 1000\n");
  server->start();
  stack.postgres().wait_for_standbys("s1");
  ASSERT_EQ(object(*server, 'a').status, 200);
  standby.stop();
  EXPECT_EQ(object(*server, 'b').status, 503) << "written at the primary alone";
  stack.postgres().restart_immediately();
  const auto applied = [&] {
    const auto metrics = ask(*server, "registry-ops", {.method = "GET", .target = "/metrics"}).body;
    const auto place = metrics.find("\nishi_position ");
    return place == std::string::npos ? 0 : std::stoi(metrics.substr(place + 15));
  };
  ASSERT_TRUE(comes([&] { return applied() == 3; })) << "the server has applied what nobody was told of";
  stack.postgres().kill_hard();
  standby.start();
  standby.promote();
  standby.wait_for_standbys("");
  stack.reach_database_by(at_standby);
  const auto other = stack.new_server();
  other->start();
  ASSERT_EQ(object(*other, 'c').status, 200) << "another event takes its place";
  EXPECT_TRUE(comes([&] { return code_of(filter(*server)) == "log_replaced"; })) << filter(*server).body;
  EXPECT_EQ(filter(*server).status, 503);
  EXPECT_TRUE(comes([&] { return ready(*server).status == 503; }));
  ASSERT_EQ(object(*other, 'd').status, 200);  // the other history goes on, beyond what this server has applied
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(filter(*server).status, 503);
  server->kill_hard();
  server->start();
  EXPECT_EQ(filter(*server).status, 200) << "a restart reads the log anew";
}

// A12
TEST_F(ReplacedDatabase, ALogThatWentBackUnderARunningServerIsA503AndItIsNotReady) {
  const auto server = stack.new_server();
  server->start();
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*server, 'a').status, 200);
  ASSERT_EQ(filter(*server).status, 200);
  stack.postgres().stop();
  stack.postgres().restore("older");
  ASSERT_TRUE(comes([&] { return code_of(filter(*server)) == "log_went_back"; })) << filter(*server).body;
  EXPECT_EQ(filter(*server).status, 503);
  EXPECT_TRUE(comes([&] { return ready(*server).status == 503; }));
}

// A7: killed right after the acknowledgement, before anything was signed.
TEST_F(ReplacedDatabase, AServerKnowsWhatItHasAcknowledgedWhenItIsKilledAtOnceAndTheDatabaseIsPutBack) {
  const auto server = signing_server();
  server->start();
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*server, 'a').status, 200);
  server->kill_hard();
  std::filesystem::remove(stack.folder() + "/server1.memory");  // as if it had not come to sign it
  stack.postgres().back_up("newest");
  stack.postgres().restore("older");
  server->launch();
  EXPECT_TRUE(comes([&] { return code_of(filter(*server)) == "log_went_back"; })) << filter(*server).body;
  EXPECT_EQ(ready(*server).status, 503);
  EXPECT_EQ(object(*server, 'b').status, 503);
  stack.postgres().restore("newest");
  EXPECT_TRUE(comes([&] { return ready(*server).status == 200; })) << "it comes back by itself";
  EXPECT_EQ(filter(*server).status, 200);
}

TEST_F(ReplacedDatabase, AServerThatRemembersNothingDoesNotStartOnALogThatIsNotEmpty) {
  stack.sign_checkpoints();
  const auto first = stack.new_server(), second = stack.new_server();
  first->distrust_database();
  second->distrust_database();
  first->start();
  ASSERT_EQ(object(*first, 'a').status, 200);
  try {
    second->launch();
    ADD_FAILURE() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("remembers nothing of this log"), std::string::npos) << error.what();
  }
  std::filesystem::copy(stack.folder() + "/server1.memory.acknowledged",
                        stack.folder() + "/server2.memory.acknowledged",
                        std::filesystem::copy_options::overwrite_existing);
  second->start();
  EXPECT_EQ(filter(*second).status, 200);
}

TEST_F(ReplacedDatabase, AnotherEventWhereOneWasAcknowledgedIsNoticedAtTheNextStart) {
  const auto server = signing_server();
  server->start();
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*server, 'a').status, 200);
  server->kill_hard();
  std::filesystem::remove(stack.folder() + "/server1.memory");
  stack.postgres().restore("older");
  {
    Stack::Server stranger(stack, 9, "", "");
    std::filesystem::remove(stack.folder() + "/server9.memory");
    stranger.start();
    ASSERT_EQ(object(stranger, 'b').status, 200);
    ASSERT_EQ(object(stranger, 'c').status, 200);
  }
  server->launch();
  EXPECT_TRUE(comes([&] { return code_of(filter(*server)) == "acknowledged_lost"; })) << filter(*server).body;
  EXPECT_EQ(ready(*server).status, 503);
}

}  // namespace
}  // namespace ishi::testing
