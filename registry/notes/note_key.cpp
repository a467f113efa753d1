#include "registry/notes/note_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "registry/assert.h"
#include "registry/notes/note_text.h"

namespace ishi {
namespace {

constexpr std::string_view kSecretPrefix = "PRIVATE+KEY+";
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kTimeBytes = 8;

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

Key public_key_of(const Ed25519PublicKey& bytes) {
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
}

bool verify_ed25519(const Ed25519PublicKey& key, std::string_view message, ByteView signature) {
  const Key handle = public_key_of(key);
  const Context context(EVP_MD_CTX_new());
  ISHI_ASSERT(context != nullptr);
  if (handle == nullptr || signature.size() != kSignatureBytes) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) != 1) return false;
  const ByteView bytes = as_bytes(message);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(), bytes.size()) == 1;
}

std::string cosigned_message(std::string_view text, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

std::string format_key_id(std::uint32_t key_id) {
  std::array<std::uint8_t, 4> bytes;
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(key_id >> (24 - 8 * i));
  return to_hex(bytes);
}

std::string format_material(NoteKeyType type, ByteView key) {
  Bytes material{static_cast<std::uint8_t>(type)};
  material.insert(material.end(), key.begin(), key.end());
  std::string text = to_base64(material);
  OPENSSL_cleanse(material.data(), material.size());
  return text;
}

// "name+hex(key id)+base64(type || 32 bytes)"
struct KeyParts {
  std::string_view name;
  std::uint32_t key_id = 0;
  std::uint8_t type = 0;
  std::array<std::uint8_t, 32> material{};
  ~KeyParts() { OPENSSL_cleanse(material.data(), material.size()); }
};

bool split_key(std::string_view text, KeyParts& parts) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return false;
  parts.name = text.substr(0, first);
  std::array<std::uint8_t, 4> id;
  if (!is_key_name(parts.name) || !from_hex_into(text.substr(first + 1, second - first - 1), id)) return false;
  for (const std::uint8_t byte : id) parts.key_id = (parts.key_id << 8) | byte;
  auto material = from_base64(text.substr(second + 1));
  if (!material || material->empty()) return false;
  parts.type = material->front();
  const bool fits = material->size() == 1 + parts.material.size();
  if (fits) std::copy(material->begin() + 1, material->end(), parts.material.begin());
  OPENSSL_cleanse(material->data(), material->size());
  return fits || (parts.type != 0x01 && parts.type != 0x04);
}

bool known_type(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(NoteKeyType::kSignature) ||
         type == static_cast<std::uint8_t>(NoteKeyType::kCosignature);
}

}  // namespace

std::uint32_t note_key_id(std::string_view name, NoteKeyType type, const Ed25519PublicKey& key) {
  std::string bytes(name);
  bytes += '\n';
  bytes += static_cast<char>(type);
  bytes += as_text(key);
  const Digest digest = sha256(as_bytes(bytes));
  return (std::uint32_t{digest[0]} << 24) | (std::uint32_t{digest[1]} << 16) | (std::uint32_t{digest[2]} << 8) |
         digest[3];
}

Result<VerifierKey> VerifierKey::create(std::string name, NoteKeyType type, const Ed25519PublicKey& key) {
  ISHI_ASSERT(is_key_name(name));
  if (public_key_of(key) == nullptr) {
    return fail(ErrorKind::kInvalidArgument, "vkey_format", "the public key is not one of Ed25519");
  }
  VerifierKey verifier;
  verifier.key_id_ = note_key_id(name, type, key);
  verifier.name_ = std::move(name);
  verifier.type_ = type;
  verifier.public_key_ = key;
  return verifier;
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  KeyParts parts;
  if (!split_key(vkey, parts)) {
    return fail(ErrorKind::kInvalidArgument, "vkey_format", "a verifier key reads name+key id (8 hex digits)+base64");
  }
  if (!known_type(parts.type)) {
    return fail(ErrorKind::kInvalidArgument, "vkey_type",
                "verifier key '" + std::string(parts.name) + "' is neither Ed25519 (1) nor an Ed25519 cosigner's (4)");
  }
  auto key = create(std::string(parts.name), static_cast<NoteKeyType>(parts.type), parts.material);
  if (key && key->key_id() != parts.key_id) {
    return fail(ErrorKind::kInvalidArgument, "vkey_format", "the key id of '" + key->name() + "' does not fit its key");
  }
  return key;
}

