#include "registry/merkle/sha256.h"

#include <openssl/evp.h>

#include "registry/assert.h"

namespace ishi {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// Looked up once: OpenSSL 3 otherwise searches its providers for every single hash.
const EVP_MD* algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ISHI_ASSERT(md != nullptr);
  return md;
}

Context started() {
  Context context(EVP_MD_CTX_new());
  ISHI_ASSERT(context != nullptr);
  ISHI_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1);
  return context;
}

void feed(EVP_MD_CTX* context, ByteView bytes) {
  ISHI_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

Digest finished(EVP_MD_CTX* context) {
  Digest digest;
  ISHI_ASSERT(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  return digest;
}

// Millions of short hashes: the context is made once per thread.
EVP_MD_CTX* restarted() {
  thread_local const Context context = started();
  ISHI_ASSERT(EVP_DigestInit_ex2(context.get(), nullptr, nullptr) == 1);
  return context.get();
}

}  // namespace

Digest sha256(ByteView bytes) {
  EVP_MD_CTX* context = restarted();
  feed(context, bytes);
  return finished(context);
}

Digest sha256(ByteView first, ByteView second) {
  EVP_MD_CTX* context = restarted();
  feed(context, first);
  feed(context, second);
  return finished(context);
}

struct Sha256::State {
  Context context = started();
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
  feed(state_->context.get(), bytes);
}

Digest Sha256::finish() {
  const Digest digest = finished(state_->context.get());
  ISHI_ASSERT(EVP_DigestInit_ex2(state_->context.get(), nullptr, nullptr) == 1);
  return digest;
}

}  // namespace ishi
