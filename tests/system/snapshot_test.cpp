// The snapshot rule with real processes: a server that keeps snapshots dies at any instant, its file is cut, damaged,
// replaced by an older one or taken away, and it starts again while people go on objecting and taking back. What it
// then says, of now and of the past, is what a server says that has folded the whole log. A second server starts from
// the same file. ISHI_SEED repeats a run.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/host/system_clock.h"
#include "registry/rules/decide.h"
#include "sql/log/pg_event_log.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;

class SnapshotSystem : public ::testing::Test {
 protected:
  static constexpr const char* kKeeps =
      "[near]\npeople_max = 4000\nsnapshot_file = \"near.snapshot\"\nsnapshot_interval_s = 1\n";

  SnapshotSystem() {
    whole_->start();
    stack_.load_everything(*whole_);
    const api::SystemClock clock;
    const auto log = sql::make_pg_log({.connection_string = stack_.database()}, clock);
    const auto events = log->read(EventIndex(0), 100'000).value();
    std::set<Token> seen;
    for (const StoredEvent& stored : events)
      for (const Token& token : subjects_of(stored.event.body)) seen.insert(token);
    tokens_.assign(seen.begin(), seen.end());
  }
  std::string file() const { return stack_.folder() + "/near.snapshot"; }
  const Token& any_token() { return tokens_[random_() % tokens_.size()]; }

  // One objection, or its withdrawal. What was acknowledged is below position_.
  void live(const Stack::Server& server) {
    const auto connection = stack_.client(server, "registry-ops");
    std::string target = "/v1/objections", body = "{\"token\":\"" + any_token().reveal_hex() + "\"}\n";
    if (!receipts_.empty() && random_() % 2 == 0) {
      const auto& [token, receipt] = receipts_[random_() % receipts_.size()];
      target = "/v1/withdrawals";
      body =
          "{\"token\":\"" + token + "\",\"birth_date\":\"1970-01-01\",\"objection\":" + std::to_string(receipt) + "}\n";
    }
    const std::string token = body.substr(10, 32);
    const auto reply = connection->send({.target = target, .content_type = "application/x-ndjson", .body = body});
    if (!reply || reply->status != 200) return;
    const std::string_view receipt = reply->header("Ishi-Receipt");
    if (target == "/v1/objections" && !receipt.empty())
      receipts_.emplace_back(token, std::stoull(std::string(receipt)));
    const std::string_view position = reply->header("Ishi-Position");
    if (!position.empty()) position_ = std::max(position_, std::stoull(std::string(position)));
  }

  void compare(const Stack::Server& server, int questions) {
    for (; questions > 0; --questions) {
      std::string body;
      for (int i = 0; i < 400; ++i) {
        const Token token = any_token();
        body.append(reinterpret_cast<const char*>(token.bytes().data()), Token::kSizeBytes);
      }
      const auto holder =
          std::next(book_->institutions.begin(), static_cast<long>(random_() % book_->institutions.size()));
      Question question;
      question.regime = random_() % 2 ? "NGMIA_ANON" : "NGMIA_PSEUDO";
      question.holder = holder->first;
      question.categories = {"RECEIPT"};
      question.as_of = jst_start_of(CivilDate::of(2026, 6, 1).plus_days(static_cast<std::int32_t>(random_() % 170)));
      if (!check_question(*book_, question)) continue;
      const bool past = random_() % 2 == 0;
      std::vector<std::pair<std::string, std::string>> query{{"regime", question.regime},
                                                             {"holder", question.holder},
                                                             {"categories", "RECEIPT"},
                                                             {"as_of", to_iso(question.as_of)},
                                                             {"answer", "reasons"}};
      if (past) query.emplace_back("known_at", std::to_string(1 + random_() % position_));
      const auto ask = [&](const Stack::Server& one) {
        return stack_.client(one, "minister")
            ->send({.target = "/v1/filter?" + client::query_string(query),
                    .content_type = "application/octet-stream",
                    .headers = {{"Ishi-At-Least", std::to_string(position_)}},
                    .body = body});
      };
      const auto expected = ask(*whole_), got = ask(server);
      ASSERT_TRUE(expected.has_value() && got.has_value());
      if (past && expected->status == 400) continue;  // before the first policy
      ASSERT_EQ(expected->status, 200) << expected->body;
      ASSERT_EQ(got->status, 200) << got->body;
      ASSERT_TRUE(expected->body == got->body)
          << "the server of the snapshot says otherwise, as of " << to_iso(question.as_of);
      ++compared_;
    }
  }

  // How a server's start went.
  std::string start(Stack::Server& server) {
    server.start();
    const std::string log = server.log_text();
    std::smatch refused;
    if (log.find("snapshot_restored") != std::string::npos) {
      ++restored_;
      return "restored, ";
    }
    return std::regex_search(log, refused, std::regex(R"x("(snapshot_(?!refused)\w+)")x")) ? refused[1].str() + ", "
                                                                                           : "started, ";
  }

  std::string damage() {
    std::error_code ignored;
    if (!fs::exists(file())) return "none there";
    const auto size = fs::file_size(file());
    switch (random_() % 8) {
      case 0: fs::resize_file(file(), random_() % size); return "cut";
      case 1: {
        std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
        const auto at = static_cast<std::streamoff>(random_() % size);
        bytes.seekg(at);
        const int was = bytes.get();
        bytes.seekp(at);
        bytes.put(static_cast<char>(was ^ (1 << random_() % 8)));
        return "a bit flipped";
      }
      case 2: fs::remove(file()); return "removed";
      case 3:
        if (!fs::exists(file() + ".older")) return "nothing";
        fs::copy_file(file() + ".older", file(), fs::copy_options::overwrite_existing);
        return "an older one";
      default: fs::copy_file(file(), file() + ".older", fs::copy_options::overwrite_existing); return "nothing";
    }
  }

  const std::uint64_t seed_ = seed_of_this_run();
  std::mt19937_64 random_{seed_};
  Stack stack_{0.004};
  const std::shared_ptr<const PolicyBook> book_ = stack_.book();
  std::unique_ptr<Stack::Server> whole_ = stack_.new_server();
  std::vector<Token> tokens_;
  std::vector<std::pair<std::string, std::uint64_t>> receipts_;
  unsigned long long position_ = 1;
  std::size_t compared_ = 0, restored_ = 0;
};

TEST_F(SnapshotSystem, AfterAnyDeathAndAnyDamageAServerSaysWhatTheLogSays) {
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed_));
  const auto keeper = stack_.new_server(kKeeps);
  std::string story;
  for (std::uint64_t round = 0; round < steps(5, 60) && !HasFailure(); ++round) {
    story += start(*keeper);
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(200 + random_() % 2'500);
    while (std::chrono::steady_clock::now() < until) live(random_() % 2 ? *keeper : *whole_);
    SCOPED_TRACE(story);
    compare(*keeper, 3);
    if (random_() % 3 == 0) {
      keeper->stop();
      story += "stopped, ";
    } else {
      keeper->kill_hard();
      story += "killed, ";
    }
    for (int i = 0; i < 5; ++i) live(*whole_);
    story += damage() + ", ";
    if (round % 2 == 0) {
      const auto second = stack_.new_server(kKeeps);
      story += "a second " + start(*second);
      compare(*second, 3);
    }
  }
  if (HasFailure()) return;
  story += start(*keeper);
  live(*whole_);
  keeper->stop();  // whatever became of the file, this writes a new one
  const std::size_t before = restored_;
  story += start(*keeper);
  EXPECT_EQ(restored_, before + 1);
  compare(*keeper, 3);
  std::cout << story << compared_ << " compared, " << position_ << " events\n";
  EXPECT_GT(compared_, 10U);
}

