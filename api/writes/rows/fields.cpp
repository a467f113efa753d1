#include "api/writes/rows/fields.h"

#include <algorithm>
#include <charconv>

#include "registry/policy/names.h"
#include "registry/text.h"

namespace ishi::api {
std::string_view FieldReader::text(std::string_view name) {
  const Field* field = row_.find(name);
  if (field == nullptr) return {};
  if (field->kind == ValueKind::kList) {
    note(LineCode::kValueFormat, name);
    return {};
  }
  return trimmed(field->text);
}

bool FieldReader::flag(std::string_view name) {
  const std::string_view written = text(name);
  if (written.empty() || written == "false" || written == "FALSE" || written == "0") return false;
  if (written == "true" || written == "TRUE" || written == "1") return true;
  note(LineCode::kValueFormat, name);
  return false;
}

std::optional<EventIndex> FieldReader::receipt(std::string_view name) {
  const std::string_view written = text(name);
  if (written.empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (error == std::errc() && end == written.data() + written.size()) return EventIndex(value);
  note(LineCode::kValueFormat, name);
  return std::nullopt;
}

std::optional<CivilDate> FieldReader::date(std::string_view name) {
  const std::string_view written = text(name);
  if (written.empty()) return std::nullopt;
  const std::optional<CivilDate> day = parse_date(written);
  if (!day) note(LineCode::kDateFormat, name);
  return day;
}

std::optional<Timestamp> FieldReader::instant(std::string_view name) {
  const std::string_view written = text(name);
  if (written.empty()) return std::nullopt;
  const std::optional<Timestamp> parsed = parse_timestamp(written);
  if (!parsed) note(LineCode::kDateFormat, name);
  return parsed;
}

Scope FieldReader::scope(EmptyList empty_list) {
  Scope scope;
  scope.regimes = codes("regimes", empty_list);
  scope.holders = codes("holders", empty_list);
  scope.recipients = codes("recipients", empty_list);
  scope.categories = codes("categories", empty_list);
  scope.purposes = codes("purposes", empty_list);
  scope.record_from = date("record_from");
  scope.record_to = date("record_to");
  return scope;
}

Submission FieldReader::submission() {
  Submission submission;
  submission.accepted_at = instant("accepted_at");
  submission.requester = enumerated("requester", &parse_requester).value_or(RequesterKind::kSelf);
  submission.relation = text("relation");
  submission.birth_date = date("birth_date");
  submission.channel = enumerated("channel", &parse_channel);
  return submission;
}

std::optional<Token> FieldReader::staff(std::string_view name, const Tokenizer& tokenizer,
                                        std::string_view institution) {
  const std::string_view id = text(name);
  if (id.empty()) return std::nullopt;
  if (id.size() <= kStaffIdBytesMax) return tokenizer.staff_mark(institution, id);
  note(LineCode::kValueFormat, name);
  return std::nullopt;
}

std::optional<Digest> FieldReader::digest(std::string_view name) {
  const std::string_view written = text(name);
  if (written.empty()) return std::nullopt;
  Digest digest{};
  if (from_hex_into(written, digest)) return digest;
  note(LineCode::kValueFormat, name);
  return std::nullopt;
}

TakenIn FieldReader::taken_in(const Tokenizer& tokenizer, std::string_view institution) {
  TakenIn taken_in;
  taken_in.accepted_by = text("accepted_by");
  taken_in.staff = staff("staff", tokenizer, institution);
  taken_in.assurance = enumerated("assurance", &parse_assurance);
  taken_in.evidence_types = codes("evidence_types", EmptyList::kMeansAll);
  taken_in.seen_by = staff("seen_by", tokenizer, institution);
  taken_in.seen_on = date("seen_on");
  taken_in.electronic_receipt_agreed_at = instant("electronic_receipt_agreed_at");
  return taken_in;
}

ProofSeen FieldReader::evidence() {
  return enumerated("evidence", &parse_proof_seen).value_or(ProofSeen::kNone);
}

std::optional<RequesterMark> FieldReader::made_by(const Tokenizer& tokenizer) {
  const std::string_view name = text("requester_name");
  const std::optional<CivilDate> birth_date = date("requester_birth_date");
  if (name.empty() && !birth_date) return std::nullopt;
  if (name.empty()) note(LineCode::kFieldMissing, "requester_name");
  if (!birth_date) note(LineCode::kFieldMissing, "requester_birth_date");
  if (fault_) return std::nullopt;
  const std::optional<Token> mark = tokenizer.desk_mark(name, *birth_date);
  if (!mark) note(LineCode::kValueFormat, "requester_name");
  return mark ? std::optional(RequesterMark{MarkKind::kDesk, *mark}) : std::nullopt;
}

// The codes of one dimension; none: all.
std::vector<std::string> FieldReader::codes(std::string_view name, EmptyList empty_list) {
  const Field* field = row_.find(name);
  if (field == nullptr || field->kind == ValueKind::kNull) return {};
  std::vector<std::string> found =
      field->kind == ValueKind::kList ? listed_codes(*field, name, empty_list) : separated_codes(field->text, name);
  if (std::find(found.begin(), found.end(), "ALL") != found.end()) found.clear();
  return found;
}

std::vector<std::string> FieldReader::listed_codes(const Field& field, std::string_view name, EmptyList empty_list) {
  std::vector<std::string> found;
  for (const std::string_view item : row_.list(field)) {
    if (!add(found, item, name)) return {};
  }
  if (found.empty() && empty_list == EmptyList::kRefused) note(LineCode::kEmptyList, name);
  return found;
}

std::vector<std::string> FieldReader::separated_codes(std::string_view text, std::string_view name) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    if (!add(found, text.substr(0, end), name)) return {};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

// False, and a fault: they would be too many.
bool FieldReader::add(std::vector<std::string>& codes, std::string_view item, std::string_view name) {
  const std::string_view code = trimmed(item);
  if (!code.empty() && std::find(codes.begin(), codes.end(), code) == codes.end()) codes.emplace_back(code);
  if (codes.size() <= kScopeItemsMax) return true;
  note(LineCode::kListTooLong, name);
  return false;
}

}  // namespace ishi::api
