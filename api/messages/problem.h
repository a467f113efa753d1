// Error -> answer: one HTTP status per ErrorKind and an application/problem+json body (RFC 9457) with a stable
// `code`. Title and detail come in Japanese or English by Accept-Language (RFC 9110 12.5.4; English when neither is
// preferred). A 5xx has fixed words only: nothing internal leaves here. A 503
// carries Retry-After. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/messages/message.h"
#include "registry/result.h"

namespace ishi::api {

constexpr int kRetryAfterSeconds = 1;  // of every 503

enum class Language : std::uint8_t { kEnglish, kJapanese };
// The better of the two by quality value; the first named wins a tie.
Language preferred_language(std::string_view accept_language);

int status_of(ErrorKind kind);

// An extension member of the problem document.
using ProblemValue = std::variant<std::string, std::int64_t, std::vector<std::string>>;
struct Problem {
  int status = 400;
  std::string code;    // snake_case, stable
  std::string detail;  // English, what is wrong and what to do; never shown for a 5xx
  std::vector<std::pair<std::string, ProblemValue>> members;  // "known": ["regime", "holder"]
  std::vector<std::pair<std::string, std::string>> headers;   // Allow, WWW-Authenticate, …
};

Response to_response(const Problem& problem, Language language);

// The usual way for a handler: `return problem_response(result.error(), request);`
Response problem_response(const Error& error, const Request& request);
Response problem_response(const Problem& problem, const Request& request);

// Every code that has words of its own, for the documentation and its test.
std::vector<std::string_view> known_problem_codes();

}  // namespace ishi::api
