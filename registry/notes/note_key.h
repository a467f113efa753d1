// The keys of signed notes (C2SP signed-note, tlog-cosignature): Ed25519 (RFC 8032), each bound to a name and to what
// it signs. Pure: the caller brings the seed of a new key. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "registry/result.h"

namespace ishi {

enum class NoteKeyType : std::uint8_t {
  kSignature = 0x01,    // over the note's text
  kCosignature = 0x04,  // a witness's: over "cosignature/v1", the time, the text
};
using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Seed = std::array<std::uint8_t, 32>;

// One signature line of a note: "— <name> base64(key id || signature)".
struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;  // for a cosignature: u64 seconds, then 64 bytes
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// The first four bytes of SHA-256(name || newline || type || public key).
std::uint32_t note_key_id(std::string_view name, NoteKeyType type, const Ed25519PublicKey& key);

// What verifies: the vkey "name+hex(key id)+base64(type || public key)".
class VerifierKey {
 public:
  // Errors: kInvalidArgument "vkey_format", "vkey_type" (neither of the two above).
  static Result<VerifierKey> parse(std::string_view vkey);
  // REQUIRES: is_key_name(name). Errors: kInvalidArgument (not a point of the curve).
  static Result<VerifierKey> create(std::string name, NoteKeyType type, const Ed25519PublicKey& key);
  std::string format() const;
  const std::string& name() const { return name_; }
  NoteKeyType type() const { return type_; }
  std::uint32_t key_id() const { return key_id_; }
  const Ed25519PublicKey& public_key() const { return public_key_; }
  bool matches(const NoteSignature& signature) const { return signature.key_id == key_id_ && signature.name == name_; }
  // REQUIRES: matches(signature).
  bool verify(std::string_view text, const NoteSignature& signature) const;

 private:
  VerifierKey() = default;
  std::string name_;
  NoteKeyType type_ = NoteKeyType::kSignature;
  std::uint32_t key_id_ = 0;
  Ed25519PublicKey public_key_{};
};

// The time a cosignature states, in seconds since 1970. REQUIRES: verified by a kCosignature key.
std::uint64_t cosigned_at(const NoteSignature& signature);

// What signs: "PRIVATE+KEY+name+hex(key id)+base64(type || seed)". The seed is wiped when the last copy goes.
class SigningKey {
 public:
  // REQUIRES: is_key_name(name).
  static SigningKey from_seed(std::string name, NoteKeyType type, const Ed25519Seed& seed);
  // Errors: kInvalidArgument "skey_format", "skey_type". The text is not repeated in them.
  static Result<SigningKey> parse(std::string_view skey);
  std::string format_secret() const;
  const VerifierKey& verifier() const { return verifier_; }
  // REQUIRES: verifier().type() == kSignature; is_note_text(text).
  NoteSignature sign(std::string_view text) const;
  // REQUIRES: verifier().type() == kCosignature; seconds_since_1970 < 2^63.
  NoteSignature cosign(std::string_view text, std::uint64_t seconds_since_1970) const;

 private:
  struct Secret;
  SigningKey(VerifierKey verifier, std::shared_ptr<const Secret> secret);
  VerifierKey verifier_;
  std::shared_ptr<const Secret> secret_;
};

}  // namespace ishi
