// What every EventLog makes of a TimesHealed event (registry/events/times_healed.h). To join in, with the Maker of
// event_log_contract.h: INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, HealedTimesContract, Maker);
#pragma once

#include "tests/contract/event_log_contract.h"

namespace ishi::testing {

template <typename Maker>
class HealedTimesContract : public EventLogContract<Maker> {};
TYPED_TEST_SUITE_P(HealedTimesContract);

TYPED_TEST_P(HealedTimesContract, WhatAWrongClockStampedIsBelievedAsAHealingSays) {
  const Timestamp start = this->clock().now(), wrong = start.plus_seconds(31 * 86'400);
  this->append({notice_to(1)});
  this->clock().set(wrong);
  this->append({objection_of(2, wrong), objection_of(3, start)});
  this->clock().set(start.plus_seconds(100));
  EXPECT_EQ(this->append({notice_to(4)}).registered_at, wrong) << "everybody is dragged along";
  EXPECT_EQ(this->log().position_at(start.plus_seconds(1'000)).value(), Position(1));
  const Timestamp healed = start.plus_seconds(200);
  this->clock().set(healed);
  EXPECT_EQ(this->append({TimesHealed{EventIndex(1), start, healed, "a clock was wrong"}}).registered_at, healed);
  EXPECT_EQ(this->log().head()->last_registered_at, healed);
  const Timestamp later = start.plus_seconds(300);
  this->clock().set(later);
  EXPECT_EQ(this->append({objection_of(5, later)}).registered_at, later);
  EXPECT_EQ(this->log().head()->last_registered_at, later);

  const auto read = this->log().read(EventIndex(0), 10).value();
  std::vector<Timestamp> believed, stored;
  for (const StoredEvent& event : read) believed.push_back(event.event.registered_at);
  EXPECT_EQ(believed, (std::vector<Timestamp>{start, healed, healed, healed, healed, later}));
  EXPECT_EQ(std::get<Objection>(read[1].event.body).accepted_at, start)
      << "not known: what forbids, as early as can be";
  EXPECT_EQ(std::get<Objection>(read[2].event.body).accepted_at, start);
  EXPECT_EQ(std::get<Objection>(read[5].event.body).accepted_at, later);
  const Token person[] = {numbered_token(2)};
  EXPECT_EQ(std::get<Objection>(this->log().read_about(person, Position(6))->at(0).event.body).accepted_at, start);
  const auto before = this->log().read_about(person, Position(4))->at(0).event;
  EXPECT_EQ(before.registered_at, wrong) << "what was known then is answered as it was then";
  EXPECT_EQ(std::get<Objection>(before.body).accepted_at, wrong);
  EXPECT_EQ(this->log().position_at(start.plus_seconds(199)).value(), Position(1));
  EXPECT_EQ(this->log().position_at(healed).value(), Position(5));
  EXPECT_EQ(this->log().position_at(Timestamp(later.microseconds() - 1)).value(), Position(5));
  EXPECT_EQ(this->log().position_at(later).value(), Position(6));

  for (const std::int64_t days : {1, 40, 61, 63, 70}) {
    const Timestamp then = start.plus_seconds(days * 86'400);
    this->clock().set(then);
    EXPECT_EQ(this->append({notice_to(100)}).registered_at, then) << days;
  }
  const auto leaves = this->evidence().read_leaves(EventIndex(0), 20).value();
  for (const StoredLeaf& leaf : leaves) stored.push_back(decode_event(leaf.event_bytes)->registered_at);
  EXPECT_TRUE(std::is_sorted(stored.begin(), stored.end()));
  EXPECT_EQ(stored[1], wrong) << "what is stored never changes";
  EXPECT_EQ(stored[5], wrong.plus_seconds(50)) << "at half the speed of time";
  EXPECT_EQ(stored.back(), start.plus_seconds(70 * 86'400)) << "until time has come up";
}

REGISTER_TYPED_TEST_SUITE_P(HealedTimesContract, WhatAWrongClockStampedIsBelievedAsAHealingSays);

}  // namespace ishi::testing
