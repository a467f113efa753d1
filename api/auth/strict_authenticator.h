// StrictAuthenticator: credentials judged by the newest policy there is, not by the one this node happens to have
// applied. Once a revocation has been acknowledged anywhere, no node answers that key. The strict view taken for it
// goes with the Principal, so that a strict question needs no second one. Any thread.
//
// While the log cannot be reached, nobody's credentials can be judged strictly: 503. Two exceptions, by the policy at
// hand: a question that was loosened by Ishi-Max-Staleness, if that policy is no older than it asks; and /metrics,
// which an operator needs most at that moment and which speaks of nobody.
#pragma once

#include <chrono>

#include "api/auth/authenticator.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class StrictAuthenticator {
 public:
  StrictAuthenticator(const Authenticator& keys, const StatusSource& status, std::chrono::milliseconds wait_max)
      : keys_(keys), status_(status), wait_max_(wait_max) {}
  // Errors: kUnauthenticated; kUnavailable or kNotFreshYet (the log is away).
  Result<Principal> who_asks(const Request& request) const;

 private:
  Result<Principal> by_policy_at_hand(const Request& request, std::chrono::seconds age_max) const;

  const Authenticator& keys_;
  const StatusSource& status_;
  const std::chrono::milliseconds wait_max_;
};

}  // namespace ishi::api
