// Reading single fields of a row: text -> value, or a refusal that names the field. Pure; any thread.
// Field names are string literals: refusals keep views of them.
#pragma once

#include <optional>
#include <string_view>

#include "api/writes/line_handler.h"
#include "registry/time.h"

namespace ishi::api {

constexpr std::size_t kScopeItemsMax = 256;         // per dimension
constexpr std::int64_t kClockSkewSecondsMax = 300;  // a caller's clock may run ahead by this much

Judged<std::string_view> text_field(const Row& row, std::string_view name);  // empty if missing
Judged<std::string_view> required_field(const Row& row, std::string_view name);
Judged<bool> flag_field(const Row& row, std::string_view name);  // true, false or missing (false)
Judged<std::optional<EventIndex>> receipt_field(const Row& row, std::string_view name);
Judged<std::optional<CivilDate>> date_field(const Row& row, std::string_view name);
// A day that has come already in JST.
Judged<CivilDate> past_date_field(const Row& row, std::string_view name, Timestamp now);
// When the duty-bearer received the request; `now` if missing. A little ahead of our clock becomes `now`, with a
// remark: a wrong clock must not lose a request.
Judged<Timestamp> accepted_at_field(const Row& row, Timestamp now, Outcome& outcome);

template <typename Value>
Judged<Value> enumerated_field(const Row& row, std::string_view name, Value missing,
                               std::optional<Value> (*parse)(std::string_view)) {
  const Judged<std::string_view> text = text_field(row, name);
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return missing;
  const std::optional<Value> value = parse(*text);
  if (!value) return refuse(LineCode::kValueUnknown, name);
  return *value;
}

// regimes, holders, recipients, categories, purposes, record_from, record_to. Missing or ALL = all; every code must be
// in the book. An empty list means all in a request that stops use; in one that permits use it is refused.
enum class EmptyList : std::uint8_t { kMeansAll, kRefused };
Judged<Scope> scope_fields(const Row& row, const PolicyBook& book, EmptyList empty_list);

bool knows_institution(const PolicyBook& book, std::string_view code);  // in the book, or succeeded by one that is
// The channel taken for granted when a row names none.
Channel usual_channel(Role role);
// Typed in by a person from a card in front of them: a wrong check digit can be mended on the spot.
bool enters_by_hand(Role role);

}  // namespace ishi::api
