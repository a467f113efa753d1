// A city's notices, objections, links, deaths and consents go in over HTTP; then random questions, over HTTP, against
// the naive twin's reading of the same log, reasons included. Full length: 300,000 people, a million questions.
#include <gtest/gtest.h>

#include <random>

#include <nlohmann/json.hpp>

#include "api/host/system_clock.h"
#include "registry/rules/decide.h"
#include "sql/log/pg_event_log.h"
#include "tests/support/naive_twin.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

struct Known {
  twin::NaiveTwin twin;
  std::vector<Token> tokens;
  std::size_t events = 0;
};

void read_log(const EventLog& log, Known& known) {
  std::set<Token> seen;
  for (;;) {
    const auto events = log.read(EventIndex(known.events), 50'000);
    ASSERT_TRUE(events.has_value()) << events.error().detail;
    if (events->empty()) break;
    for (const StoredEvent& stored : *events) {
      known.twin.add(stored.event);
      for (const Token& token : subjects_of(stored.event.body))
        if (seen.insert(token).second) known.tokens.push_back(token);
    }
    known.events += events->size();
  }
}

TEST(City, TheServerAnswersAsTheTwinDoes) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  Stack stack(full_hunt() ? 1.0 : 0.03);
  const auto server = stack.new_server();
  server->start();
  stack.load_everything(*server);
  const auto book = stack.book();

  const api::SystemClock clock;
  const auto log = sql::make_pg_log({.connection_string = stack.database()}, clock);
  Known known;
  read_log(*log, known);
  ASSERT_GT(known.events, 1000U);
  std::printf("%zu events, %zu tokens\n", known.events, known.tokens.size());

  const auto auditor = stack.client(*server, "minister");
  const auto any_key = [&](const auto& map) {
    return std::next(map.begin(), static_cast<long>(random() % map.size()))->first;
  };
  const std::vector<std::string> regimes{"NGMIA_ANON",   "NGMIA_PSEUDO", "PUBDB_NDB", "EMR_SHARE",
                                         "APPI_CONSENT", "GENOME",       "EHDS_71",   "CANCER_REG"};
  constexpr std::size_t kPerRequest = 1000;
  std::uint64_t asked = 0, differ = 0;
  std::map<std::string, std::uint64_t> by_code;
  while (asked < steps(60'000, 1'000'000)) {
    Question question;
    question.regime = regimes[random() % regimes.size()];
    question.holder = any_key(book->institutions);
    if (random() % 2) question.recipient = any_key(book->operators);
    if (random() % 4 != 0)
      question.categories = {any_key(std::map<std::string, int>{{"IMAGE", 0}, {"RECEIPT", 0}, {"GENOME", 0}})};
    if (random() % 4 == 0) question.purpose = "PURPOSE_5";
    const CivilDate day = CivilDate::of(2026, 6, 1).plus_days(static_cast<std::int32_t>(random() % 170));
    question.as_of = jst_start_of(day).plus_seconds(static_cast<std::int64_t>(random() % 86'400));
    if (!check_question(*book, question)) continue;
    const std::uint64_t known_at = random() % 4 ? known.events : known.events / 2 + random() % (known.events / 2);

    std::string body;
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < kPerRequest; ++i) {
      Token token = known.tokens[random() % known.tokens.size()];
      if (random() % 33 == 0) {
        std::uint64_t words[2] = {random(), random()};
        token = Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
      }
      tokens.push_back(token);
      body.append(reinterpret_cast<const char*>(token.bytes().data()), Token::kSizeBytes);
    }
    std::vector<std::pair<std::string, std::string>> query{{"regime", question.regime},
                                                           {"holder", question.holder},
                                                           {"as_of", to_iso(question.as_of)},
                                                           {"known_at", std::to_string(known_at)},
                                                           {"answer", "reasons"}};
    if (!question.recipient.empty()) query.emplace_back("recipient", question.recipient);
    if (!question.purpose.empty()) query.emplace_back("purpose", question.purpose);
    if (!question.categories.empty()) query.emplace_back("categories", question.categories.front());
    const auto reply = auditor->send({.target = "/v1/filter?" + client::query_string(query),
                                      .content_type = "application/octet-stream",
                                      .body = body});
    ASSERT_TRUE(reply.has_value()) << reply.error().detail;
    ASSERT_EQ(reply->status, 200) << reply->body;
    ASSERT_EQ(reply->body.size(), tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto code = static_cast<ReasonCode>(reply->body[i]);
      const Decision twin = known.twin.ask(*book, question, {tokens[i], std::nullopt, std::nullopt}, known_at);
      ++by_code[std::string(name_of(code))];
      if (twin.code == code) continue;
      if (++differ <= 5)
        ADD_FAILURE() << "server " << name_of(code) << ", twin " << name_of(twin.code) << ": " << question.regime << " "
                      << question.holder << " as of " << to_iso(question.as_of) << " known at " << known_at;
    }
    asked += tokens.size();
  }
  for (const auto& [code, count] : by_code) std::printf("%-26s %lu\n", code.c_str(), static_cast<unsigned long>(count));
  EXPECT_EQ(differ, 0U) << "of " << asked;
  EXPECT_GE(by_code.size(), 7U) << "the questions are too tame";
  EXPECT_EQ(server->stop(), 0);
}

}  // namespace
}  // namespace ishi::testing
