#include "api/client/formats/uke_record.h"

#include <charconv>
#include <optional>

#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

// Positions by the 記録条件仕様, 0 = the record name. HO: 保険者番号, 記号, 番号, 実日数, 合計点数. KO: 負担者番号,
// 受給者番号, 任意給付区分, 実日数, 合計点数. SN: 負担者種別, 確認区分, 保険者番号, 記号, 番号, 枝番, 受給者番号.
constexpr std::size_t kPayerNumber = 1;
constexpr std::size_t kInsuranceSymbol = 2;
constexpr std::size_t kInsuranceNumber = 3;
constexpr std::size_t kRecipientNumber = 2;
constexpr std::size_t kPoints = 5;
constexpr std::size_t kCheckKind = 1;
constexpr std::size_t kCheckedInsurer = 3;
constexpr std::size_t kBranchColumn = 6;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::uint64_t points_of(std::string_view text) {
  std::uint64_t value = 0;
  const std::string_view digits = trimmed(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

// Trims the wide blank (U+3000) too: it pads fields in full-width mode.
std::string_view trimmed_wide(std::string_view text) {
  constexpr std::string_view kWideBlank = "\u3000";
  for (;;) {
    const std::string_view before = text;
    text = trimmed(text);
    if (text.starts_with(kWideBlank)) text.remove_prefix(kWideBlank.size());
    if (text.ends_with(kWideBlank)) text.remove_suffix(kWideBlank.size());
    if (text.size() == before.size()) return text;
  }
}

std::optional<std::string> field(std::string_view bytes, Charset charset) {
  auto text = decode_field(trimmed(bytes), charset);
  if (text) *text = std::string(trimmed_wide(*text));
  return text;
}

}  // namespace

std::string_view record_name(std::string_view line) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  line = without_ending(line);
  if (line.size() < 2 || (line.size() > 2 && line[2] != ',')) return {};
  if (!is_letter_or_digit(line[0]) || !is_letter_or_digit(line[1])) return {};
  return line.substr(0, 2);
}

std::string_view record_value(std::string_view line, std::size_t index) {
  line = without_ending(line);
  for (; index > 0; --index) {
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) return {};
    line.remove_prefix(comma + 1);
  }
  return line.substr(0, line.find(','));
}

void ClaimPerson::see(std::string_view line) {
  const std::string_view name = record_name(line);
  if (name == "HO") see_payer(line, true);
  if (name == "KO") see_payer(line, false);
  if (name == "SN") see_check(line);
}

void ClaimPerson::see_payer(std::string_view line, bool insurance) {
  ++records_;
  Payer payer;
  payer.present = true;
  payer.insurer = trimmed(record_value(line, kPayerNumber));
  payer.symbol = insurance ? trimmed(record_value(line, kInsuranceSymbol)) : std::string_view();
  payer.number = trimmed(record_value(line, insurance ? kInsuranceNumber : kRecipientNumber));
  const std::uint64_t points = points_of(record_value(line, kPoints));
  if (insurance) {
    insurance_points_ += points;
    insurance_conflict_ |=
        insurance_.present &&
        (insurance_.insurer != payer.insurer || insurance_.symbol != payer.symbol || insurance_.number != payer.number);
    if (!insurance_.present) insurance_ = std::move(payer);
    return;
  }
  const bool assistance = payer.insurer.starts_with("12");
  if (!public_payer_.present) public_points_ = points;
  if (!public_payer_.present || (assistance && !public_is_assistance_)) {
    public_payer_ = std::move(payer);
    public_is_assistance_ = assistance;
  }
}

void ClaimPerson::see_check(std::string_view line) {
  const std::string_view kind = trimmed(record_value(line, kCheckKind));
  if (kind != "1" && !kind.empty()) return;  // of a public payer
  const std::string_view branch = trimmed(record_value(line, kBranchColumn));
  if (!branch.empty()) {
    branch_conflict_ |= !branch_.empty() && branch_ != branch;
    branch_ = branch;
  }
  const std::string_view insurer = trimmed(record_value(line, kCheckedInsurer));
  if (!insurer.empty()) checked_insurer_ = insurer;
}

void ClaimPerson::describe(Charset charset, Piece& piece) const {
  piece.claim_records = records_;
  piece.claim_points = insurance_.present ? insurance_points_ : public_points_;
  const Payer& payer = insurance_.present ? insurance_ : public_payer_;
  const auto strip_zeros = [](std::string_view digits) {
    while (digits.starts_with('0')) digits.remove_prefix(1);
    return digits;
  };
  if (!payer.present) {
    piece.problem = "insured_person_missing";
  } else if (payer.insurer.empty()) {
    piece.problem = "insurer_missing";
  } else if (payer.number.empty()) {
    piece.problem = "number_missing";
  } else if (insurance_conflict_) {
    piece.problem = "insurance_conflict";
  } else if (insurance_.present && branch_conflict_) {
    piece.problem = "branch_conflict";
  } else if (insurance_.present && !checked_insurer_.empty() &&
             strip_zeros(checked_insurer_) != strip_zeros(insurance_.insurer)) {
    piece.problem = "insurer_differs_from_check";
  } else {
    const auto insurer = field(payer.insurer, charset), symbol = field(payer.symbol, charset);
    const auto number = field(payer.number, charset);
    const auto branch = field(insurance_.present ? std::string_view(branch_) : std::string_view(), charset);
    if (!insurer || !symbol || !number || !branch) {
      piece.problem = "characters_unreadable";
      return;
    }
    Identifier identifier;
    identifier.insurer = *insurer;
    identifier.symbol = *symbol;
    identifier.number = *number;
    identifier.branch = *branch;
    piece.identifiers.push_back(std::move(identifier));
  }
}

}  // namespace ishi::client
