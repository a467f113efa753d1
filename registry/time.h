// Instants and legal dates. All law is counted in JST (UTC+9, no daylight saving); instants are UTC.
// Pure: nobody here reads a clock. `Clock` is the only way to know the time, and it is an argument.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ishi {

// Microseconds since 1970-01-01T00:00:00Z. Stored as a signed 64-bit number.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(std::int64_t microseconds) : microseconds_(microseconds) {}
  constexpr std::int64_t microseconds() const { return microseconds_; }
  constexpr Timestamp plus_seconds(std::int64_t seconds) const {
    return Timestamp(microseconds_ + seconds * 1'000'000);
  }
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;

 private:
  std::int64_t microseconds_ = 0;
};

// A day of the civil (proleptic Gregorian) calendar: days since 1970-01-01.
class CivilDate {
 public:
  constexpr CivilDate() = default;
  constexpr explicit CivilDate(std::int32_t days_since_epoch) : days_(days_since_epoch) {}
  // REQUIRES: a date that exists.
  static CivilDate of(int year, unsigned month, unsigned day);
  constexpr std::int32_t days_since_epoch() const { return days_; }
  constexpr CivilDate plus_days(std::int32_t days) const { return CivilDate(days_ + days); }
  std::chrono::year_month_day year_month_day() const;
  friend constexpr auto operator<=>(CivilDate, CivilDate) = default;

 private:
  std::int32_t days_ = 0;
};

CivilDate jst_date(Timestamp instant);   // the JST day that contains the instant
Timestamp jst_start_of(CivilDate date);  // 00:00 JST of that day

std::string to_iso(CivilDate date);                          // 2026-11-20
std::string to_iso(Timestamp instant);                       // 2026-11-20T09:00:00.000000+09:00
std::optional<CivilDate> parse_date(std::string_view text);  // YYYY-MM-DD that exists, 1868..9999
// RFC 3339 with an offset (Z or ±hh:mm), fraction up to 6 digits; or YYYY-MM-DD = 00:00 JST of that day.
std::optional<Timestamp> parse_timestamp(std::string_view text);

// The day from which a person has reached `years` of age: age is reached at the end of the day before the
// birthday (年齢計算ニ関スル法律), which is the birthday at 00:00; a 29 February birth in a common year: 1 March.
CivilDate reaches_age_on(CivilDate birth, int years);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;  // any thread
};

}  // namespace ishi
