// Result<T>: the answer of everything that can fail. It must be used: dropping one does not compile
// under -Werror. Expected failures travel here; exceptions stop at each room's door; our own broken
// beliefs abort (registry/assert.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace ishi {

// What the caller can do about it. api/http maps each kind to exactly one HTTP status.
enum class ErrorKind : std::uint8_t {
  kInvalidArgument,  // 400: mend the request
  kUnauthenticated,  // 401: say who you are
  kForbidden,        // 403: this principal may not
  kNotFound,         // 404
  kConflict,         // 409: same key, other content
  kTooLarge,         // 413: send less at a time
  kUnsupported,      // 415: another media type
  kUnprocessable,    // 422: understood, but against a rule
  kTooMany,          // 429: later
  kNotFreshYet,      // 503: freshness could not be had before the deadline; try again
  kUnavailable,      // 503: a store is away or a bound is reached; try again
  kOutcomeUnknown,   // 503: the commit may or may not have happened; retry with the same key
  kCorrupt,          // 500: stored data fails its own checks; page someone
};

struct Error {
  ErrorKind kind = ErrorKind::kInvalidArgument;
  std::string code;    // stable, snake_case, for programs: "unknown_regime"
  std::string detail;  // English, for people: what is wrong and what to do
  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
};

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string detail) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(detail)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace ishi