// Nobody can have been given such a Position: a caller who names it is told so at once and delays no other.
TEST_F(SnapshotSystem, APositionThatWasNeverGivenOutHoldsUpNobody) {
  const auto book = stack_.book();
  std::string holder;
  for (const auto& [code, institution] : book->institutions)
    for (const auto& filing : institution.filings)
      if (filing.regime == "NGMIA_ANON" && filing.valid.contains(CivilDate::of(2026, 11, 1))) holder = code;
  const std::string target =
      "/v1/status/" + any_token().reveal_hex() + "?" +
      client::query_string({{"regime", "NGMIA_ANON"}, {"categories", "RECEIPT"}, {"holder", holder}});
  std::atomic<bool> enough{false};
  std::atomic<std::uint64_t> refused{0}, otherwise{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 32; ++i)
    crowd.emplace_back([&] {
      const auto connection = stack_.client(*whole_, "minister");
      while (!enough) {
        const auto reply = connection->send(
            {.method = "GET", .target = target, .headers = {{"Ishi-At-Least", "4611686018427387904"}}});
        ++(reply && reply->status == 503 && reply->header("Retry-After") != "" ? refused : otherwise);
      }
    });
  const auto connection = stack_.client(*whole_, "minister");
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    const auto reply = connection->send({.method = "GET", .target = target});
    answered += reply && reply->status == 200 ? 1 : 0;
  }
  enough = true;
  for (std::thread& one : crowd) one.join();
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(otherwise, 0U);
  EXPECT_GT(refused, 32U) << "each took the whole deadline";
}

}  // namespace
}  // namespace ishi::testing
