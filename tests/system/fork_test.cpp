// A registry whose log is not the one that was signed: it is not ready, answers nothing and takes nothing in, until the
// log is whole again. Real servers, real PostgreSQL, real backups.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/host/key_file.h"
#include "registry/notes/checkpoint.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

struct Fork : ::testing::Test {
  Stack stack{0.001};

  Fork() {
    if (!api::create_key_file(stack.folder() + "/log.key", "registry.example/log", NoteKeyType::kSignature))
      throw std::runtime_error("no key");
  }
  std::unique_ptr<Stack::Server> new_server(const std::string& memory_file) {
    auto server = stack.new_server();
    server->configure("[evidence]\nkey_file = \"log.key\"\nmemory_file = \"" + memory_file + "\"\n");
    return server;
  }
  client::HttpReply ask(const Stack::Server& server, const std::string& caller, client::HttpRequest request) {
    auto reply = stack.client(server, caller)->send(request);
    if (!reply) throw std::runtime_error(reply.error().detail);
    return std::move(*reply);
  }
  client::HttpReply get(const Stack::Server& server, const std::string& target) {
    return ask(server, "", {.method = "GET", .target = target});
  }
  std::string file_text(const std::string& name) {
    std::ifstream file(stack.folder() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  nlohmann::json readiness(const Stack::Server& server) { return nlohmann::json::parse(get(server, "/readyz").body); }
  client::HttpReply filter(const Stack::Server& server, const std::string& staleness = "") {
    client::HttpRequest request{.target = "/v1/filter?regime=PUBDB_NDB&answer=reasons",
                                .content_type = "application/octet-stream",
                                .body = "0123456789abcdef"};
    if (!staleness.empty()) request.headers.emplace_back("Ishi-Max-Staleness", staleness);
    return ask(server, "minister", request);
  }
  client::HttpReply object(const Stack::Server& server, char digit) {
    return ask(server, "registry-ops",
               {.target = "/v1/objections",
                .content_type = "application/x-ndjson",
                .body = R"({"token":")" + std::string(32, digit) + "\"}\n"});
  }
  void wait_until(const char* what, const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  std::uint64_t signed_size(const Stack::Server& server) {
    const auto reply = get(server, "/log/checkpoint");
    if (reply.status != 200) return 0;
    const auto line = reply.body.find('\n') + 1;
    return std::stoull(reply.body.substr(line, reply.body.find('\n', line) - line));
  }
  void expect_closed(const Stack::Server& server, const std::string& why) {
    EXPECT_EQ(get(server, "/readyz").status, 503);
    EXPECT_EQ(readiness(server)["log"], why);
    for (const auto& reply : {filter(server), filter(server, "3600"), object(server, 'e')}) {
      EXPECT_EQ(reply.status, 503);
      const std::string code = nlohmann::json::parse(reply.body)["code"];
      // By what was signed, or already by what this server has acknowledged.
      EXPECT_TRUE(code == "log_refused" || code == "log_went_back" || code == "acknowledged_lost") << reply.body;
    }
    EXPECT_EQ(get(server, "/healthz").status, 200);
    wait_until("the metrics say so", [&] {
      const auto metrics = ask(server, "registry-ops", {.method = "GET", .target = "/metrics"});
      return metrics.body.find("\nishi_checkpoint_refusing 1\n") != std::string::npos;
    });
  }
};

TEST_F(Fork, ARestoredOlderBackupIsNotServedByAnyServerUntilTheNewestIsBack) {
  auto signer = new_server("signer.memory"), other = new_server("other.memory");
  signer->start();
  other->start();
  ASSERT_EQ(object(*signer, 'a').status, 200);
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*signer, 'b').status, 200);
  ASSERT_EQ(object(*other, 'c').status, 200);
  wait_until("all is signed", [&] { return signed_size(*signer) >= 4; });
  const auto last = signed_size(*signer);
  // The server that stands by keeps the checkpoint too.
  wait_until("the other remembers", [&] { return file_text("other.memory") == file_text("signer.memory"); });
  EXPECT_EQ(filter(*signer).status, 200);
  EXPECT_EQ(filter(*other).status, 200);
  signer->stop();
  other->stop();
  stack.postgres().back_up("newest");
  stack.postgres().restore("older");

  other->launch();  // alone, and it never signed anything itself
  wait_until("it looked", [&] { return readiness(*other)["log"] == "log_shorter"; });
  expect_closed(*other, "log_shorter");
  signer->launch();
  wait_until("it looked", [&] { return readiness(*signer)["log"] == "log_shorter"; });
  expect_closed(*signer, "log_shorter");
  EXPECT_LT(signed_size(*signer), last);

