#include "api/client/files/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <vector>

#include "registry/assert.h"
#include "registry/bytes.h"

namespace ishi::client {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  ISHI_ASSERT(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  ISHI_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish_hex() {
  std::array<std::uint8_t, 32> digest{};
  ISHI_ASSERT(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return to_hex(digest);
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish_hex();
}

std::string random_hex(std::size_t bytes) {
  std::vector<std::uint8_t> random(bytes);
  ISHI_ASSERT(RAND_bytes(random.data(), static_cast<int>(bytes)) == 1);
  return to_hex(random);
}

}  // namespace ishi::client
