// Token: the only form in which a person is known here. 16 opaque bytes: the first half of HMAC-SHA-256
// under a registry key over a canonical insurance identifier (identifiers/tokenizer.h).
// It has no stream operator and no formatter on purpose: a token in a log line does not compile.
// `reveal_hex()` is the one door, and its name is easy to search for.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "registry/bytes.h"

namespace ishi {

class Token {
 public:
  static constexpr std::size_t kSizeBytes = 16;
  constexpr Token() = default;
  explicit Token(std::span<const std::uint8_t, kSizeBytes> bytes) {
    std::memcpy(bytes_.data(), bytes.data(), kSizeBytes);
  }
  static std::optional<Token> parse_hex(std::string_view text) {  // exactly 32 hex digits
    Token token;
    if (!from_hex_into(text, token.bytes_)) return std::nullopt;
    return token;
  }
  std::string reveal_hex() const { return to_hex(bytes_); }
  std::span<const std::uint8_t, kSizeBytes> bytes() const { return bytes_; }
  friend auto operator<=>(const Token&, const Token&) = default;

 private:
  std::array<std::uint8_t, kSizeBytes> bytes_{};
};
static_assert(sizeof(Token) == Token::kSizeBytes);

struct TokenHash {  // tokens are uniform already
  std::size_t operator()(const Token& token) const {
    std::size_t value;
    std::memcpy(&value, token.bytes().data(), sizeof value);
    return value;
  }
};

// What a token stands for. Only kExact may lead to ALLOW (LAW.md 5.9); the others may deny, never allow.
enum class TokenLevel : std::uint8_t {
  kExact = 0,      // one person: full identifier, or a kind of number that is personal without a branch
  kHousehold = 1,  // insurer + symbol + number without the branch: everybody on that card (LAW.md 5.10)
  kLoose = 2,      // punctuation and leading zeros dropped (LAW.md 5.8)
};

}  // namespace ishi
