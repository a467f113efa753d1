// The three-year loss, told to a real registry: a relay that sends every day begins to drop objections. The next day
// the API, the metric and the report show it. Days pass by moving what was counted back in time: the counts are rows.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

using nlohmann::json;

struct Ran {
  int status = -1;
  std::string out;
};
Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return ran;
  char buffer[4096];
  for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.out.append(buffer, got);
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

class Intake : public ::testing::Test {
 protected:
  Stack stack{0.005};
  std::unique_ptr<Stack::Server> server = stack.new_server();
  std::unique_ptr<client::HttpClient> ops, auditor;
  std::uint64_t sequence = 0, persons = 0;

  void SetUp() override {
    server->start();
    ops = stack.client(*server, "registry-ops");
    declare();
    std::ofstream(stack.folder() + "/ops.key") << stack.key_of("registry-ops");
  }
  client::HttpReply send(client::HttpClient& client, client::HttpRequest request) {
    auto reply = client.send(request);
    if (!reply) throw std::runtime_error(reply.error().detail);
    return *reply;
  }
  // The world's own policy, and what the relay owes.
  void declare() {
    json documents = json::array();
    for (const std::string& path : stack.policy_files()) {
      std::ifstream file(path);
      documents.push_back({{"name", path.substr(path.rfind('/') + 1)},
                           {"text", std::string(std::istreambuf_iterator<char>(file), {})}});
    }
    documents.push_back({{"name", "sources.toml"},
                         {"text",
                          "[[source]]\ncaller = \"registry-ops\"\nfeed = \"relay\"\nkind = \"HOSPITAL\"\n"
                          "rhythm = \"DAILY\"\nvalid_from = 2020-01-01\n"}});
    const auto reply = send(*ops, {.method = "POST",
                                   .target = "/v1/policy",
                                   .content_type = "application/json",
                                   .body = json{{"documents", documents}}.dump()});
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  void deliver(int objections) {
    std::string body;
    for (int i = 0; i < objections; ++i) {
      char token[33];
      std::snprintf(token, sizeof token, "%032llx", static_cast<unsigned long long>(++persons));
      body += json{{"token", token}, {"requester", "SELF"}, {"channel", "COUNTER_PAPER"}}.dump() + "\n";
    }
    const auto reply = send(*ops, {.method = "POST",
                                   .target = "/v1/objections",
                                   .content_type = "application/x-ndjson",
                                   .headers = {{"Ishi-Source", "relay"},
                                               {"Ishi-Source-Seq", std::to_string(++sequence)},
                                               {"Ishi-Source-Count", std::to_string(objections)}},
                                   .body = body});
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  // Everything that was counted happened a day earlier.
  void a_day_passes() {
    stack.postgres().sql(stack.database(),
                         "begin; create temp table moved on commit drop as select source, kind, day - 1 as day, "
                         "batches, accepted, rejected, repeated, "
                         "duplicates, refused, disagreements from ishi.intake_day; delete from ishi.intake_day; "
                         "insert into ishi.intake_day select * from moved; "
                         "update ishi.intake_kind set first_day = first_day - 1, last_day = last_day - 1, "
                         "last_volume_day = last_volume_day - 1, last_at = last_at - 86400000000; "
                         "update ishi.source set last_seen = last_seen - 86400000000; commit");
  }
  json relay() {
    const auto reply = send(*ops, {.method = "GET", .target = "/v1/intake?source=registry-ops%2Frelay"});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body).at("sources").at(0);
  }
  std::string metrics() { return send(*ops, {.method = "GET", .target = "/metrics"}).body; }
  Ran report(const std::string& more = "") {
    return run(ishi::testing::binary_folder() + "/bin/ishi audit intake --server " + server->url() + " --key-file " +
               stack.folder() + "/ops.key " + more);
  }
};

TEST_F(Intake, ASilentLossShowsTheNextDayInTheApiTheMetricAndTheReport) {
  for (int day = 0; day < 14; ++day) {
    deliver(8);
    a_day_passes();
  }
  deliver(8);
  EXPECT_EQ(relay().at("troubles"), json::array()) << relay().dump(1);
  EXPECT_EQ(report("--source registry-ops/relay").status, 0) << report().out;
  EXPECT_NE(metrics().find("ishi_intake_readable 1"), std::string::npos) << metrics();

  // From here on the relay drops what it should pass on. It goes on sending batches, because its software does.
  a_day_passes();
  deliver(0);
  EXPECT_EQ(relay().at("troubles"), json::array()) << "the day is not over";
  a_day_passes();
  deliver(0);
  const json quiet = relay();
  EXPECT_EQ(quiet.at("troubles"), json({"quiet"})) << quiet.dump(1);
  EXPECT_EQ(quiet.at("zero_volume_days"), 1);
  EXPECT_EQ(quiet.at("quiet").at(0).at("expected"), 8.0);
  const Ran shown = report();
  EXPECT_EQ(shown.status, 1) << shown.out;
  EXPECT_NE(shown.out.find("quiet: no objections since"), std::string::npos) << shown.out;
  EXPECT_EQ(json::parse(report("--json").out).at("attention_count"), 1);

  // And at last nothing at all.
  a_day_passes();
  a_day_passes();
  EXPECT_EQ(relay().at("troubles"), json({"silent", "quiet"})) << relay().dump(1);
  EXPECT_NE(report().out.find("silent: 1 owed, nothing came"), std::string::npos) << report().out;
  // A node that has only just come up says the same.
  const auto second = stack.new_server();
  second->start();
  const auto elsewhere = stack.client(*second, "registry-ops");
  const std::string text = send(*elsewhere, {.method = "GET", .target = "/metrics"}).body;
  EXPECT_NE(text.find("ishi_intake_attention 1"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_intake_silent_sources 1"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_intake_zero_volume_days{source=\"registry-ops/relay\"} 3"), std::string::npos) << text;
}

TEST_F(Intake, WhatTheServiceCannotReachIsNotReportedAsInOrder) {
  EXPECT_EQ(run(ishi::testing::binary_folder() + "/bin/ishi audit intake --server http://127.0.0.1:9 --key-file " +
                stack.folder() + "/ops.key")
                .status,
            3);
  EXPECT_EQ(run(ishi::testing::binary_folder() + "/bin/ishi audit intake --no-such-option").status, 2);
  const auto hospital = stack.client(*server, stack.book()->callers.begin()->first);
  stack.postgres().stop();
  EXPECT_EQ(send(*ops, {.method = "GET", .target = "/v1/intake"}).status, 503);
  stack.postgres().start();
}

}  // namespace
}  // namespace ishi::testing
