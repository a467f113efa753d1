// fsck beside a registry at work: writers write, filters ask, and it finds nothing; then each damage that is planted is
// named, by the server on its own and by `ishi audit fsck`.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/host/key_file.h"
#include "sql/fsck/verify_store.h"
#include "tests/support/paths.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

struct FsckSystem : ::testing::Test {
  Stack stack{full_hunt() ? 0.2 : 0.005};
  std::unique_ptr<Stack::Server> server = stack.new_server();

  FsckSystem() {
    if (!api::create_key_file(stack.folder() + "/log.key", "registry.example/log", NoteKeyType::kSignature))
      throw std::runtime_error("no key");
    server->configure(
        "[evidence]\nkey_file = \"log.key\"\nmemory_file = \"memory\"\n[fsck]\ninterval_s = 1\nbusy_percent = 50\n");
    server->start();
  }
  double metric(const std::string& name) {
    const auto text = stack.client(*server, "registry-ops")->send({.method = "GET", .target = "/metrics"})->body;
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  void wait_until(const char* what, const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  // Exit status and the report.
  std::pair<int, nlohmann::json> by_hand() {
    const std::string out = stack.folder() + "/report.json";
    const std::string line = ishi::testing::binary_folder() + "/bin/ishi audit fsck --json --config " + stack.folder() +
                             "/server1.toml > " + out;
    const int status = std::system(line.c_str());
    std::ifstream file(out);
    return {WEXITSTATUS(status), nlohmann::json::parse(file, nullptr, false)};
  }
};

TEST_F(FsckSystem, FindsNothingBesideWritersAndFiltersAndThenEachDamage) {
  stack.load_everything(*server);
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> written = 0, asked = 0;
  std::vector<std::thread> crowd;
  for (int writer = 0; writer < 2; ++writer)
    crowd.emplace_back([&, writer] {
      const auto connection = stack.client(*server, "registry-ops");
      for (std::uint64_t i = 0; !done; ++i) {
        char token[33];
        std::snprintf(token, sizeof token, "%016x%016lx", writer + 1, static_cast<unsigned long>(i));
        const std::string body = std::string(R"({"token":")") + token + "\"}\n";
        const auto reply =
            connection->send({.target = "/v1/objections", .content_type = "application/x-ndjson", .body = body});
        if (reply && reply->status == 200) ++written;
      }
    });
  crowd.emplace_back([&] {
    const auto connection = stack.client(*server, "minister");
    const std::string body(16'000, 'x');
    while (!done) {
      const auto reply = connection->send({.target = "/v1/filter?regime=PUBDB_NDB&answer=reasons",
                                           .content_type = "application/octet-stream",
                                           .body = body});
      if (reply && reply->status == 200) ++asked;
    }
  });
  const double before = metric("ishi_fsck_last_success_timestamp_seconds");
  wait_until("three looks", [&] { return metric("ishi_fsck_last_success_timestamp_seconds") > before + 3; });
  for (int i = 0; i < 3; ++i) {
    const auto [status, report] = by_hand();
    EXPECT_EQ(status, 0) << report;
    EXPECT_EQ(report["findings"], 0) << report;
  }
  done = true;
  for (std::thread& one : crowd) one.join();
  EXPECT_GT(written, 0U);
  EXPECT_GT(asked, 0U);
  EXPECT_EQ(metric("ishi_fsck_differences"), 0);

  const auto began = std::chrono::steady_clock::now();
  auto report = sql::verify_store({.connection_string = stack.database(), .fold = false}).value();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%lu objections and %lu filters meanwhile; %lu events looked through in %.2f s: %.0f a second\n",
              static_cast<unsigned long>(written), static_cast<unsigned long>(asked),
              static_cast<unsigned long>(report.head.position.events()), seconds,
              static_cast<double>(report.head.position.events()) / seconds);

  const std::pair<const char*, const char*> damages[] = {
      {"update ishi.event set body = set_byte(body, 30, get_byte(body, 30) # 1) where index = 700", "event_commitment"},
      {"update ishi.event set salt = decode(repeat('00', 16), 'hex') where index = 701", "event_commitment"},
      {"update ishi.event set commitment = decode(repeat('00', 32), 'hex') where index = 702", "event_commitment"},
      {"delete from ishi.event_subject where event_index = (select min(event_index) from ishi.event_subject where "
       "event_index > 710)",
       "subject_missing"},
      {"insert into ishi.event_subject values (gen_random_uuid(), 720)", "subject_surplus"},
      {"update ishi.tile set hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) where level = 0 and index = 1",
       "tile_hashes"},
      {"update ishi.checkpoint set root = decode(repeat('00', 32), 'hex')", "checkpoint_columns"},
      {"delete from ishi.event where index = 800", "event_missing"},
      {"insert into ishi.event select (select size from ishi.log_head) + 1, kind, registered_at, commitment, salt, "
       "body from ishi.event where index = 1",
       "event_surplus"},
  };
  for (const auto& [damage, code] : damages) {
    stack.postgres().sql(stack.database(), std::string("set session_replication_role = replica; ") + damage);
    const auto [status, answer] = by_hand();
    EXPECT_EQ(status, 1) << damage;
    EXPECT_NE(answer.dump().find(code), std::string::npos) << damage << "\n" << answer;
  }
  wait_until("the server finds it by itself", [&] { return metric("ishi_fsck_differences") >= 9; });
  EXPECT_NE(server->log_text().find("\"fsck_difference\""), std::string::npos);
}

}  // namespace
}  // namespace ishi::testing
