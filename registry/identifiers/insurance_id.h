// InsuranceId: the number on a person's insurance card, from any of its disguises, in one canonical form.
// Follows LAW.md 5.1, 5.2, 5.8 (JP Core: 保険者等番号8桁:記号:番号:枝番). Pure; any thread. Values live in memory
// for one request and are never logged; errors name the field and the rule, never the value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi {

enum class InsurerKind : std::uint8_t {
  kKyokai,
  kSeamen,
  kDayLabour,
  kKumiai,
  kSelfDefence,
  kKyosai,
  kNhiMunicipal,
  kNhiKumiai,
  kLate75,
  kRetiree,
  kPublicAssistance,
  kPublicOther,
  kOther,
};

struct InsuranceId {
  std::string insurer;  // 8 digits
  std::string symbol;   // normalised, may be empty
  std::string number;   // normalised, may be empty only for a household of a known symbol: refused otherwise
  std::string branch;   // "" or two digits
  InsurerKind kind = InsurerKind::kOther;
  bool check_digit_ok = true;  // of the insurer number; callers decide: refuse by hand, flag in bulk
  // The number names one person without a branch (75 and over, public assistance and other public payers).
  bool personal_without_branch() const;
  friend bool operator==(const InsuranceId&, const InsuranceId&) = default;
};

// Each part in any disguise: full width, hyphens and long vowel marks, blanks inside or around, 6-digit insurers,
// one-digit branches. An empty branch stays empty: it is not 00. A wrong insurer check digit is not an error but a
// flag. Refused: '|' and ':' in a field, control, format, invisible and unassigned characters (white space is dropped,
// not refused), bad UTF-8, a field of more than 256 bytes as it comes or 64 bytes when folded, an insurer of only
// zeros. An empty number is taken only with a symbol and without a branch, and never for a personal kind of number.
// Error codes, all kInvalidArgument: insurer_format, symbol_format, number_format, number_missing, branch_format,
// my_number_refused (any field that holds a run of exactly 12 digits, hyphens and blanks aside, that is a My Number;
// told before every other error). Digits of different fields are not strung together: symbol and number of many
// cards have 12 digits between them.
Result<InsuranceId> parse_insurance_id(std::string_view insurer, std::string_view symbol, std::string_view number,
                                       std::string_view branch);
// 保険者番号:記号:番号:枝番 with half-width colons; the final colon is mandatory, also when there is no branch (R09).
// identifier_format when there are not 4 fields.
Result<InsuranceId> parse_insurance_line(std::string_view line);
// The FHIR CSV form: "00138016","千－１２","００１２３４５","01" (RFC 4180 quotes, which may be left out; blanks around
// a field and a missing last field are allowed). identifier_format for anything else.
Result<InsuranceId> parse_insurance_csv(std::string_view text);

std::string canonical_exact(const InsuranceId& id);      // v1|INS8|symbol|number|branch
std::string canonical_household(const InsuranceId& id);  // the same without branch
std::string canonical_loose(const InsuranceId& id);      // v1L|…

}  // namespace ishi
