#include "registry/time.h"

#include <gtest/gtest.h>

namespace ishi {
namespace {

TEST(Time, TheJapaneseDayBeginsAtFifteenHoursUtc) {
  EXPECT_EQ(to_iso(jst_date(*parse_timestamp("2026-11-20T14:59:59.999999Z"))), "2026-11-20");
  EXPECT_EQ(to_iso(jst_date(*parse_timestamp("2026-11-20T15:00:00Z"))), "2026-11-21");
  EXPECT_EQ(jst_date(jst_start_of(CivilDate::of(1969, 12, 31))), CivilDate::of(1969, 12, 31));
}

TEST(Time, TimestampsSurviveBeingWrittenAndRead) {
  for (const char* text : {"2026-11-20T09:00:00.000001+09:00", "1969-12-31T23:59:59.999999+09:00"}) {
    const auto instant = parse_timestamp(text);
    ASSERT_TRUE(instant.has_value());
    EXPECT_EQ(to_iso(*instant), text);
  }
}

TEST(Time, ImpossibleDatesAndSloppyTimesAreRefused) {
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-1-1", "1800-01-01", "2026-01-01 ", ""})
    EXPECT_FALSE(parse_date(text).has_value()) << text;
  for (const char* text : {"2026-01-01T00:00:00", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00+9:00"})
    EXPECT_FALSE(parse_timestamp(text).has_value()) << text;
}

// T25: an age is reached at the end of the day before the birthday.
TEST(Time, ALeapDayChildReachesSixteenWhenTheTwentyEighthEnds) {
  EXPECT_EQ(reaches_age_on(CivilDate::of(2012, 2, 29), 16), CivilDate::of(2028, 2, 29));
  EXPECT_EQ(reaches_age_on(CivilDate::of(2012, 2, 29), 18), CivilDate::of(2030, 3, 1));
  EXPECT_EQ(reaches_age_on(CivilDate::of(2010, 11, 21), 16), CivilDate::of(2026, 11, 21));
}

}  // namespace
}  // namespace ishi
