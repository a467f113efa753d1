// One caller does its worst to one person: hundreds of links, thousands of objections, all of it again. What a server
// needs for it stays flat. And a log that was filled so before commands were bounded: a server starts and answers.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/host/system_clock.h"
#include "sql/log/pg_event_log.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

constexpr int kCards = 256, kObjections = 5'000, kFacts = 200'000;
constexpr std::uint64_t kGrowthKilobytesMax = 150'000;

std::string card(int number) {
  char text[33];
  std::snprintf(text, sizeof text, "%032x", 0xc0000 + number);
  return text;
}
Token token_of_card(int number) {
  return Token::parse_hex(card(number)).value();
}

// "VmHWM": the most memory that the process has had; "VmRSS": what it has now. In KB.
std::uint64_t memory_of(const Stack::Server& server, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(server.pid()) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1));
  return 0;
}

class Crowded : public ::testing::Test {
 protected:
  Crowded() {
    // Whatever goes wrong, the machine is not harmed.
    const rlimit six_gigabytes{std::uint64_t{6} << 30, std::uint64_t{6} << 30};
    setrlimit(RLIMIT_AS, &six_gigabytes);
  }
  nlohmann::json post(const Stack::Server& server, const std::string& kind, const std::string& body) {
    const auto reply = stack_.client(server, "registry-ops")
                           ->send({.target = "/v1/" + kind, .content_type = "application/x-ndjson", .body = body});
    if (!reply) throw std::runtime_error(reply.error().code + " " + reply.error().detail);
    auto json = nlohmann::json::parse(reply->body, nullptr, false);
    EXPECT_EQ(reply->status, 200) << reply->body.substr(0, 300);
    return json;
  }
  std::string decision(const Stack::Server& server, int number) {
    const auto holder = stack_.book()->institutions.begin()->first;
    const auto reply = stack_.client(server, holder + "-batch")
                           ->send({.method = "GET",
                                   .target = "/v1/status/" + card(number) + "?regime=NGMIA_ANON&holder=" + holder +
                                             "&categories=RECEIPT"});
    if (!reply) return reply.error().code;
    const auto json = nlohmann::json::parse(reply->body, nullptr, false);
    return json.value("code", reply->body);
  }
  double seconds_to_start(Stack::Server& server) {
    const auto from = std::chrono::steady_clock::now();
    server.start();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  }
  // Past every door, as it was before they were bounded. `persons`: about how many, with 256 cards each at most.
  void fill_log(bool one_person) {
    const api::SystemClock clock;
    const auto log = sql::make_pg_log({.connection_string = stack_.database()}, clock);
    std::vector<EventBody> bodies;
    const auto flush = [&] {
      ASSERT_TRUE(log->append({.bodies = std::exchange(bodies, {}), .caller = "registry-ops"}).has_value());
    };
    if (one_person)
      for (int i = 1; i < kCards; ++i)
        bodies.emplace_back(TokensLinked{token_of_card(0), token_of_card(i), LinkSource::kInsurer, std::nullopt});
    for (int i = 0; i < kFacts; ++i) {
      Objection wish;
      wish.token = token_of_card(one_person ? i % kCards : 1'000'000 + i);
      wish.accepted_at = clock.now();
      wish.scope.record_from = CivilDate(i % 20'000);
      bodies.emplace_back(std::move(wish));
      if (bodies.size() >= 10'000) flush();
    }
    flush();
  }
  Stack stack_{0.005};
};

TEST_F(Crowded, OneCallersWorstTakesNoMemory) {
  const auto server = stack_.new_server();
  server->start();
  std::string links, objections, period;
  for (int i = 1; i < kCards; ++i)
    links += R"({"token":")" + card(0) + R"(","other_token":")" + card(i) + R"(","source":"S4"})" + "\n";
  for (int i = 0; i < kObjections; ++i) {
    objections += R"({"token":")" + card(i % kCards) + "\"}\n";
    period += R"({"token":")" + card(i % kCards) + R"(","record_from":")" + to_iso(CivilDate(i)) + "\"}\n";
  }
  post(*server, "links", links);
  const std::uint64_t before = memory_of(*server, "VmHWM");
  for (const std::string* body : {&objections, &objections, &period, &period}) post(*server, "objections", *body);
  const std::uint64_t after = memory_of(*server, "VmHWM");
  std::printf("255 links, 4 x %d objections: at most %lu MB, before %lu MB\n", kObjections, after / 1024,
              before / 1024);
  EXPECT_LE(after, before + kGrowthKilobytesMax);
  EXPECT_EQ(decision(*server, 77), "DENY_OPTOUT");
}

TEST_F(Crowded, APoisonedLogIsStartedFromAndServed) {
  double clean = 0, poisoned = 0;
  {
    const auto server = stack_.new_server();
    server->start();  // makes the tables and publishes the book
    server->stop();
    fill_log(false);
    clean = seconds_to_start(*server);
    std::printf("%d facts about as many people: %.1f s, %lu MB\n", kFacts, clean, memory_of(*server, "VmHWM") / 1024);
  }
  fill_log(true);
  for (const char* sections : {"", "[near]\nkeep = \"recent\"\n"}) {
    const auto server = stack_.new_server(sections);
    poisoned = seconds_to_start(*server);
    std::printf("%d more about one person%s: %.1f s, %lu MB\n", kFacts, *sections ? ", keep = \"recent\"" : "",
                poisoned, memory_of(*server, "VmHWM") / 1024);
    EXPECT_EQ(decision(*server, 77), "DENY_OPTOUT");
    EXPECT_EQ(decision(*server, 5'000'000), "DENY_UNKNOWN") << "others are answered";
    const auto json = post(*server, "objections", R"({"token":")" + card(3) + "\"}\n");
    EXPECT_EQ(json["accepted"], 1);
  }
}

}  // namespace
}  // namespace ishi::testing
