#include "registry/commands/record_death.h"

#include "registry/commands/link.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct RecordDeathTest : CommandTest {
  std::string record(int number, std::optional<CivilDate> date) {
    return request([&](CommandBatch& batch) { return record_death(context(), person(number), {date}, batch); });
  }
  std::string retract(int number) {
    return request([&](CommandBatch& batch) { return retract_death(context(), person(number), {}, batch); });
  }
  const CivilDate day = CivilDate::of(2026, 6, 3);
};

TEST_F(RecordDeathTest, IsRecordedOnce) {
  EXPECT_EQ(record(1, day), "");
  EXPECT_EQ(event<DeathRecorded>(0), (DeathRecorded{token(1), day}));
  EXPECT_EQ(record(1, day), "=already_recorded");
  EXPECT_EQ(record(1, day.plus_days(1)), "") << "another day is another fact";
}

TEST_F(RecordDeathTest, IsRecordedAgainWhereTheTokensMayPart) {
  record(1, day);
  request([&](CommandBatch& batch) { return link(context(), person(1), person(2), LinkCommand{}, batch); });
  EXPECT_EQ(record(2, day), "");
}

TEST_F(RecordDeathTest, HasAPlausibleDate) {
  EXPECT_EQ(record(1, std::nullopt), "field_missing date");
  EXPECT_EQ(record(1, CivilDate::of(2026, 7, 2)), "date_in_future date");
  EXPECT_EQ(record(1, CivilDate::of(1899, 12, 31)), "date_implausible date");
  EXPECT_EQ(record(1, CivilDate::of(1900, 1, 1)), "");
}

TEST_F(RecordDeathTest, IsRetractedFromEveryCardOfThePerson) {
  EXPECT_EQ(retract(1), "death_not_recorded");
  record(1, day);
  request([&](CommandBatch& batch) { return link(context(), person(1), person(2), LinkCommand{}, batch); });
  EXPECT_EQ(retract(2), "");
  EXPECT_EQ(event<DeathRetracted>(2), (DeathRetracted{token(1), day})) << "on the card on which it stands";
  EXPECT_FALSE(people.find(token(1))->died_on.has_value());
  EXPECT_EQ(retract(1), "death_not_recorded");
}

}  // namespace
}  // namespace ishi
