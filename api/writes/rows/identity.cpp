#include "api/writes/rows/identity.h"

#include <algorithm>

#include "registry/identifiers/check_digit.h"

namespace ishi::api {
namespace {

constexpr std::size_t kMyNumberDigits = 12;

std::string_view field_of(const IdentityFields& fields, LineCode code) {
  switch (code) {
    case LineCode::kSymbolFormat: return fields.symbol;
    case LineCode::kNumberFormat:
    case LineCode::kNumberMissing: return fields.number;
    case LineCode::kBranchFormat: return fields.branch;
    default: return fields.insurer;
  }
}

// Cheap first look: could this be twelve digits, in half or full width, with blanks and hyphens between?
bool worth_a_look(std::string_view text) {
  if (text.size() < kMyNumberDigits) return false;
  return std::none_of(text.begin(), text.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  });
}

bool text_holds_my_number(std::string_view text) {
  if (text.size() < kMyNumberDigits) return false;
  for (;;) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (worth_a_look(part) && looks_like_my_number(part)) return true;
    if (colon == std::string_view::npos) return false;
    text.remove_prefix(colon + 1);
  }
}

FieldResult<std::optional<Identity>> from_insurance(const Result<InsuranceId>& id, const IdentityFields& fields,
                                                    std::string_view written_in, const Tokenizer& tokenizer,
                                                    bool with_kin) {
  if (!id) {
    const LineCode code = line_code_of(id.error().code);
    return refuse_line(code, written_in.empty() ? field_of(fields, code) : written_in);
  }
  Identity identity;
  identity.forms = tokenizer.forms(*id);
  identity.token = identity.forms->exact;
  identity.check_digit_ok = id->check_digit_ok;
  if (with_kin) identity.kin = tokenizer.kin(*id);
  return std::optional<Identity>(identity);
}

}  // namespace

FieldResult<std::optional<Identity>> read_identity(const Row& row, const IdentityFields& fields,
                                                   const Tokenizer& tokenizer, bool with_kin) {
  const std::string_view names[] = {fields.token,  fields.id,     fields.insurer,
                                    fields.symbol, fields.number, fields.branch};
  std::array<std::string_view, std::size(names)> texts;
  FieldReader reader(row);
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = reader.text(names[i]);
  if (reader.fault()) return tl::unexpected(*reader.fault());
  const auto& [token, id, insurer, symbol, number, branch] = texts;
  const bool in_parts = !insurer.empty() || !symbol.empty() || !number.empty() || !branch.empty();
  const int ways = int{!token.empty()} + int{!id.empty()} + int{in_parts};
  if (ways == 0) return std::optional<Identity>();
  if (!id.empty() && in_parts) return refuse_line(LineCode::kIdentityAmbiguous, fields.token);
  std::optional<Token> given;
  if (!token.empty()) {
    given = Token::parse_hex(token);
    if (!given) return refuse_line(LineCode::kTokenFormat, fields.token);
    if (ways == 1) return std::optional<Identity>(Identity{*given, std::nullopt, true, {}});
  }
  const auto card = id.empty() ? parse_insurance_id(insurer, symbol, number, branch) : parse_insurance_line(id);
  auto written = from_insurance(card, fields, id.empty() ? std::string_view() : fields.id, tokenizer, with_kin);
  // Beside a token the number is there to be compared.
  const bool agree = !given || (written && (*written)->token == *given);
  if (!agree) return refuse_line(LineCode::kIdentityAmbiguous, fields.token);
  return written;
}

bool holds_my_number(const Row& row) {
  return std::any_of(
             row.fields.begin(), row.fields.end(),
             [](const Field& field) { return text_holds_my_number(field.text) || text_holds_my_number(field.name); }) ||
         std::any_of(row.items.begin(), row.items.end(), text_holds_my_number);
}

}  // namespace ishi::api
