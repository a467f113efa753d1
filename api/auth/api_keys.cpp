#include "api/auth/api_keys.h"

#include <array>
#include <cstring>
#include <unordered_map>

#include "registry/bytes.h"
#include "registry/merkle/sha256.h"

namespace ishi::api {
namespace {

using KeyDigest = Digest;

struct DigestHash {
  std::size_t operator()(const KeyDigest& digest) const {
    std::size_t value;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
  }
};

tl::unexpected<Error> refused() {
  return fail(ErrorKind::kUnauthenticated, "unauthenticated", "The credentials are not valid here, or not today.");
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view kBearer = "bearer ";
  if (scheme.size() < kBearer.size()) return false;
  for (std::size_t i = 0; i < kBearer.size(); ++i)
    if ((scheme[i] | 0x20) != kBearer[i] && scheme[i] != kBearer[i]) return false;
  return true;
}

bool is_a_persons(Role role) {
  return role == Role::kPatient || role == Role::kProxy || role == Role::kBereaved;
}

}  // namespace

// Finding by digest tells a stranger nothing: who can steer the digest of a guess could already invert SHA-256.
struct ApiKeys::Index {
  std::shared_ptr<const PolicyBook> book;  // keeps the callers alive
  std::unordered_map<KeyDigest, const Caller*, DigestHash> callers;
};

ApiKeys::ApiKeys(const Clock& clock) : clock_(clock) {}
ApiKeys::~ApiKeys() = default;

std::shared_ptr<const ApiKeys::Index> ApiKeys::index_of(const std::shared_ptr<const PolicyBook>& book) const {
  std::shared_ptr<const Index> index = index_.load();
  if (index && index->book == book) return index;
  auto fresh = std::make_shared<Index>();
  fresh->book = book;
  for (const auto& [id, caller] : book->callers) {
    KeyDigest digest;
    if (from_hex_into(caller.key_sha256, digest)) fresh->callers.emplace(digest, &caller);
  }
  index_.store(fresh);
  return fresh;
}

Result<Principal> ApiKeys::authenticate(const Request& request, const std::shared_ptr<const PolicyBook>& book) const {
  const std::string_view authorization = request.header("Authorization");
  if (authorization.empty()) return Principal{"anonymous", Role::kPublic, {}, {}, {}};
  if (!book) return fail(ErrorKind::kUnavailable, "no_policy", "No policy is published yet.");
  if (!is_bearer(authorization)) return refused();
  std::string_view key = authorization.substr(7);
  while (key.starts_with(' ')) key.remove_prefix(1);
  if (key.size() < kApiKeyBytesMin || key.size() > kApiKeyBytesMax) return refused();

  const KeyDigest digest = sha256(as_bytes(key));
  const std::shared_ptr<const Index> index = index_of(book);
  const auto found = index->callers.find(digest);
  if (found == index->callers.end() || !equal_constant_time(found->first, digest)) return refused();
  const Caller& caller = *found->second;
  if (is_a_persons(caller.role) || !caller.valid.contains(jst_date(clock_.now()))) return refused();
  return Principal{caller.id,         caller.role,  caller.holder,   caller.recipient,
                   caller.prefecture, std::nullopt, caller.ministry, book};
}

}  // namespace ishi::api
