#include "registry/intake/rhythm.h"

namespace ishi {
namespace {

constexpr int kRhythmDays = 366;
constexpr int kSaturday = 6;

}  // namespace

int weekday_of(CivilDate day) {
  // 1970-01-01 was a Thursday.
  const int since_monday = (day.days_since_epoch() + 3) % 7;
  return (since_monday + 7) % 7 + 1;
}

bool owes_on(const ExpectedSource& source, const std::set<CivilDate>& holidays, CivilDate day) {
  if (!source.valid.contains(day)) return false;
  switch (source.rhythm) {
    case Rhythm::kDaily: return true;
    case Rhythm::kBusinessDays: return weekday_of(day) < kSaturday && !holidays.contains(day);
    case Rhythm::kWeekly: return weekday_of(day) == source.weekday;
    case Rhythm::kMonthly:
      return static_cast<int>(static_cast<unsigned>(day.year_month_day().day())) == source.month_day;
    case Rhythm::kIrregular: break;
  }
  return false;
}

std::optional<CivilDate> last_owed(const ExpectedSource& source, const std::set<CivilDate>& holidays, CivilDate today) {
  for (int back = 0; back <= kRhythmDays; ++back) {
    if (owes_on(source, holidays, today.plus_days(-back))) return today.plus_days(-back);
  }
  return std::nullopt;
}

int owed_between(const ExpectedSource& source, const std::set<CivilDate>& holidays, std::optional<CivilDate> after,
                 CivilDate before) {
  int owed = 0;
  for (int back = 1; back <= kRhythmDays; ++back) {
    const CivilDate day = before.plus_days(-back);
    if (after && day <= *after) break;
    if (owes_on(source, holidays, day)) ++owed;
  }
  return owed;
}

}  // namespace ishi
