// Authenticator: credentials of one kind -> Principal. API keys are one (api_keys.h); client certificates and OIDC
// join as others. Any thread.
#pragma once

#include <memory>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/result.h"

namespace ishi::api {

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // No credentials at all: Role::kPublic, id "anonymous". Errors: kUnauthenticated (credentials that are unknown,
  // malformed, expired or not yet valid; the answer does not say which), kUnavailable (no book to look them up in).
  virtual Result<Principal> authenticate(const Request& request,
                                         const std::shared_ptr<const PolicyBook>& book) const = 0;
};

}  // namespace ishi::api
