// An erasure, from the order to the end of the bytes, on two running servers: the fact counts nowhere from the order
// on, its receipt can't be had, everything else goes on to verify, and a server that heard of it too late stays silent.
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/host/key_file.h"
#include "sql/fsck/verify_store.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

struct ErasureSystem : ::testing::Test {
  Stack stack{0.001};
  std::string holder, letter;
  std::unique_ptr<Stack::Server> one = stack.new_server(), two = stack.new_server();

  ErasureSystem() {
    if (!api::create_key_file(stack.folder() + "/log.key", "registry.example/log", NoteKeyType::kSignature))
      throw std::runtime_error("no key");
    const auto book = stack.book();
    for (const auto& [id, shown] : book->templates) {
      if (shown.regime != "NGMIA_ANON" || shown.holder.empty() ||
          !shown.effective.contains(CivilDate::of(2026, 9, 1)) || !shown.categories.empty())
        continue;
      letter = id;
      holder = shown.holder;
    }
    for (const auto& [id, shown] : book->templates) {
      if (!letter.empty() || shown.regime != "NGMIA_ANON" || !shown.effective.contains(CivilDate::of(2026, 9, 1)) ||
          !shown.categories.empty())
        continue;
      for (const auto& [code, institution] : book->institutions)
        for (const auto& filing : institution.filings)
          if (filing.regime == "NGMIA_ANON" && filing.valid.contains(CivilDate::of(2026, 11, 1)))
            letter = id, holder = code;
    }
    one->configure("[evidence]\nkey_file = \"log.key\"\nmemory_file = \"one.memory\"\n[erasure]\nconnection = \"" +
                   stack.database() + "\"\ngrace_s = 3\n");
    two->configure("[evidence]\nkey_file = \"log.key\"\nmemory_file = \"two.memory\"\n");
    one->start();
    two->start();
  }
  client::HttpReply ask(const Stack::Server& server, const std::string& caller, const client::HttpRequest& request) {
    auto reply = stack.client(server, caller)->send(request);
    if (!reply) throw std::runtime_error(reply.error().detail);
    return std::move(*reply);
  }
  std::uint64_t write(const std::string& kind, const std::string& line) {
    const auto reply =
        ask(*one, "registry-ops", {.target = "/v1/" + kind, .content_type = "application/x-ndjson", .body = line});
    if (reply.status != 200) throw std::runtime_error(reply.body);
    return nlohmann::json::parse(reply.body)["position"].get<std::uint64_t>() - 1;
  }
  // About something else, so that the person stays known: the last thing known is not erased.
  void object_elsewhere(const std::string& token) {
    write("objections", R"({"token":")" + token + R"(","regimes":["EMR_SHARE"]})" + "\n");
  }
  std::uint64_t tell(const std::string& token) {
    return write("notices", R"({"token":")" + token + R"(","holder":")" + holder +
                                R"(","regime":"NGMIA_ANON","template":")" + letter +
                                R"(","method":"N1","date":"2026-09-01"})" + "\n");
  }
  client::HttpReply filter(const Stack::Server& server, const std::string& token, const std::string& more = "") {
    return ask(server, "minister",
               {.target = "/v1/filter?regime=NGMIA_ANON&categories=RECEIPT&holder=" + holder + "&answer=reasons" + more,
                .content_type = "text/plain",
                .body = token + "\n"});
  }
  bool allowed(const client::HttpReply& reply) { return reply.body.find(",ALLOW") != std::string::npos; }
  client::HttpReply erase(std::uint64_t event, const std::string& caller = "keyholder") {
    const std::string body = nlohmann::json{{"event", event}, {"ground", "個人情報保護法 35条"}}.dump();
    return ask(*one, caller, {.target = "/v1/erasures", .content_type = "application/json", .body = body});
  }
  void wait_until(const char* what, const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  bool gone(std::uint64_t event) {
    return stack.postgres().sql(
               stack.database(),
               "select body is null and salt is null from ishi.event where index = " + std::to_string(event)) == "t\n";
  }
  sql::VerifyReport fsck() { return sql::verify_store({.connection_string = stack.database()}).value(); }
};

