// ishid killed with SIGKILL in the middle of bulk loads, again and again. After each restart every acknowledged batch
// is there, every objection acknowledged before the kill denies, and sending a batch again adds nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

std::string hex_token(std::mt19937_64& random) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) text += kDigits[random() % 16];
  return text;
}

struct Batch {
  std::string path, key, body;
  std::vector<std::string> tokens;
};

TEST(Kill, NothingAcknowledgedIsLostAndNoAllowIsWrong) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  Stack stack(0.001);
  const auto book = stack.book();
  std::string holder, letter;
  for (const auto& [id, shown] : book->templates) {
    if (shown.regime != "NGMIA_ANON" || !shown.effective.contains(CivilDate::of(2026, 9, 1)) ||
        !shown.categories.empty())
      continue;
    letter = id;
    holder = shown.holder;
    break;
  }
  ASSERT_FALSE(letter.empty());
  if (holder.empty())
    for (const auto& [code, institution] : book->institutions)
      for (const auto& filing : institution.filings)
        if (filing.regime == "NGMIA_ANON" && filing.valid.contains(CivilDate::of(2026, 11, 1))) holder = code;
  const auto server = stack.new_server();
  std::vector<std::string> notified, objected;
  std::uint64_t batch_number = 0, repeated_whole = 0;

  const std::uint64_t kills = steps(6, 50);
  for (std::uint64_t kill = 0; kill <= kills; ++kill) {
    server->start();
    const auto connection = stack.client(*server, "registry-ops");
    // What was acknowledged before is all there.
    const auto ask = [&](const std::vector<std::string>& tokens, std::uint8_t wanted, const char* what) {
      for (std::size_t from = 0; from < tokens.size(); from += 20'000) {
        std::string body;
        const std::size_t to = std::min(tokens.size(), from + 20'000);
        for (std::size_t i = from; i < to; ++i)
          body += std::string(reinterpret_cast<const char*>(Token::parse_hex(tokens[i])->bytes().data()), 16);
        const auto auditor = stack.client(*server, "minister");
        const auto reply = auditor->send({.target = "/v1/filter?" + client::query_string({{"regime", "NGMIA_ANON"},
                                                                                          {"categories", "RECEIPT"},
                                                                                          {"holder", holder},
                                                                                          {"answer", "reasons"}}),
                                          .content_type = "application/octet-stream",
                                          .body = body});
        ASSERT_TRUE(reply.has_value()) << reply.error().detail;
        ASSERT_EQ(reply->status, 200) << reply->body;
        for (std::size_t i = from; i < to; ++i)
          ASSERT_EQ(static_cast<std::uint8_t>(reply->body[i - from]), wanted) << what << " after kill " << kill;
      }
    };
    ask(notified, 0, "told and not objecting");
    ask(objected, 1, "objected");
    if (HasFatalFailure() || kill == kills) break;

    std::atomic<bool> killed{false};
    const auto wait_ms = std::chrono::milliseconds(20 + random() % 600);
    std::thread killer([&] {
      std::this_thread::sleep_for(wait_ms);
      server->kill_hard();
      killed = true;
    });
    std::vector<Batch> in_doubt;
    while (!killed) {
      Batch batch;
      batch.key = "batch-" + std::to_string(++batch_number);
      const bool objections = batch_number % 3 == 0;
      batch.path = objections ? "/v1/objections" : "/v1/notices";
      const std::size_t lines = 1 + random() % 400;
      for (std::size_t i = 0; i < lines; ++i) {
        const std::string token = hex_token(random);
        batch.tokens.push_back(token);
        if (objections)
          batch.body += R"({"token":")" + token + "\"}\n";
        else
          batch.body += R"({"token":")" + token + R"(","holder":")" + holder +
                        R"(","regime":"NGMIA_ANON","template":")" + letter + R"(","method":"N1","date":"2026-09-01"})" +
                        "\n";
      }
      const auto reply = connection->send({.target = batch.path,
                                           .content_type = "application/x-ndjson",
                                           .headers = {{"Idempotency-Key", batch.key}},
                                           .body = batch.body});
      if (!reply || reply->status == 503) {
        in_doubt.push_back(std::move(batch));
        continue;
      }
      ASSERT_EQ(reply->status, 200) << reply->body;
      auto& known = objections ? objected : notified;
      known.insert(known.end(), batch.tokens.begin(), batch.tokens.end());
    }
    killer.join();
    // A client without an answer sends again with the same key; then it is recorded exactly once.
    server->start();
    const auto again = stack.client(*server, "registry-ops");
    for (const Batch& batch : in_doubt) {
      if (batch.body.empty()) continue;
      const auto reply = again->send({.target = batch.path,
                                      .content_type = "application/x-ndjson",
                                      .headers = {{"Idempotency-Key", batch.key}},
                                      .body = batch.body});
      ASSERT_TRUE(reply.has_value()) << reply.error().detail;
      ASSERT_EQ(reply->status, 200) << reply->body;
      const auto json = nlohmann::json::parse(reply->body);
      ASSERT_EQ(json.at("accepted").get<std::size_t>(), batch.tokens.size());
      repeated_whole += json.at("repeated").get<bool>();
      auto& known = batch.path == "/v1/objections" ? objected : notified;
      known.insert(known.end(), batch.tokens.begin(), batch.tokens.end());
    }
    server->kill_hard();
  }
  EXPECT_GT(notified.size(), 0U);
  EXPECT_GT(objected.size(), 0U);
  std::printf("%lu kills, %zu told, %zu objected, %lu batches had been committed before their kill\n",
              static_cast<unsigned long>(kills), notified.size(), objected.size(),
              static_cast<unsigned long>(repeated_whole));
}

// T28: the store is really away. No ALLOW, 503 with Retry-After, and service by itself when it is back.
TEST(StoreAway, NoAllowIsServedAndServiceReturnsByItself) {
  Stack stack(0.001);
  const auto server = stack.new_server();
  server->start();
  const auto auditor = stack.client(*server, "minister");
  const std::string body(16, 'x');
  const auto ask = [&] {
    return auditor->send(
        {.target = "/v1/filter?" + client::query_string({{"regime", "PUBDB_NDB"}, {"answer", "reasons"}}),
         .content_type = "application/octet-stream",
         .body = body});
  };
  auto reply = ask();
  ASSERT_TRUE(reply.has_value()) << reply.error().detail;
  ASSERT_EQ(reply->status, 200) << reply->body;
  ASSERT_EQ(reply->body[0], 0) << "an unknown person and no objection: a public database may use it";
  stack.postgres().kill_hard();
  for (int i = 0; i < 5; ++i) {
    reply = ask();
    ASSERT_TRUE(reply.has_value()) << "the server must stay up: " << reply.error().detail;
    ASSERT_EQ(reply->status, 503) << reply->body;
    EXPECT_FALSE(reply->header("Retry-After").empty());
  }
  stack.postgres().start();
  for (int i = 0; i < 100; ++i) {
    reply = ask();
    ASSERT_TRUE(reply.has_value());
    if (reply->status == 200) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(reply->status, 200) << reply->body;
  EXPECT_EQ(server->stop(), 0);
}

}  // namespace
}  // namespace ishi::testing