  stack.postgres().restore("newest");
  wait_until("the cause is gone",
             [&] { return get(*signer, "/readyz").status == 200 && get(*other, "/readyz").status == 200; });
  EXPECT_EQ(filter(*signer).status, 200);
  EXPECT_EQ(object(*other, 'd').status, 200);
  wait_until("it is signed again", [&] { return signed_size(*signer) == last + 1; });
}

TEST_F(Fork, AnOlderBackupThatGrewAnewBehindOurBackIsRefusedToo) {
  auto signer = new_server("signer.memory");
  signer->start();
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*signer, 'a').status, 200);
  wait_until("it is signed", [&] { return signed_size(*signer) == 2; });
  signer->stop();
  stack.postgres().restore("older");
  {
    auto stranger = stack.new_server();  // without evidence: nothing stops it
    stranger->start();
    ASSERT_EQ(object(*stranger, 'b').status, 200);
    ASSERT_EQ(object(*stranger, 'c').status, 200);
  }
  signer->launch();
  wait_until("it looked", [&] { return readiness(*signer)["log"] == "log_forked"; });
  expect_closed(*signer, "log_forked");
}

TEST_F(Fork, ADeliberateRestoreGoesOnUnderANewNameByTheManual) {
  auto server = new_server("signer.memory");
  server->start();
  stack.postgres().back_up("older");
  ASSERT_EQ(object(*server, 'a').status, 200);
  wait_until("it is signed", [&] { return signed_size(*server) == 2; });
  server->stop();
  stack.postgres().restore("older");
  stack.postgres().sql(stack.database(), "set session_replication_role = replica; delete from ishi.checkpoint");
  ASSERT_TRUE(api::create_key_file(stack.folder() + "/second.key", "registry.example/second", NoteKeyType::kSignature));
  auto anew = stack.new_server();
  anew->configure("[evidence]\nkey_file = \"second.key\"\nmemory_file = \"second.memory\"\n");
  anew->start();
  EXPECT_EQ(object(*anew, 'a').status, 200);
  wait_until("it is signed", [&] { return signed_size(*anew) == 2; });
  EXPECT_TRUE(get(*anew, "/log/checkpoint").body.starts_with("registry.example/second\n"));
}

TEST_F(Fork, TwoServersThatRaceToSignMakeOneLine) {
  auto one = new_server("one.memory"), two = new_server("two.memory");
  one->start();
  two->start();
  std::thread writer([&] {
    for (const char digit : {'1', '2', '3', '4', '5', '6'}) EXPECT_EQ(object(*one, digit).status, 200);
  });
  for (const char digit : {'7', '8', '9', 'a', 'b', 'c'}) EXPECT_EQ(object(*two, digit).status, 200);
  writer.join();
  wait_until("all is signed", [&] { return signed_size(*one) == 13; });
  EXPECT_EQ(get(*one, "/log/checkpoint").body, get(*two, "/log/checkpoint").body);
  const auto standing_by = [&](const Stack::Server& server) {
    const auto text = ask(server, "registry-ops", {.method = "GET", .target = "/metrics"}).body;
    return text.find("\nishi_checkpoint_standing_by 1\n") != std::string::npos;
  };
  EXPECT_NE(standing_by(*one), standing_by(*two));
  // The signing server is killed: the other takes over, and goes on with the same log.
  auto& signer = standing_by(*one) ? two : one;
  auto& heir = standing_by(*one) ? one : two;
  signer->kill_hard();
  ASSERT_EQ(object(*heir, 'd').status, 200);
  wait_until("the heir signs", [&] { return signed_size(*heir) == 14; });
  EXPECT_EQ(readiness(*heir)["log"], "whole");
}

TEST_F(Fork, AfterAKeyRotationTheStoredCheckpointIsSignedByTheNewKeyAtOnce) {
  auto server = new_server("signer.memory");
  server->start();
  ASSERT_EQ(object(*server, 'a').status, 200);
  wait_until("it is signed", [&] { return signed_size(*server) == 2; });
  const auto before = parse_note(get(*server, "/log/checkpoint").body);
  server->stop();
  const auto next = api::rotate_key_file(stack.folder() + "/log.key");
  ASSERT_TRUE(next);
  server->start();
  wait_until("it is signed anew", [&] {
    const auto note = parse_note(get(*server, "/log/checkpoint").body);
    return note.has_value() && open_checkpoint(*note, {&*next, 1}).has_value();
  });
  EXPECT_EQ(signed_size(*server), 2U) << "and nothing was appended for it";
  EXPECT_EQ(parse_note(get(*server, "/log/checkpoint").body)->text, before->text);
}

}  // namespace
}  // namespace ishi::testing
