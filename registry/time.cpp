#include "registry/time.h"

#include <charconv>

#include "registry/assert.h"

namespace ishi {
namespace {

constexpr std::int64_t kDayMicroseconds = 86'400'000'000;
constexpr std::int64_t kJstOffsetMicroseconds = 9LL * 3'600'000'000;

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

// With leading zeros to at least `digits`, of which there are at most 20.
void append_number(std::string& text, std::int64_t value, std::size_t digits) {
  char buffer[24];
  if (value < 0) text += '-', value = -value;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const auto size = static_cast<std::size_t>(end - buffer);
  if (size < digits) text.append(digits - size, '0');
  text.append(buffer, size);
}

// Reads exactly `digits` decimal digits at the front and drops them; nullopt if they are not there.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<CivilDate> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *year < 1868) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return CivilDate(static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count()));
}

}  // namespace

CivilDate CivilDate::of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  ISHI_ASSERT(date.ok());
  return CivilDate(static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count()));
}

std::chrono::year_month_day CivilDate::year_month_day() const {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days_)));
}

CivilDate jst_date(Timestamp instant) {
  return CivilDate(
      static_cast<std::int32_t>(floor_divide(instant.microseconds() + kJstOffsetMicroseconds, kDayMicroseconds)));
}

Timestamp jst_start_of(CivilDate date) {
  return Timestamp(date.days_since_epoch() * kDayMicroseconds - kJstOffsetMicroseconds);
}

std::string to_iso(CivilDate date) {
  const auto ymd = date.year_month_day();
  std::string text;
  append_number(text, static_cast<int>(ymd.year()), 4);
  text += '-';
  append_number(text, static_cast<unsigned>(ymd.month()), 2);
  text += '-';
  append_number(text, static_cast<unsigned>(ymd.day()), 2);
  return text;
}

std::string to_iso(Timestamp instant) {
  const CivilDate date = jst_date(instant);
  const std::int64_t in_day = instant.microseconds() - jst_start_of(date).microseconds();
  std::string text = to_iso(date);
  text.reserve(32);
  text += 'T';
  append_number(text, in_day / 3'600'000'000, 2);
  text += ':';
  append_number(text, in_day / 60'000'000 % 60, 2);
  text += ':';
  append_number(text, in_day / 1'000'000 % 60, 2);
  text += '.';
  append_number(text, in_day % 1'000'000, 6);
  text += "+09:00";
  return text;
}

std::optional<CivilDate> parse_date(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !text.empty()) return std::nullopt;
  return date;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return jst_start_of(*date);
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t microseconds = 0;
  if (take(text, '.')) {
    std::int64_t unit = 100'000;
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      if (unit == 0) return std::nullopt;
      microseconds += unit * (text.front() - '0');
      unit /= 10;
      text.remove_prefix(1);
    }
  }
  std::int64_t offset_minutes = 0;
  if (!take(text, 'Z')) {
    if (text.empty()) return std::nullopt;
    const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
    if (sign == 0) return std::nullopt;
    text.remove_prefix(1);
    const auto offset_hour = take_digits(text, 2);
    if (!offset_hour || *offset_hour > 23 || !take(text, ':')) return std::nullopt;
    const auto offset_minute = take_digits(text, 2);
    if (!offset_minute || *offset_minute > 59) return std::nullopt;
    offset_minutes = sign * (*offset_hour * 60 + *offset_minute);
  }
  if (!text.empty()) return std::nullopt;
  const std::int64_t seconds = date->days_since_epoch() * std::int64_t{86'400} + *hour * 3600 + *minute * 60 + *second;
  return Timestamp((seconds - offset_minutes * 60) * 1'000'000 + microseconds);
}

CivilDate reaches_age_on(CivilDate birth, int years) {
  const auto ymd = birth.year_month_day();
  const std::chrono::year_month_day birthday{ymd.year() + std::chrono::years(years), ymd.month(), ymd.day()};
  if (birthday.ok())
    return CivilDate::of(static_cast<int>(birthday.year()), static_cast<unsigned>(birthday.month()),
                         static_cast<unsigned>(birthday.day()));
  return CivilDate::of(static_cast<int>(birthday.year()), 3, 1);
}

}  // namespace ishi