std::string VerifierKey::format() const {
  return name_ + "+" + format_key_id(key_id_) + "+" + format_material(type_, public_key_);
}

bool VerifierKey::verify(std::string_view text, const NoteSignature& signature) const {
  ISHI_ASSERT(matches(signature));
  if (type_ == NoteKeyType::kSignature) return verify_ed25519(public_key_, text, signature.signature);
  if (signature.signature.size() != kTimeBytes + kSignatureBytes) return false;
  const std::uint64_t seconds = cosigned_at(signature);
  if (seconds >> 63 != 0) return false;
  return verify_ed25519(public_key_, cosigned_message(text, seconds),
                        ByteView(signature.signature).subspan(kTimeBytes));
}

std::uint64_t cosigned_at(const NoteSignature& signature) {
  ISHI_ASSERT(signature.signature.size() >= kTimeBytes);
  std::uint64_t seconds = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) seconds = (seconds << 8) | signature.signature[i];
  return seconds;
}

struct SigningKey::Secret {
  Ed25519Seed seed;
  Key key;
  explicit Secret(const Ed25519Seed& bytes)
      : seed(bytes), key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size())) {
    ISHI_ASSERT(key != nullptr);
  }
  ~Secret() { OPENSSL_cleanse(seed.data(), seed.size()); }

  Bytes sign(std::string_view message) const {
    const Context context(EVP_MD_CTX_new());
    ISHI_ASSERT(context != nullptr);
    Bytes signature(kSignatureBytes);
    std::size_t length = signature.size();
    const ByteView bytes = as_bytes(message);
    ISHI_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    ISHI_ASSERT(EVP_DigestSign(context.get(), signature.data(), &length, bytes.data(), bytes.size()) == 1);
    ISHI_ASSERT(length == kSignatureBytes);
    return signature;
  }
};

SigningKey::SigningKey(VerifierKey verifier, std::shared_ptr<const Secret> secret)
    : verifier_(std::move(verifier)), secret_(std::move(secret)) {}

SigningKey SigningKey::from_seed(std::string name, NoteKeyType type, const Ed25519Seed& seed) {
  auto secret = std::make_shared<const Secret>(seed);
  Ed25519PublicKey key;
  std::size_t length = key.size();
  ISHI_ASSERT(EVP_PKEY_get_raw_public_key(secret->key.get(), key.data(), &length) == 1 && length == key.size());
  auto verifier = VerifierKey::create(std::move(name), type, key);
  ISHI_ASSERT(verifier.has_value());
  return SigningKey(*std::move(verifier), std::move(secret));
}

Result<SigningKey> SigningKey::parse(std::string_view skey) {
  KeyParts parts;
  if (!skey.starts_with(kSecretPrefix) || !split_key(skey.substr(kSecretPrefix.size()), parts)) {
    return fail(ErrorKind::kInvalidArgument, "skey_format", "a signing key reads PRIVATE+KEY+name+key id+base64");
  }
  if (!known_type(parts.type)) {
    return fail(ErrorKind::kInvalidArgument, "skey_type", "the signing key is not one of Ed25519 (types 1 and 4)");
  }
  SigningKey key = from_seed(std::string(parts.name), static_cast<NoteKeyType>(parts.type), parts.material);
  if (key.verifier().key_id() != parts.key_id) {
    return fail(ErrorKind::kInvalidArgument, "skey_format", "the signing key's id does not fit it");
  }
  return key;
}

std::string SigningKey::format_secret() const {
  return std::string(kSecretPrefix) + verifier_.name() + "+" + format_key_id(verifier_.key_id()) + "+" +
         format_material(verifier_.type(), secret_->seed);
}

NoteSignature SigningKey::sign(std::string_view text) const {
  ISHI_ASSERT(verifier_.type() == NoteKeyType::kSignature);
  return {verifier_.name(), verifier_.key_id(), secret_->sign(text)};
}

NoteSignature SigningKey::cosign(std::string_view text, std::uint64_t seconds) const {
  ISHI_ASSERT(verifier_.type() == NoteKeyType::kCosignature && seconds >> 63 == 0);
  Bytes signature;
  for (std::size_t i = 0; i < kTimeBytes; ++i) signature.push_back(static_cast<std::uint8_t>(seconds >> (56 - 8 * i)));
  const Bytes signed_part = secret_->sign(cosigned_message(text, seconds));
  signature.insert(signature.end(), signed_part.begin(), signed_part.end());
  return {verifier_.name(), verifier_.key_id(), std::move(signature)};
}

}  // namespace ishi
