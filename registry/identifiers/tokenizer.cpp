// SHA256_CTX and its functions are deprecated in OpenSSL 3 in favour of EVP, but only they let a prepared state be
// copied by value: EVP_MD_CTX_copy_ex allocates and costs more than the two hash blocks of a token.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "registry/identifiers/tokenizer.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "registry/identifiers/canonical.h"
#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;
constexpr std::size_t kKeyBytesMin = 32;
constexpr std::size_t kKeyIdBytesMax = 32;
constexpr int kBranches = 100;  // 00..99

bool is_key_id(std::string_view text) {
  if (text.empty() || text.size() > kKeyIdBytesMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// SHA-256 after one block of the key, each byte xored with the pad (RFC 2104).
SHA256_CTX state_after_padded_key(ByteView key, std::uint8_t pad) {
  std::array<std::uint8_t, kBlockBytes> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<std::uint8_t>(block[i] ^ key[i]);
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
  return context;
}

// HMAC-SHA-256 with everything about the key done.
struct KeyedState {
  SHA256_CTX inner, outer;

  explicit KeyedState(ByteView key)
      : inner(state_after_padded_key(key, 0x36)), outer(state_after_padded_key(key, 0x5c)) {}
  KeyedState(const KeyedState&) = delete;
  KeyedState& operator=(const KeyedState&) = delete;
  ~KeyedState() {
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest_of(std::string_view text) const {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
    SHA256_CTX context = inner;
    SHA256_Update(&context, text.data(), text.size());
    SHA256_Final(digest.data(), &context);
    context = outer;
    SHA256_Update(&context, digest.data(), digest.size());
    SHA256_Final(digest.data(), &context);
    return digest;
  }
  Token token_of(std::string_view text) const {
    const auto digest = digest_of(text);
    return Token(std::span(digest).first<Token::kSizeBytes>());
  }
};

}  // namespace

struct Tokenizer::State {
  std::string key_id;
  KeyedState cards;
  KeyedState requesters;

  State(std::string id, ByteView key)
      : key_id(std::move(id)), cards(key), requesters(cards.digest_of("ishi key of requesters v1")) {}
};

Tokenizer::Tokenizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::create(std::string key_id, ByteView key) {
  if (!is_key_id(key_id))
    return fail(ErrorKind::kInvalidArgument, "key_id_format", "a key id has 1 to 32 of the characters A-Z a-z 0-9 _ -");
  if (key.size() < kKeyBytesMin || key.size() > kBlockBytes)
    return fail(ErrorKind::kInvalidArgument, "key_size", "a registry key has 32 to 64 bytes");
  return Tokenizer(std::make_unique<State>(std::move(key_id), key));
}

const std::string& Tokenizer::key_id() const {
  return state_->key_id;
}

Token Tokenizer::token_of(std::string_view canonical) const {
  return state_->cards.token_of(canonical);
}

Token Tokenizer::exact(const InsuranceId& id) const {
  CanonicalText text;
  write_exact(id, id.branch, text);
  return text.overflowed() ? token_of(canonical_exact(id)) : token_of(text.view());
}

TokenForms Tokenizer::forms(const InsuranceId& id) const {
  TokenForms forms;
  forms.exact = exact(id);
  forms.household = forms.exact;
  if (!id.branch.empty()) {
    CanonicalText household;
    write_exact(id, {}, household);
    forms.household = household.overflowed() ? token_of(canonical_household(id)) : token_of(household.view());
  }
  CanonicalText loose;
  write_loose(id, loose);
  forms.loose = loose.overflowed() ? token_of(canonical_loose(id)) : token_of(loose.view());
  forms.level = id.branch.empty() && !id.personal_without_branch() ? TokenLevel::kHousehold : TokenLevel::kExact;
  return forms;
}

std::vector<TokenForms> Tokenizer::kin(const InsuranceId& id) const {
  std::vector<TokenForms> kin;
  InsuranceId other = id;
  if (!id.branch.empty()) {
    other.branch.clear();
    if (!other.personal_without_branch()) kin.push_back(forms(other));
    return kin;
  }
  if (id.personal_without_branch()) return kin;
  for (int branch = 0; branch < kBranches; ++branch) {
    other.branch = {static_cast<char>('0' + branch / 10), static_cast<char>('0' + branch % 10)};
    kin.push_back(forms(other));
  }
  return kin;
}

Token Tokenizer::portal_mark(std::string_view issuer, std::string_view subject) const {
  return state_->requesters.token_of("portal\n" + std::string(issuer) + "\n" + std::string(subject));
}

std::optional<Token> Tokenizer::desk_mark(std::string_view name, CivilDate birth_date) const {
  const FieldText folded(name);
  if (folded.fault() != FieldFault::kNone || folded.view().empty()) return std::nullopt;
  return state_->requesters.token_of("desk\n" + std::string(folded.view()) + "\n" + to_iso(birth_date));
}

Token Tokenizer::staff_mark(std::string_view institution, std::string_view staff_id) const {
  return state_->requesters.token_of("staff\n" + std::string(institution) + "\n" + std::string(staff_id));
}

}  // namespace ishi
