#include "api/auth/strict_authenticator.h"

#include <charconv>

namespace ishi::api {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kAnyAge = std::chrono::hours(24 * 365);

// How old a policy the request may be judged by when there is no newer; 0: no older one.
seconds age_max(const Request& request) {
  if (request.path == "/metrics") return kAnyAge;
  const std::string_view text = request.header("Ishi-Max-Staleness");
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return seconds(0);  // refused later, in words
  return std::min(seconds(value), kAnyAge);
}

}  // namespace

Result<Principal> StrictAuthenticator::who_asks(const Request& request) const {
  if (request.header("Authorization").empty()) return keys_.authenticate(request, nullptr);
  Freshness strict;
  strict.asked_at = request.received.value_or(steady_clock::now());
  strict.deadline = request.at_once_until.value_or(*strict.asked_at + wait_max_);
  strict.at_once = request.at_once_until.has_value();
  Result<View> view = status_.view(strict);
  if (!view) {
    if (strict.at_once) return fail(view.error());
    if (const seconds age = age_max(request); age > seconds(0))
      if (auto principal = by_policy_at_hand(request, age)) return principal;
    return fail(view.error());
  }
  Result<Principal> principal = keys_.authenticate(request, view->book);
  if (principal) principal->view = std::move(*view);
  return principal;
}

Result<Principal> StrictAuthenticator::by_policy_at_hand(const Request& request, seconds age) const {
  Freshness loosened;
  loosened.staleness_max = age;
  loosened.deadline = steady_clock::now();
  const Result<View> view = status_.view(loosened);
  if (!view) return fail(view.error());
  return keys_.authenticate(request, view->book);
}

}  // namespace ishi::api
