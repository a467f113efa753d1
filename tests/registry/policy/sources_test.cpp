// [[source]]: what must come, and when.
#include "tests/registry/policy/reading.h"

namespace ishi::policy_testing {
namespace {

const std::string kCaller =
    "[[caller]]\nid = \"relay\"\nrole = \"REGISTRY_OPS\"\nkey_sha256 = \"" + std::string(64, 'a') + "\"\n";

PolicyReading read_source(const std::string& lines) {
  return read_with(kCaller + "[[source]]\n" + lines);
}
std::string complaint(const std::string& lines) {
  return describe(read_source(lines));
}

TEST(Sources, AreReadWithEverythingAgreed) {
  const auto reading = read_source(
      "caller = \"relay\"\nfeed = \"options/1\"\nkind = \"HOSPITAL\"\nrhythm = \"WEEKLY\"\nweekday = 5\ndue_hour = 18\n"
      "quiet_days_max = 3\nvalid_from = 2026-04-01\nvalid_to = 2027-04-01\n");
  ASSERT_TRUE(reading.book) << describe(reading);
  const ExpectedSource& source = reading.book->sources.at("relay/options/1");
  EXPECT_EQ(source.caller, "relay");
  EXPECT_EQ(source.kind, SourceKind::kHospital);
  EXPECT_EQ(source.rhythm, Rhythm::kWeekly);
  EXPECT_EQ(source.weekday, 5);
  EXPECT_EQ(source.due_hour, 18);
  EXPECT_EQ(source.quiet_days_max, 3);
  EXPECT_EQ(source.valid.from, CivilDate::of(2026, 4, 1));
  EXPECT_EQ(source.valid.to, CivilDate::of(2027, 4, 1));
}

TEST(Sources, WithoutAFeedAreAllThatTheCallerWrites) {
  const auto reading =
      read_source("caller = \"relay\"\nkind = \"OTHER\"\nrhythm = \"IRREGULAR\"\nvalid_from = 2026-04-01\n");
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->sources.at("relay").due_hour, 24);
  EXPECT_FALSE(reading.book->sources.at("relay").quiet_days_max.has_value());
}

TEST(Sources, ThatCannotBeMeantAreNamed) {
  const std::string good = "caller = \"relay\"\nkind = \"OTHER\"\nvalid_from = 2026-04-01\n";
  EXPECT_NE(complaint(good + "rhythm = \"WEEKLY\"\n").find("weekday"), std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"DAILY\"\nweekday = 3\n").find("weekday"), std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"MONTHLY\"\nmonth_day = 31\n").find("month_day"), std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"HOURLY\"\n").find("BUSINESS_DAYS"), std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"DAILY\"\ndue_hour = 25\n").find("due_hour"), std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"DAILY\"\nfeed = \"a b\"\n").find("feed"), std::string::npos);
  EXPECT_NE(
      complaint("caller = \"nobody\"\nkind = \"OTHER\"\nrhythm = \"DAILY\"\nvalid_from = 2026-04-01\n").find("nobody"),
      std::string::npos);
  EXPECT_NE(complaint(good + "rhythm = \"DAILY\"\n[[source]]\n" + good + "rhythm = \"DAILY\"\n").find("written before"),
            std::string::npos);
  EXPECT_NE(complaint("caller = \"relay\"\nkind = \"OTHER\"\nrhythm = \"DAILY\"\n").find("valid_from"),
            std::string::npos);
}

TEST(Sources, HolidaysAreDaysThatExist) {
  const auto reading = read_with("[book]\nholidays = [\"2027-01-01\", \"2027-02-11\"]\n");
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->holidays.size(), 2U);
  EXPECT_NE(describe(read_with("[book]\nholidays = [\"2027-02-30\"]\n")).find("2027-02-30"), std::string::npos);
}

}  // namespace
}  // namespace ishi::policy_testing