TEST_F(ErasureSystem, CountsFromTheOrderOnEverywhereAndTheTreeStaysWhole) {
  ASSERT_FALSE(letter.empty());
  const std::string person(32, 'a'), other(32, 'b');
  const auto notice = tell(person);
  tell(other);
  EXPECT_EQ(nlohmann::json::parse(erase(notice).body)["code"], "last_known");
  object_elsewhere(person);
  const auto objection = write("objections", R"({"token":")" + other + "\"}\n");
  const std::string then = "&known_at=" + std::to_string(notice + 1);
  for (const auto* server : {one.get(), two.get()}) ASSERT_TRUE(allowed(filter(*server, person)));
  const client::HttpRequest receipt{.method = "GET", .target = "/v1/receipts/" + std::to_string(notice)};
  wait_until("a receipt", [&] { return ask(*two, "minister", receipt).status == 200; });

  EXPECT_EQ(erase(notice, "registry-ops").status, 403);
  EXPECT_EQ(nlohmann::json::parse(erase(objection).body)["code"], "not_erasable");
  EXPECT_EQ(erase(1'000'000).status, 404);
  const auto ordered = erase(notice);
  ASSERT_EQ(ordered.status, 200) << ordered.body;
  EXPECT_FALSE(gone(notice)) << "the bytes go later, the fact goes now";
  for (const auto* server : {one.get(), two.get()}) {
    EXPECT_FALSE(allowed(filter(*server, person)));
    EXPECT_EQ(ask(*server, "minister", receipt).status, 404);
    EXPECT_EQ(filter(*server, person, then).header("Ishi-Erased-Since"), "1")
        << "what was erased can't be replayed, and the answer says so";
    EXPECT_EQ(filter(*server, person).header("Ishi-Erased-Since"), "");
  }
  EXPECT_EQ(nlohmann::json::parse(erase(notice).body)["code"], "already_erased");

  wait_until("the bytes are gone", [&] { return gone(notice); });
  EXPECT_EQ(stack.postgres().sql(stack.database(), "select count(*) from ishi.event_subject where event_index = " +
                                                       std::to_string(notice)),
            "0\n");
  two->stop();
  two->start();
  for (const auto* server : {one.get(), two.get()}) {
    EXPECT_FALSE(allowed(filter(*server, person)));
    EXPECT_FALSE(allowed(filter(*server, person, then)));
    EXPECT_EQ(filter(*server, person, then).header("Ishi-Erased-Since"), "1");
    EXPECT_EQ(ask(*server, "minister", receipt).status, 404);
    EXPECT_EQ(ask(*server, "", {.method = "GET", .target = "/readyz"}).status, 200);
  }
  const auto report = fsck();
  EXPECT_TRUE(report.clean()) << report.findings.front().code << " " << report.findings.front().place;
  EXPECT_EQ(report.erased, 1U);
  EXPECT_EQ(report.erasures_pending, 0U);
  // The same without an order in the log is what it is.
  stack.postgres().sql(
      stack.database(),
      "set session_replication_role = replica; update ishi.event set salt = null, body = null where index = " +
          std::to_string(notice + 1));
  const auto damaged = fsck().findings;
  EXPECT_TRUE(std::any_of(damaged.begin(), damaged.end(),
                          [](const sql::Finding& finding) { return finding.code == "erased_without_record"; }));
}

TEST_F(ErasureSystem, AServerThatHearsOfItTooLateStaysSilentUntilItIsStartedAnew) {
  const std::string person(32, 'c');
  const auto notice = tell(person);
  object_elsewhere(person);
  ASSERT_TRUE(allowed(filter(*two, person)));
  kill(two->pid(), SIGSTOP);
  ASSERT_EQ(erase(notice).status, 200);
  wait_until("the bytes are gone", [&] { return gone(notice); });
  kill(two->pid(), SIGCONT);
  const auto readiness = [&] {
    return nlohmann::json::parse(ask(*two, "", {.method = "GET", .target = "/readyz"}).body);
  };
  wait_until("it notices", [&] { return readiness()["log"] == "erased_before_heard"; });
  EXPECT_EQ(filter(*two, person).status, 503);
  two->kill_hard();
  two->start();
  EXPECT_FALSE(allowed(filter(*two, person)));
}

}  // namespace
}  // namespace ishi::testing
