// HTTP requests: however the bytes trickle in, the same requests come out, and a refusal says fixed words.
#include "api/http/request_reader.h"

#include <vector>

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

using State = api::RequestReader::State;

constexpr std::size_t kBodyBytesMax = 2'000;
constexpr api::ReaderLimits kLimits{.head_bytes_max = 1'024, .target_bytes_max = 200, .headers_max = 10};

struct Outcome {  // of one request, or of the refusal at the end
  State state = State::kHead;
  api::Method method = api::Method::kGet;
  std::string target, body, refusal;
  std::vector<std::pair<std::string, std::string>> headers;
  bool too_large = false, keep_alive = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(api::RequestReader& reader, std::string_view input) {
  Outcome outcome;
  outcome.state = reader.state();
  if (reader.state() == State::kRefused) {
    const auto& refusal = reader.refusal();
    FUZZ_MUST(refusal.status >= 400 && refusal.status <= 505);
    FUZZ_MUST(!refusal.code.empty() && !lies_in(refusal.code, input) && !lies_in(refusal.detail, input));
    outcome.refusal = std::string(refusal.code) + ": " + std::string(refusal.detail);
    return outcome;
  }
  const api::Request& request = reader.request();
  FUZZ_MUST(request.body.size() <= kBodyBytesMax);
  FUZZ_MUST(reader.target().size() <= kLimits.target_bytes_max);
  FUZZ_MUST(request.headers.size() <= kLimits.headers_max);
  for (const auto& [name, value] : request.headers)
    FUZZ_MUST(!name.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  outcome.method = request.method;
  outcome.target = reader.target();
  outcome.body = std::string(request.body);
  outcome.headers = request.headers;
  outcome.too_large = request.body_too_large;
  outcome.keep_alive = reader.keep_alive();
  return outcome;
}

std::vector<Outcome> read(std::string_view input, std::size_t piece_bytes) {
  api::RequestReader reader(kLimits, [](api::Method, std::string_view) { return kBodyBytesMax; });
  std::vector<Outcome> outcomes;
  for (std::string_view rest = input; !rest.empty();) {
    std::string_view piece = rest.substr(0, piece_bytes);
    rest.remove_prefix(piece.size());
    while (!piece.empty()) {
      const std::size_t taken = reader.feed(piece);
      FUZZ_MUST(taken <= piece.size());
      piece.remove_prefix(taken);
      if (reader.state() == State::kHead || reader.state() == State::kBody) {
        FUZZ_MUST(piece.empty());
        continue;
      }
      outcomes.push_back(outcome_of(reader, input));
      if (reader.state() == State::kRefused || !outcomes.back().keep_alive || outcomes.back().too_large)
        return outcomes;
      reader.reset();
      FUZZ_MUST(reader.untouched());
    }
  }
  return outcomes;
}

const Registration kTarget("request_reader", [](std::string_view input) {
  const std::size_t piece_bytes = 1 + take_choice(input, 40);
  FUZZ_MUST(read(input, piece_bytes) == read(input, input.size()));
});

}  // namespace
}  // namespace ishi::fuzz
