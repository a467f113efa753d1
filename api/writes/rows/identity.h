// Who a row speaks about: token, or id (保険者番号:記号:番号:枝番), or insurer, symbol, number, branch. A token beside
// a number must be the number's, else the row is refused (identity_ambiguous, LAW.md 5.11). Raw numbers live in the row
// and here for the time of one call; only tokens leave. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "api/writes/rows/fields.h"
#include "registry/identifiers/tokenizer.h"

namespace ishi::api {

struct IdentityFields {
  std::string_view token, id, insurer, symbol, number, branch;
};
constexpr IdentityFields kPersonFields = {"token", "id", "insurer", "symbol", "number", "branch"};
constexpr IdentityFields kOtherFields = {"other_token",  "other_id",     "other_insurer",
                                         "other_symbol", "other_number", "other_branch"};

struct Identity {
  Token token;
  std::optional<TokenForms> forms;
  bool check_digit_ok = true;
  std::vector<TokenForms> kin;  // Tokenizer::kin, where asked for
};

// nullopt: the row names nobody under these fields. with_kin: of a number, its kin as well.
FieldResult<std::optional<Identity>> read_identity(const Row& row, const IdentityFields& fields,
                                                   const Tokenizer& tokenizer, bool with_kin = false);

// Does any field hold a My Number, alone or as a part of an id? Such a row must not be read further (T15).
bool holds_my_number(const Row& row);

}  // namespace ishi::api
