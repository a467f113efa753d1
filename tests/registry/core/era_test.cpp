#include "registry/era.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace ishi {
namespace {

std::string read(std::string_view text) {
  const auto date = parse_era_date(text);
  return date ? to_iso(*date) : "refused";
}

// T26
TEST(Era, ShowaEndsOnTheSeventhOfJanuaryAndHeiseiBeginsOnTheEighth) {
  EXPECT_EQ(read("昭和64年1月7日"), "1989-01-07");
  EXPECT_EQ(read("昭和64年1月8日"), "refused");
  EXPECT_EQ(read("平成元年1月8日"), "1989-01-08");
  EXPECT_EQ(read("平成1年1月8日"), "1989-01-08");
  EXPECT_EQ(read("平成元年1月7日"), "refused");
}

TEST(Era, TheFirstDayOfEachEraIsItsOwn) {
  EXPECT_EQ(read("明治元年1月25日"), "1868-01-25");
  EXPECT_EQ(read("明治元年1月24日"), "refused");
  EXPECT_EQ(read("明治45年7月29日"), "1912-07-29");
  EXPECT_EQ(read("明治45年7月30日"), "refused");
  EXPECT_EQ(read("大正元年7月30日"), "1912-07-30");
  EXPECT_EQ(read("大正15年12月24日"), "1926-12-24");
  EXPECT_EQ(read("大正15年12月25日"), "refused");
  EXPECT_EQ(read("昭和元年12月25日"), "1926-12-25");
  EXPECT_EQ(read("平成31年4月30日"), "2019-04-30");
  EXPECT_EQ(read("平成31年5月1日"), "refused");
  EXPECT_EQ(read("令和元年5月1日"), "2019-05-01");
  EXPECT_EQ(read("令和元年4月30日"), "refused");
  EXPECT_EQ(read("昭和65年1月1日"), "refused");
}

TEST(Era, PeopleWriteThemInManyWays) {
  for (const char* text : {"S64.01.07", "s64.1.7", "S64/1/7", "S64-01-07", "S640107", "昭和64.1.7", "㍼64年1月7日",
                           "Ｓ６４．０１．０７", "昭和６４年０１月０７日", " 昭和 64 年 1 月 7 日 ",
                           "昭和　６４年１月７日", "S64−1−7", "Ｓ６４ー１ー７", "ｓ６４／１／７"})
    EXPECT_EQ(read(text), "1989-01-07") << text;
  EXPECT_EQ(read("R8/11/20"), "2026-11-20");
  EXPECT_EQ(read("令和8年11月20日"), "2026-11-20");
  EXPECT_EQ(read("㋿元年5月1日"), "2019-05-01");
  EXPECT_EQ(read("H元.1.8"), "1989-01-08");
  EXPECT_EQ(read("M33.1.1"), "1900-01-01");
  EXPECT_EQ(read("T9.2.29"), "1920-02-29");
  EXPECT_EQ(read("㍾45.7.29"), "1912-07-29");
  EXPECT_EQ(read("㍽1.7.30"), "1912-07-30");
  EXPECT_EQ(read("㍻元.1.8"), "1989-01-08");
}

TEST(Era, AnythingElseIsRefused) {
  for (const char* text : {"",
                           "昭和",
                           "S",
                           "64.1.7",
                           "X64.1.7",
                           "S64.1/7",
                           "S64.1.7.",
                           "S64.1",
                           "S64年1月7",
                           "昭和64年1月7日生",
                           "昭和0年1月1日",
                           "S0.1.1",
                           "S64.13.1",
                           "S63.2.30",
                           "S61.2.29",
                           "S064.1.7",
                           "S64.001.7",
                           "S6401071",
                           "S64017",
                           "S-64.1.7",
                           "1989年1月7日",
                           "昭和元元年1月1日",
                           "昭和64年1月7日\n",
                           "\xef\xbc",
                           "\xe6\x98",
                           "S64.1.7\xff"})
    EXPECT_EQ(read(text), "refused") << text;
  EXPECT_EQ(read(std::string(200, ' ') + "S64.1.7"), "refused");
}

TEST(Era, DatesAreShownWithTheEraBesideTheYear) {
  EXPECT_EQ(to_date_with_era(CivilDate::of(2026, 11, 20)), "2026年11月20日(令和8年)");
  EXPECT_EQ(to_date_with_era(CivilDate::of(2019, 5, 1)), "2019年5月1日(令和元年)");
  EXPECT_EQ(to_date_with_era(CivilDate::of(2019, 4, 30)), "2019年4月30日(平成31年)");
  EXPECT_EQ(to_birth_date_with_era(CivilDate::of(1956, 3, 4)), "1956年(昭和31年)3月4日");
  EXPECT_EQ(to_era_date(CivilDate::of(1989, 1, 7)), "昭和64年1月7日");
  EXPECT_EQ(to_era_date(CivilDate::of(1989, 1, 8)), "平成元年1月8日");
}

TEST(Era, DatesBeforeMeijiAreShownWithoutAnEra) {
  const CivilDate date = CivilDate::of(1868, 1, 24);
  EXPECT_EQ(to_era_year(date), "");
  EXPECT_EQ(to_era_date(date), "1868年1月24日");
  EXPECT_EQ(to_date_with_era(date), "1868年1月24日");
  EXPECT_EQ(to_birth_date_with_era(date), "1868年1月24日");
}

TEST(Era, EveryDayFromMeijiToReiwaNinetyNineSurvivesBeingWrittenAndRead) {
  const CivilDate end = CivilDate::of(2117, 12, 31);
  for (CivilDate date = CivilDate::of(1868, 1, 25); date <= end; date = date.plus_days(1))
    ASSERT_EQ(parse_era_date(to_era_date(date)), date) << to_iso(date);
}

TEST(Era, ArbitraryBytesNeverCrash) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 100'000; ++round) {
    std::string text = round % 2 ? "昭和64年1月7日" : "";
    for (std::size_t left = random() % 12; left > 0; --left)
      text.insert(random() % (text.size() + 1), 1, static_cast<char>(random()));
    const auto date = parse_era_date(text);
    if (date) {
      EXPECT_EQ(parse_era_date(to_era_date(*date)), *date);
    }
  }
}

}  // namespace
}  // namespace ishi
