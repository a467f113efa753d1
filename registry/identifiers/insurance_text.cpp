// Whole identifiers in one text: the FHIR line and the FHIR CSV form (JP Core).
#include <array>
#include <cstddef>
#include <optional>

#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/field_text.h"
#include "registry/identifiers/insurance_id.h"

namespace ishi {
namespace {

constexpr std::size_t kFieldsMin = 3;
constexpr std::size_t kFieldsMax = 4;
// Every byte of a field may be a doubled quote.
constexpr std::size_t kCsvBytesMax = kFieldsMax * (2 * FieldText::kRawBytesMax + 8);

template <typename Text>
Result<InsuranceId> parse_fields(const std::array<Text, kFieldsMax>& fields) {
  return parse_insurance_id(fields[0], fields[1], fields[2], fields[3]);
}

// A person who was asked for "the number" may have typed a My Number and nothing else: that is told apart, so that
// callers can say so and erase it. Fields that are merely too many are not strung together for it.
tl::unexpected<Error> not_an_identifier(std::string_view text, const char* form) {
  if (text.find(':') == text.npos && looks_like_my_number(text))
    return fail(ErrorKind::kInvalidArgument, "my_number_refused",
                "an Individual Number (My Number) may not be sent here; send the number on the insurance card");
  return fail(ErrorKind::kInvalidArgument, "identifier_format", std::string("an identifier is written ") + form);
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// Reads what stands between quotes, a doubled quote for one, and drops it with both quotes.
std::optional<std::string> take_quoted(std::string_view& text) {
  text.remove_prefix(1);
  std::string field;
  for (;;) {
    const std::size_t quote = text.find('"');
    if (quote == text.npos) return std::nullopt;
    field.append(text.substr(0, quote));
    text.remove_prefix(quote + 1);
    if (!text.starts_with('"')) return field;
    field.push_back('"');
    text.remove_prefix(1);
  }
}

// nullopt for an open quote, or for text that hugs one.
std::optional<std::string> take_csv_field(std::string_view& text) {
  skip_blanks(text);
  if (text.starts_with('"')) {
    auto field = take_quoted(text);
    skip_blanks(text);
    if (!text.empty() && text.front() != ',') return std::nullopt;
    return field;
  }
  const std::string_view field = text.substr(0, text.find(','));
  if (field.find('"') != field.npos) return std::nullopt;
  text.remove_prefix(field.size());
  return std::string(field);
}

}  // namespace

Result<InsuranceId> parse_insurance_line(std::string_view line) {
  std::array<std::string_view, kFieldsMax> fields;
  std::size_t count = 0;
  for (std::string_view rest = line;;) {
    const std::size_t colon = rest.find(':');
    if (count == kFieldsMax) {
      ++count;
      break;
    }
    fields[count++] = rest.substr(0, colon);
    if (colon == rest.npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (count != kFieldsMax) return not_an_identifier(line, "insurer:symbol:number:branch");
  return parse_fields(fields);
}

Result<InsuranceId> parse_insurance_csv(std::string_view text) {
  constexpr const char* kForm = "\"insurer\",\"symbol\",\"number\",\"branch\"";
  if (text.size() > kCsvBytesMax) return not_an_identifier(text, kForm);
  std::array<std::string, kFieldsMax> fields;
  std::size_t count = 0;
  for (std::string_view rest = text;;) {
    if (count == kFieldsMax) return not_an_identifier(text, kForm);
    auto field = take_csv_field(rest);
    if (!field) return not_an_identifier(text, kForm);
    fields[count++] = std::move(*field);
    if (rest.empty()) break;
    rest.remove_prefix(1);
  }
  if (count < kFieldsMin) return not_an_identifier(text, kForm);
  return parse_fields(fields);
}

}  // namespace ishi
