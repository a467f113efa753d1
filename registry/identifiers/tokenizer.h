// Tokenizer: canonical insurance identifier -> tokens, keyed. HMAC-SHA-256 under a registry key with an id; the
// first 16 bytes are the token (LAW.md 5.8, whose vectors are the tests). Immutable after construction; any
// thread. The keyed state is prepared once, so a token costs two SHA-256 blocks and no allocation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "registry/bytes.h"
#include "registry/identifiers/insurance_id.h"
#include "registry/identifiers/token.h"
#include "registry/result.h"
#include "registry/time.h"

namespace ishi {

// The written forms under which one identifier may be known.
struct TokenForms {
  Token exact, household, loose;
  TokenLevel level = TokenLevel::kExact;  // of `exact`: kHousehold when a branch is missing on a card that has one
  friend bool operator==(const TokenForms&, const TokenForms&) = default;
};

class Tokenizer {
 public:
  // key_id: 1..32 of [A-Za-z0-9_-]; key: 32..64 bytes. Errors: kInvalidArgument.
  static Result<Tokenizer> create(std::string key_id, ByteView key);
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  const std::string& key_id() const;
  Token token_of(std::string_view canonical) const;
  Token exact(const InsuranceId& id) const;
  TokenForms forms(const InsuranceId& id) const;
  // The other cards that this one may be meant for (LAW.md 5.10): of a card on which a branch is missing, the hundred
  // cards with one; of a card with a branch, the household's. Of a number that is personal without one: none.
  std::vector<TokenForms> kin(const InsuranceId& id) const;

  // The same requester asks again (LAW.md 4.8). Keyed by a key of their own, so that no mark is ever a card's token.
  // The two kinds never match. desk_mark: the name as N(x) of LAW.md 5.8; nullopt if it is empty or can't be read so.
  Token portal_mark(std::string_view issuer, std::string_view subject) const;
  std::optional<Token> desk_mark(std::string_view name, CivilDate birth_date) const;
  // The pseudonym of a member of staff: of the institution that employs them and of the id it gave them, so that two
  // institutions' numbers never match. Keyed as the marks are.
  Token staff_mark(std::string_view institution, std::string_view staff_id) const;

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ishi
