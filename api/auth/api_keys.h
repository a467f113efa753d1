// API keys: `Authorization: Bearer <key>` (RFC 6750 2.1). The book holds SHA-256 of each key, never the key. Keys
// are random and long, so one round of hashing is enough. A key belongs to a machine or a desk: a caller whose role
// is that of a person (PATIENT, PROXY, BEREAVED) is refused here; people come in through the portal.
#pragma once

#include <atomic>

#include "api/auth/authenticator.h"
#include "registry/time.h"

namespace ishi::api {

constexpr std::size_t kApiKeyBytesMin = 16, kApiKeyBytesMax = 256;

class ApiKeys final : public Authenticator {
 public:
  explicit ApiKeys(const Clock& clock);
  ~ApiKeys() override;
  Result<Principal> authenticate(const Request& request, const std::shared_ptr<const PolicyBook>& book) const override;

 private:
  struct Index;
  std::shared_ptr<const Index> index_of(const std::shared_ptr<const PolicyBook>& book) const;

  const Clock& clock_;
  mutable std::atomic<std::shared_ptr<const Index>> index_;  // of the newest book seen
};

}  // namespace ishi::api
