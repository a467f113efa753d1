#include "registry/identifiers/insurance_id.h"

#include <array>

#include "registry/identifiers/check_digit.h"
#include "registry/identifiers/field_text.h"

namespace ishi {
namespace {

constexpr std::size_t kInsurerDigits = 8;

enum Field : std::size_t { kInsurer, kSymbol, kNumber, kBranch, kFieldCount };

struct FieldName {
  const char* code;  // of its format error
  const char* name;
};
constexpr std::array<FieldName, kFieldCount> kFieldNames{{{"insurer_format", "insurer number"},
                                                          {"symbol_format", "symbol"},
                                                          {"number_format", "number"},
                                                          {"branch_format", "branch number"}}};

const char* rule_of(FieldFault fault) {
  switch (fault) {
    case FieldFault::kForbiddenCharacter: return " may not hold '|', ':', control or invisible characters";
    case FieldFault::kNotUtf8: return " is not UTF-8; convert the text first";
    case FieldFault::kTooLong: return " is longer than 64 bytes after normalising";
    case FieldFault::kNone: break;
  }
  return " is not as it should be";
}

tl::unexpected<Error> fault_of(Field field, const char* rule) {
  return fail(ErrorKind::kInvalidArgument, kFieldNames[field].code,
              std::string("the ") + kFieldNames[field].name + rule);
}

// By the law number (法別番号, LAW.md 5.1), the first two of eight digits. 00: the National Health Insurance has none.
InsurerKind kind_of(std::string_view insurer) {
  switch ((insurer[0] - '0') * 10 + (insurer[1] - '0')) {
    case 0: return insurer[4] == '3' ? InsurerKind::kNhiKumiai : InsurerKind::kNhiMunicipal;
    case 1: return InsurerKind::kKyokai;
    case 2: return InsurerKind::kSeamen;
    case 3:
    case 4: return InsurerKind::kDayLabour;
    case 6: return InsurerKind::kKumiai;
    case 7: return InsurerKind::kSelfDefence;
    case 12: return InsurerKind::kPublicAssistance;
    case 31:
    case 32:
    case 33:
    case 34: return InsurerKind::kKyosai;
    case 39: return InsurerKind::kLate75;
    case 63:
    case 67:
    case 72:
    case 73:
    case 74:
    case 75: return InsurerKind::kRetiree;
    case 10:
    case 11:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
    case 23:
    case 24:
    case 25:
    case 28:
    case 29:
    case 30:
    case 38:
    case 51:
    case 52:
    case 53:
    case 54:
    case 62:
    case 66:
    case 79: return InsurerKind::kPublicOther;
    default: return InsurerKind::kOther;
  }
}

}  // namespace

bool InsuranceId::personal_without_branch() const {
  return kind == InsurerKind::kLate75 || kind == InsurerKind::kPublicAssistance || kind == InsurerKind::kPublicOther;
}

Result<InsuranceId> parse_insurance_id(std::string_view insurer, std::string_view symbol, std::string_view number,
                                       std::string_view branch) {
  const std::array<FieldText, kFieldCount> fields{FieldText(insurer), FieldText(symbol), FieldText(number),
                                                  FieldText(branch)};
  for (const FieldText& field : fields)
    if (field.holds_my_number())
      return fail(ErrorKind::kInvalidArgument, "my_number_refused",
                  "an Individual Number (My Number) may not be sent here; send the number on the insurance card");
  for (const Field field : {kInsurer, kSymbol, kNumber, kBranch})
    if (fields[field].fault() != FieldFault::kNone) return fault_of(field, rule_of(fields[field].fault()));

  InsuranceId id;
  const std::string_view insurer_digits = fields[kInsurer].view();
  if ((insurer_digits.size() != 6 && insurer_digits.size() != kInsurerDigits) || !all_digits(insurer_digits))
    return fault_of(kInsurer, " must have 8 digits, or 6 for the National Health Insurance");
  id.insurer.assign(kInsurerDigits - insurer_digits.size(), '0').append(insurer_digits);
  if (id.insurer == "00000000") return fault_of(kInsurer, " is only zeros; leave out a person without insurance");
  id.kind = kind_of(id.insurer);
  id.check_digit_ok = luhn_valid(id.insurer);

  const std::string_view branch_digits = fields[kBranch].view();
  if (branch_digits.size() > 2 || !all_digits(branch_digits))
    return fault_of(kBranch, " must be empty or have one or two digits");
  if (branch_digits.size() == 1) id.branch = '0';
  id.branch.append(branch_digits);

  id.symbol = fields[kSymbol].view();
  id.number = fields[kNumber].view();
  // A symbol alone names everybody who has it. Such an identifier may deny; it must never pass for one person's.
  if (id.number.empty() && (id.symbol.empty() || !id.branch.empty() || id.personal_without_branch()))
    return fail(ErrorKind::kInvalidArgument, "number_missing", "the number on the insurance card is missing");
  return id;
}

}  // namespace ishi
