#include "tests/api/writes/desk.h"

#include <chrono>
#include <numeric>

namespace ishi::api::testing {

FoldedStatus::FoldedStatus(ishi::testing::MemoryLog& log, const Clock& clock, const PolicyBook& book)
    : log_(log), clock_(clock), book_(book) {}

Result<View> FoldedStatus::view(const Freshness& freshness) const {
  const Position position = log_.head().value().position;
  if (freshness.at_least.value_or(Position()) > position)  // as a node does: it waits for no Position not given out yet
    return fail(ErrorKind::kNotFreshYet, "not_fresh_yet", "the log has not come to that Position");
  return view_at(position);
}

Result<View> FoldedStatus::view_at(Position known_at) const {
  View view;
  view.position = known_at;
  view.evaluated_at = std::max(clock_.now(), log_.head()->last_registered_at);
  view.book = std::make_shared<const PolicyBook>(book_);
  return view;
}

Result<void> FoldedStatus::decide_all(const View&, const Question&, std::span<const Token>, std::span<const TokenForms>,
                                      std::span<ReasonCode>) const {
  return fail(ErrorKind::kUnavailable, "not_here", "this source decides nothing");
}

Population fold(const ishi::testing::MemoryLog& log, Position upto) {
  Population population;
  const std::vector<StoredEvent> events = log.read(EventIndex(0), 100'000).value();
  for (const StoredEvent& stored : events) {
    if (upto.covers(stored.index)) population.apply(stored.index, stored.event);
  }
  return population;
}

Result<Match> FoldedStatus::find(const View& view, const Token& token, const TokenForms*) const {
  if (!folded_ || folded_->position() != view.position) folded_ = fold(log_, view.position);
  return folded_->resolve(token, std::nullopt, std::nullopt);
}

namespace {
Tokenizer make_tokenizer() {
  Bytes key(32);
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return std::move(Tokenizer::create("k1", key).value());
}
}  // namespace

Desk::Desk() : tokenizer(make_tokenizer()) {
  principal.id = "aoba-machine";
  principal.role = Role::kHolderBatch;
  principal.holder = sample::kAoba;
}

Answered Desk::post(const WriteKind& kind, const nlohmann::json& lines, Headers headers, const std::string& query) {
  std::string body;
  for (const auto& line : lines.is_array() ? lines : nlohmann::json::array({lines})) body += line.dump() + "\n";
  return post_text(kind, std::move(body), "application/x-ndjson", std::move(headers), query);
}

Answered Desk::post_text(const WriteKind& kind, std::string body, const std::string& type, Headers headers,
                         const std::string& query) {
  Request request;
  request.method = Method::kPost;
  request.path = "/v1/" + std::string(kind.name);
  request.headers = std::move(headers);
  request.headers.emplace_back("Content-Type", type);
  if (!query.empty()) request.query[query.substr(0, query.find('='))] = query.substr(query.find('=') + 1);
  request.body = body;
  const Writes writes({log, status, tokenizer, clock, log}, limits);
  const Response response = writes.handle(kind, request, principal);
  Answered answered;
  answered.status = response.status;
  answered.text = response.body;
  answered.body = nlohmann::json::parse(response.body);
  for (const auto& [name, value] : response.headers) {
    if (name == "Ishi-Position") answered.position = value;
    if (name == "Ishi-Receipt") answered.receipts = value;
    if (name == "Ishi-Repeated") answered.repeated = value;
  }
  return answered;
}

std::optional<PersonStatus> Desk::person(const Token& wanted) const {
  return fold(log, log.head().value().position).find(wanted);
}

std::string token_text(int number) {
  std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), 'a') + digits;
}
Token token(int number) {
  return Token::parse_hex(token_text(number)).value();
}
std::string id_text(int number) {
  return "01130012:21700023:" + std::to_string(number) + ":00";
}

nlohmann::json notice(int person, std::string_view date) {
  return {{"token", token_text(person)}, {"holder", sample::kAoba}, {"regime", "NGMIA_ANON"},
          {"template", "anon-2024"},     {"method", "N1"},          {"date", date}};
}

}  // namespace ishi::api::testing
