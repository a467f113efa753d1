#include "registry/era.h"

#include <array>
#include <cstddef>

namespace ishi {
namespace {

struct Era {
  std::string_view name;
  std::string_view sign;  // the one-character form
  char letter;
  int year, month, day;  // its first day
};

// Oldest first. An era ends on the day before the next begins.
constexpr std::array<Era, 5> kEras{{{"明治", "㍾", 'M', 1868, 1, 25},
                                    {"大正", "㍽", 'T', 1912, 7, 30},
                                    {"昭和", "㍼", 'S', 1926, 12, 25},
                                    {"平成", "㍻", 'H', 1989, 1, 8},
                                    {"令和", "㋿", 'R', 2019, 5, 1}}};
constexpr std::size_t kRawBytesMax = 128;

CivilDate first_day_of(const Era& era) {
  return CivilDate::of(era.year, static_cast<unsigned>(era.month), static_cast<unsigned>(era.day));
}

const Era* era_of(CivilDate date) {
  for (auto era = kEras.rbegin(); era != kEras.rend(); ++era)
    if (date >= first_day_of(*era)) return &*era;
  return nullptr;
}

struct Folded {
  std::array<char, kRawBytesMax> bytes;
  std::size_t size = 0;
  std::string_view view() const { return {bytes.data(), size}; }
};

// Drops blanks, makes full-width ASCII half-width and hyphens '-', letters upper case.
void fold(std::string_view text, Folded& out) {
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\u3000")) {
      at += 2;
      continue;
    }
    if (rest.starts_with("\u2010") || rest.starts_with("\u2212") || rest.starts_with("\u30FC")) {
      c = '-';
      at += 2;
    } else if (rest.size() >= 3 && byte_at(at) == 0xEF && (byte_at(at + 1) == 0xBC || byte_at(at + 1) == 0xBD)) {
      // U+FF01..U+FF5E is U+0021..U+007E, moved.
      const int moved = (byte_at(at + 1) - 0xBC) * 64 + (byte_at(at + 2) - 0x80) + 0x20;
      if (moved > 0x20 && moved < 0x7F && byte_at(at + 2) >= 0x80) {
        c = static_cast<char>(moved);
        at += 2;
      }
    }
    if (c == ' ' || c == '\t') continue;
    out.bytes[out.size++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
}

bool take(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

// Reads one or two digits, or exactly two.
std::optional<int> take_number(std::string_view& text, std::size_t digits_min = 1) {
  int value = 0;
  std::size_t digits = 0;
  for (; digits < 2 && digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    value = value * 10 + (text[digits] - '0');
  if (digits < digits_min) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

std::optional<std::size_t> take_era(std::string_view& text) {
  for (std::size_t i = 0; i < kEras.size(); ++i)
    if (take(text, kEras[i].name) || take(text, kEras[i].sign) || take(text, {&kEras[i].letter, 1})) return i;
  return std::nullopt;
}

struct YearMonthDay {
  int year, month, day;
};

std::optional<YearMonthDay> take_packed(std::string_view text) {
  if (text.size() != 6) return std::nullopt;
  const auto year = take_number(text, 2), month = take_number(text, 2), day = take_number(text, 2);
  if (!year || !month || !day) return std::nullopt;
  return YearMonthDay{*year, *month, *day};
}

std::optional<YearMonthDay> take_separated(std::string_view text) {
  const auto year = take(text, "元") ? std::optional<int>(1) : take_number(text);
  if (!year) return std::nullopt;
  std::string_view after_month;
  std::string_view after_day;
  if (take(text, "年")) {
    after_month = "月";
    after_day = "日";
  } else if (!text.empty() && (text.front() == '.' || text.front() == '/' || text.front() == '-')) {
    after_month = text.substr(0, 1);
    text.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  const auto month = take_number(text);
  if (!month || !take(text, after_month)) return std::nullopt;
  const auto day = take_number(text);
  if (!day || text != after_day) return std::nullopt;
  return YearMonthDay{*year, *month, *day};
}

struct Parts {
  std::string year, month_and_day;
};

Parts parts_of(CivilDate date) {
  const auto ymd = date.year_month_day();
  return {std::to_string(static_cast<int>(ymd.year())) + "年",
          std::to_string(static_cast<unsigned>(ymd.month())) + "月" + std::to_string(static_cast<unsigned>(ymd.day())) +
              "日"};
}

std::string in_brackets(const std::string& text) {
  return text.empty() ? text : "(" + text + ")";
}

}  // namespace

std::optional<CivilDate> parse_era_date(std::string_view text) {
  if (text.size() > kRawBytesMax) return std::nullopt;
  Folded folded;
  fold(text, folded);
  std::string_view rest = folded.view();
  const auto index = take_era(rest);
  if (!index) return std::nullopt;
  auto parts = take_packed(rest);
  if (!parts) parts = take_separated(rest);
  if (!parts || parts->year < 1) return std::nullopt;

  const Era& era = kEras[*index];
  const std::chrono::year_month_day ymd{std::chrono::year(era.year + parts->year - 1),
                                        std::chrono::month(static_cast<unsigned>(parts->month)),
                                        std::chrono::day(static_cast<unsigned>(parts->day))};
  if (!ymd.ok()) return std::nullopt;
  const CivilDate date(static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count()));
  if (era_of(date) != &era) return std::nullopt;
  return date;
}

std::string to_era_year(CivilDate date) {
  const Era* const era = era_of(date);
  if (!era) return {};
  const int year = static_cast<int>(date.year_month_day().year()) - era->year + 1;
  return std::string(era->name) + (year == 1 ? "元" : std::to_string(year)) + "年";
}

std::string to_era_date(CivilDate date) {
  const Parts parts = parts_of(date);
  const std::string era_year = to_era_year(date);
  return (era_year.empty() ? parts.year : era_year) + parts.month_and_day;
}

std::string to_date_with_era(CivilDate date) {
  const Parts parts = parts_of(date);
  return parts.year + parts.month_and_day + in_brackets(to_era_year(date));
}

std::string to_birth_date_with_era(CivilDate date) {
  const Parts parts = parts_of(date);
  return parts.year + in_brackets(to_era_year(date)) + parts.month_and_day;
}

}  // namespace ishi
