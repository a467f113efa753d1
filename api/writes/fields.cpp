#include "api/writes/fields.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "registry/text.h"

namespace ishi::api {
namespace {

// The codes of one dimension. nullopt: ALL.
Judged<std::optional<std::vector<std::string>>> codes(const Row& row, std::string_view name, EmptyList empty_list) {
  using Codes = std::optional<std::vector<std::string>>;
  const Field* field = row.find(name);
  if (field == nullptr || field->kind == ValueKind::kNull) return Codes();
  std::vector<std::string> found;
  const auto add = [&found](std::string_view code) {
    if (!code.empty() && std::find(found.begin(), found.end(), code) == found.end()) found.emplace_back(code);
    return found.size() <= kScopeItemsMax;
  };
  if (field->kind == ValueKind::kList) {
    for (const std::string_view item : row.list(*field)) {
      if (!add(trimmed(item))) return refuse(LineCode::kListTooLong, name);
    }
    if (found.empty() && empty_list == EmptyList::kRefused) return refuse(LineCode::kEmptyList, name);
  } else {
    for (std::string_view rest = field->text; !rest.empty();) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      if (!add(trimmed(rest.substr(0, end)))) return refuse(LineCode::kListTooLong, name);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (found.empty() || std::find(found.begin(), found.end(), "ALL") != found.end()) return Codes();
  return Codes(std::move(found));
}

template <typename Known>
Judged<std::vector<std::string>> known_codes(const Row& row, std::string_view name, EmptyList empty_list,
                                             LineCode unknown, Known known) {
  auto found = codes(row, name, empty_list);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::vector<std::string>();
  for (const std::string& code : **found) {
    if (!known(code)) return refuse(unknown, name);
  }
  return std::move(**found);
}

}  // namespace

Judged<std::string_view> text_field(const Row& row, std::string_view name) {
  const Field* field = row.find(name);
  if (field == nullptr) return std::string_view();
  if (field->kind == ValueKind::kList) return refuse(LineCode::kValueFormat, name);
  return trimmed(field->text);
}

Judged<std::string_view> required_field(const Row& row, std::string_view name) {
  Judged<std::string_view> text = text_field(row, name);
  if (text && text->empty()) return refuse(LineCode::kFieldMissing, name);
  return text;
}

Judged<bool> flag_field(const Row& row, std::string_view name) {
  const Judged<std::string_view> text = text_field(row, name);
  if (!text) return tl::unexpected(text.error());
  if (text->empty() || *text == "false" || *text == "FALSE" || *text == "0") return false;
  if (*text == "true" || *text == "TRUE" || *text == "1") return true;
  return refuse(LineCode::kValueFormat, name);
}

Judged<std::optional<EventIndex>> receipt_field(const Row& row, std::string_view name) {
  const Judged<std::string_view> text = text_field(row, name);
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return std::optional<EventIndex>();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return refuse(LineCode::kValueFormat, name);
  return std::optional<EventIndex>(EventIndex(value));
}

Judged<std::optional<CivilDate>> date_field(const Row& row, std::string_view name) {
  const Judged<std::string_view> text = text_field(row, name);
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return std::optional<CivilDate>();
  const std::optional<CivilDate> date = parse_date(*text);
  if (!date) return refuse(LineCode::kDateFormat, name);
  return date;
}

Judged<CivilDate> past_date_field(const Row& row, std::string_view name, Timestamp now) {
  const Judged<std::optional<CivilDate>> date = date_field(row, name);
  if (!date) return tl::unexpected(date.error());
  if (!*date) return refuse(LineCode::kFieldMissing, name);
  if (**date > jst_date(now)) return refuse(LineCode::kDateInFuture, name);
  return **date;
}

Judged<Timestamp> accepted_at_field(const Row& row, Timestamp now, Outcome& outcome) {
  const Judged<std::string_view> text = text_field(row, "accepted_at");
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return now;
  const std::optional<Timestamp> instant = parse_timestamp(*text);
  if (!instant) return refuse(LineCode::kDateFormat, "accepted_at");
  if (*instant <= now) return *instant;
  if (*instant > now.plus_seconds(kClockSkewSecondsMax)) return refuse(LineCode::kAcceptedAtInFuture, "accepted_at");
  outcome.remark(LineCode::kClockAdjusted);
  return now;
}

Judged<Scope> scope_fields(const Row& row, const PolicyBook& book, EmptyList empty_list) {
  Scope scope;
  const auto fill = [&](std::vector<std::string>& out, std::string_view name, LineCode unknown,
                        auto known) -> std::optional<Refusal> {
    Judged<std::vector<std::string>> found = known_codes(row, name, empty_list, unknown, known);
    if (!found) return found.error();
    out = std::move(*found);
    return std::nullopt;
  };
  std::optional<Refusal> refusal = fill(scope.regimes, "regimes", LineCode::kUnknownRegime,
                                        [&](std::string_view code) { return book.regimes.contains(code); });
  if (!refusal) {
    refusal = fill(scope.holders, "holders", LineCode::kUnknownHolder,
                   [&](std::string_view code) { return knows_institution(book, code); });
  }
  if (!refusal) {
    refusal = fill(scope.recipients, "recipients", LineCode::kUnknownRecipient, [&](std::string_view code) {
      return book.operators.contains(code) || book.operator_aliases.contains(code);
    });
  }
  if (!refusal) {
    refusal = fill(scope.categories, "categories", LineCode::kUnknownCategory,
                   [&](std::string_view code) { return book.categories.contains(code); });
  }
  if (!refusal) {
    refusal = fill(scope.purposes, "purposes", LineCode::kUnknownPurpose,
                   [&](std::string_view code) { return book.purposes.contains(code); });
  }
  if (refusal) return tl::unexpected(*refusal);
  const Judged<std::optional<CivilDate>> from = date_field(row, "record_from");
  if (!from) return tl::unexpected(from.error());
  const Judged<std::optional<CivilDate>> to = date_field(row, "record_to");
  if (!to) return tl::unexpected(to.error());
  if (*from && *to && **from > **to) return refuse(LineCode::kRecordPeriodReversed, "record_from");
  scope.record_from = *from;
  scope.record_to = *to;
  return scope;
}

bool knows_institution(const PolicyBook& book, std::string_view code) {
  return book.institutions.contains(code) || book.institution_aliases.contains(code);
}

Channel usual_channel(Role role) {
  switch (role) {
    case Role::kPatient:
    case Role::kProxy:
    case Role::kBereaved: return Channel::kPortal;
    case Role::kDeskClerkMunicipal: return Channel::kMunicipal;
    case Role::kCallAgent: return Channel::kPhone;
    case Role::kOperatorBatch:
    case Role::kOperatorAdmin: return Channel::kAgentApi;
    default: return Channel::kCounterPaper;
  }
}

bool enters_by_hand(Role role) {
  switch (role) {
    case Role::kPatient:
    case Role::kProxy:
    case Role::kBereaved:
    case Role::kDeskClerkHolder:
    case Role::kDeskClerkMunicipal:
    case Role::kCallAgent: return true;
    default: return false;
  }
}

}  // namespace ishi::api
