// Desk: the write door over a log in memory, and a status source that folds that log anew for every question.
// The clock stands at noon (JST) of 2026-07-01 and moves when told to. Tests speak JSON and read JSON.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/writes/writes.h"
#include "registry/status/population.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/sample_book.h"

namespace ishi::api::testing {

class FoldedStatus final : public StatusSource {
 public:
  FoldedStatus(ishi::testing::MemoryLog& log, const Clock& clock, const PolicyBook& book);
  Result<View> view(const Freshness& freshness) const override;
  Result<View> view_at(Position known_at) const override;
  Result<void> decide_all(const View&, const Question&, std::span<const Token>, std::span<const TokenForms>,
                          std::span<ReasonCode>) const override;
  Result<Match> find(const View& view, const Token& token, const TokenForms* forms) const override;

 private:
  ishi::testing::MemoryLog& log_;
  const Clock& clock_;
  const PolicyBook& book_;
  mutable std::optional<Population> folded_;  // one thread asks here
};
Population fold(const ishi::testing::MemoryLog& log, Position upto);

struct Answered {
  int status = 0;
  nlohmann::json body;
  std::string text, position, repeated, receipts;
  const nlohmann::json& line(std::size_t i) const { return body.at("results").at(i); }
  std::string code(std::size_t i = 0) const { return line(i).value("code", ""); }
  std::string field(std::size_t i = 0) const { return line(i).value("field", ""); }
  std::uint64_t receipt(std::size_t i = 0) const { return line(i).at("receipt"); }
};
using Headers = std::vector<std::pair<std::string, std::string>>;

class Desk {
 public:
  Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  // One or several JSON objects; a string with the body as it is, for CSV and worse.
  Answered post(const WriteKind& kind, const nlohmann::json& lines, Headers headers = {},
                const std::string& query = {});
  Answered post_text(const WriteKind& kind, std::string body, const std::string& type, Headers headers = {},
                     const std::string& query = {});

  std::vector<StoredEvent> events() const { return log.read(EventIndex(0), 100'000).value(); }
  std::size_t event_count() const { return events().size(); }
  template <typename Body>
  Body event(std::size_t index) const {
    return std::get<Body>(events().at(index).event.body);
  }
  std::optional<PersonStatus> person(const Token& token) const;

  ishi::testing::FakeClock clock{"2026-07-01T12:00:00+09:00"};
  PolicyBook book = sample::book();
  ishi::testing::MemoryLog log{clock};
  FoldedStatus status{log, clock, book};
  Tokenizer tokenizer;
  Principal principal;  // a machine of the hospital kAoba
  WriteLimits limits;
};

std::string token_text(int number);  // 32 hex digits
Token token(int number);
std::string id_text(int number);  // 協会けんぽ東京, with branch
nlohmann::json notice(int person, std::string_view date = "2026-06-01");

}  // namespace ishi::api::testing
