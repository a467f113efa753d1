// The table that a lawyer can read is waiting_period.cases; the properties hold for every day and rule.
#include "registry/policy/waiting_period.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "registry/policy/names.h"
#include "tests/support/paths.h"

namespace ishi {
namespace {

WaitRule days(int count) {
  return {WaitMode::kDays, count, 1};
}
WaitRule months(int count) {
  return {WaitMode::kMonth, 30, count};
}

TEST(WaitingPeriod, EndsAsTheTableSays) {
  const std::string path = ishi::testing::source_folder() + "/tests/registry/policy/waiting_period.cases";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::string line;
  int number = 0, cases = 0;
  while (std::getline(file, line)) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string notice, mode, expected;
    WaitRule rule;
    words >> notice >> mode;
    ASSERT_TRUE(parse_wait_mode(mode)) << path << ":" << number;
    rule.mode = *parse_wait_mode(mode);
    if (rule.mode != WaitMode::kMonth) words >> rule.days;
    if (rule.mode != WaitMode::kDays) words >> rule.months;
    words >> expected;
    ASSERT_TRUE(parse_date(notice) && parse_date(expected)) << path << ":" << number;
    EXPECT_EQ(to_iso(allowed_from(rule, *parse_date(notice))), expected) << path << ":" << number << ": " << line;
    ++cases;
  }
  EXPECT_GE(cases, 30);
}

TEST(WaitingPeriod, NeverEndsEarlierForALaterNotice) {
  for (const WaitRule& rule :
       {days(0), days(30), days(365), months(1), months(6), months(11), months(12), WaitRule{WaitMode::kMax, 30, 1}}) {
    CivilDate before = allowed_from(rule, CivilDate::of(2023, 12, 31));
    for (CivilDate day = CivilDate::of(2024, 1, 1); day < CivilDate::of(2033, 1, 1); day = day.plus_days(1)) {
      const CivilDate now = allowed_from(rule, day);
      ASSERT_LE(before, now) << to_iso(day) << " " << name_of(rule.mode) << " " << rule.days << " " << rule.months;
      ASSERT_GT(now, day);
      before = now;
    }
  }
}

TEST(WaitingPeriod, OfDaysAndMonthsTogetherIsTheLater) {
  const auto seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  for (int i = 0; i < 100'000; ++i) {
    const CivilDate day = CivilDate::of(1990, 1, 1).plus_days(static_cast<int>(random() % 40'000));
    const int day_count = static_cast<int>(random() % 400), month_count = static_cast<int>(1 + random() % 24);
    ASSERT_EQ(allowed_from({WaitMode::kMax, day_count, month_count}, day),
              std::max(allowed_from(days(day_count), day), allowed_from(months(month_count), day)))
        << to_iso(day) << " " << day_count << " " << month_count << " seed " << seed;
  }
}

// The naive twin: walk the period day by day and look at the calendar.
CivilDate month_by_walking(CivilDate notice) {
  const CivilDate start = notice.plus_days(1);
  const auto wanted = start.year_month_day();
  CivilDate day = start.plus_days(1);
  while (day.year_month_day().month() == wanted.month()) day = day.plus_days(1);
  const auto next_month = day.year_month_day().month();
  while (day.year_month_day().month() == next_month && day.year_month_day().day() != wanted.day())
    day = day.plus_days(1);
  return day;
}

TEST(WaitingPeriod, OfOneMonthEndsWhereWalkingTheCalendarDoes) {
  for (CivilDate day = CivilDate::of(2023, 1, 1); day < CivilDate::of(2029, 1, 1); day = day.plus_days(1)) {
    ASSERT_EQ(allowed_from(months(1), day), month_by_walking(day)) << to_iso(day);
  }
}

TEST(WaitingPeriod, OfAnInstitutionOnlyMakesItLonger) {
  Regime regime;
  regime.wait = days(30);
  const CivilDate notice = CivilDate::of(2026, 4, 30);
  EXPECT_EQ(to_iso(allowed_from(regime, nullptr, notice)), "2026-05-31");
  Institution institution;
  EXPECT_EQ(to_iso(allowed_from(regime, &institution, notice)), "2026-05-31");
  institution.wait = months(1);
  EXPECT_EQ(to_iso(allowed_from(regime, &institution, notice)), "2026-06-01");
  institution.wait = days(3);
  EXPECT_EQ(to_iso(allowed_from(regime, &institution, notice)), "2026-05-31");
}

}  // namespace
}  // namespace ishi
