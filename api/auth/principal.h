// Principal: who is asking. Handlers get one and never look at credentials. API keys make them today
// (api/auth/api_keys.h); client certificates and OIDC will make the same type.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "registry/policy/policy_book.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

struct Principal {
  std::string id;  // caller id, recorded with what it does; "anonymous" for Role::kPublic
  Role role = Role::kPublic;
  std::string holder;                       // the institution it belongs to, 10 digits, else empty
  std::string recipient;                    // the operator it belongs to, else empty
  std::string prefecture;                   // for kAuditorGovernor
  std::optional<View> view = std::nullopt;  // strict, taken after the request came: what the credentials were judged by
  std::string ministry = {};                // for kAuditorMinister
  std::shared_ptr<const PolicyBook> book = nullptr;  // by which the credentials were judged; null: there were none
};

}  // namespace ishi::api
