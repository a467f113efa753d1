// The promises of IntakeBooks, as tests that every implementation passes. To join in:
//   struct Maker { … EventLog& log(); IntakeBooks& books(); FakeClock& clock(); };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, IntakeBooksContract, Maker);
// A Maker starts with an empty log.
#pragma once

#include <thread>

#include "registry/ports/intake_books.h"
#include "tests/contract/event_log_contract.h"

namespace ishi::testing {

template <typename Maker>
class IntakeBooksContract : public ::testing::Test {
 protected:
  IntakeBooks& books() { return maker_.books(); }
  FakeClock& clock() { return maker_.clock(); }
  CivilDate today() { return jst_date(clock().now()); }

  std::string deliver(const std::string& source, const std::string& kind, std::uint64_t accepted,
                      std::uint64_t rejected = 0, std::uint64_t sequence = 0) {
    AppendRequest request = request_of(std::vector<EventBody>(accepted, notice_to(1)));
    request.delivery = Delivery{source, kind, accepted, rejected};
    if (sequence > 0) request.sequence = SourceSequence{source, sequence};
    auto appended = maker_.log().append(std::move(request));
    return appended ? std::string("accepted") : appended.error().code;
  }
  void note(const std::string& source, Unwritten what, std::uint64_t sequence = 0, std::uint64_t announced = 0,
            std::uint64_t arrived = 0) {
    const auto noted = books().note({source, "objections", what, sequence, announced, arrived}, clock().now());
    ASSERT_TRUE(noted.has_value()) << noted.error().code;
  }
  IntakeRecord record(const std::string& source) { return books().intake(today()).value()[source]; }
  IntakeKind kind(const std::string& source, const std::string& name = "objections") {
    return record(source).kinds[name];
  }
  void next_day(int days = 1) { clock().advance_seconds(86'400 * std::int64_t{days}); }

  Maker maker_;
};
TYPED_TEST_SUITE_P(IntakeBooksContract);

TYPED_TEST_P(IntakeBooksContract, NothingDeliveredIsNothingKnown) {
  EXPECT_TRUE(this->books().intake(this->today())->empty());
}

TYPED_TEST_P(IntakeBooksContract, DeliveriesAreSummedUpByKindAndDay) {
  const CivilDate first = this->today();
  EXPECT_EQ(this->deliver("relay", "objections", 3, 1), "accepted");
  EXPECT_EQ(this->deliver("relay", "objections", 2), "accepted");
  EXPECT_EQ(this->deliver("relay", "notices", 7), "accepted");
  this->next_day();
  EXPECT_EQ(this->deliver("relay", "objections", 0), "accepted");
  const IntakeKind objections = this->kind("relay");
  EXPECT_EQ(objections.first_day, first);
  EXPECT_EQ(objections.last_day, first.plus_days(1));
  EXPECT_EQ(objections.last_volume_day, first) << "an empty batch brings no volume";
  EXPECT_EQ(objections.last_at, this->clock().now());
  EXPECT_EQ(objections.days.at(first), (IntakeTally{2, 5, 1, 0, 0, 0, 0}));
  EXPECT_EQ(objections.days.at(first.plus_days(1)), (IntakeTally{1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(this->kind("relay", "notices").days.at(first), (IntakeTally{1, 7, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(this->record("relay").numbered.has_value());
}

TYPED_TEST_P(IntakeBooksContract, ADayBeginsAtMidnightInJapan) {
  this->clock().set(parse_timestamp("2026-07-01T23:59:59+09:00").value());
  this->deliver("relay", "objections", 1);
  this->clock().advance_seconds(1);
  this->deliver("relay", "objections", 1);
  EXPECT_EQ(this->kind("relay").days.size(), 2U);
  EXPECT_EQ(this->kind("relay").last_day, CivilDate::of(2026, 7, 2));
}

TYPED_TEST_P(IntakeBooksContract, WhatWasNotWrittenIsNotDelivered) {
  EXPECT_EQ(this->deliver("relay", "objections", 1, 0, 1), "accepted");
  EXPECT_EQ(this->deliver("relay", "objections", 1, 0, 1), "sequence_seen");
  EXPECT_EQ(this->kind("relay").days.at(this->today()).batches, 1U);
  EXPECT_EQ(this->record("relay").numbered->batches, 1U);
}

TYPED_TEST_P(IntakeBooksContract, ARepeatedKeyIsNotDeliveredTwice) {
  for (int i = 0; i < 2; ++i) {
    AppendRequest request = keyed_request({notice_to(1)}, "k", 1, "a");
    request.delivery = Delivery{"relay", "objections", 1, 0};
    ASSERT_TRUE(this->maker_.log().append(std::move(request)).has_value());
  }
  EXPECT_EQ(this->kind("relay").days.at(this->today()).batches, 1U);
}

TYPED_TEST_P(IntakeBooksContract, NotesAreCountedBesideDeliveries) {
  this->deliver("relay", "objections", 4);
  this->note("relay", Unwritten::kRepeated);
  this->note("relay", Unwritten::kRepeated);
  this->note("relay", Unwritten::kDuplicate);
  this->note("relay", Unwritten::kRefused);
  EXPECT_EQ(this->kind("relay").days.at(this->today()), (IntakeTally{1, 4, 0, 2, 1, 1, 0}));
  EXPECT_TRUE(this->record("relay").disagreements.empty());
}

TYPED_TEST_P(IntakeBooksContract, OneWhoWasOnlyEverRefusedIsKnown) {
  this->note("stranger", Unwritten::kRefused);
  const IntakeKind kind = this->kind("stranger");
  EXPECT_FALSE(kind.last_day.has_value());
  EXPECT_EQ(kind.days.at(this->today()).refused, 1U);
}

TYPED_TEST_P(IntakeBooksContract, ADisagreementIsKeptWithItsNumbers) {
  const Timestamp first = this->clock().now();
  this->note("relay", Unwritten::kDisagreement, 12, 10, 7);
  this->next_day();
  this->note("relay", Unwritten::kDisagreement, 12, 10, 9);
  this->note("relay", Unwritten::kDisagreement, 3, 5, 6);
  const auto kept = this->record("relay").disagreements;
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].sequence, 3U);
  EXPECT_EQ(kept[1], (Disagreement{"objections", 12, 10, 9, 2, first, this->clock().now()}));
  EXPECT_EQ(this->kind("relay").days.at(this->today()).disagreements, 2U);
}

TYPED_TEST_P(IntakeBooksContract, TheHabitFromBeforeALongSilenceIsStillThere) {
  const CivilDate first = this->today();
  for (int day = 0; day < 70; ++day) {
    this->deliver("relay", "objections", 2);
    this->next_day();
  }
  this->deliver("relay", "objections", 0);
  this->next_day(400);
  this->deliver("relay", "objections", 0);
  const IntakeKind kind = this->kind("relay");
  EXPECT_EQ(kind.first_day, first);
  EXPECT_EQ(kind.last_volume_day, first.plus_days(69));
  EXPECT_EQ(kind.days.size(), static_cast<std::size_t>(kHabitDays) + 1) << "the eight weeks before, and today";
  EXPECT_EQ(kind.days.begin()->first, first.plus_days(69 - kHabitDays + 1));
}

TYPED_TEST_P(IntakeBooksContract, NamesAreBounded) {
  EXPECT_EQ(this->deliver("", "objections", 1), "bad_source");
  EXPECT_EQ(this->deliver("re lay", "objections", 1), "bad_source");
  EXPECT_EQ(this->deliver(std::string(201, 'x'), "objections", 1), "bad_source");
  EXPECT_EQ(this->deliver("relay", "Objections", 1), "bad_source");
  EXPECT_EQ(this->books().note({"", "objections"}, this->clock().now()).error().code, "bad_source");
  EXPECT_TRUE(this->books().intake(this->today())->empty());
}

TYPED_TEST_P(IntakeBooksContract, OfManyDisagreementsTheNewestAreKept) {
  for (std::uint64_t sequence = 1; sequence <= kDisagreementsMax + 5; ++sequence) {
    this->note("relay", Unwritten::kDisagreement, sequence, 2, 1);
    this->clock().advance_seconds(1);
  }
  const auto kept = this->record("relay").disagreements;
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(kDisagreementsMax));
  EXPECT_EQ(kept.front().sequence, 6U);
}

TYPED_TEST_P(IntakeBooksContract, ManyAtOnceAreAllCounted) {
  {
    std::vector<std::jthread> senders;
    for (int s = 0; s < 6; ++s)
      senders.emplace_back([this] {
        for (int i = 0; i < 25; ++i) {
          EXPECT_EQ(this->deliver("relay", i % 2 == 0 ? "objections" : "notices", 2, 1), "accepted");
          this->note("relay", Unwritten::kDuplicate);
        }
      });
  }
  const IntakeKind objections = this->kind("relay");
  EXPECT_EQ(objections.days.at(this->today()), (IntakeTally{78, 156, 78, 0, 150, 0, 0}));
  EXPECT_EQ(this->kind("relay", "notices").days.at(this->today()).batches, 72U);
}

REGISTER_TYPED_TEST_SUITE_P(IntakeBooksContract, NothingDeliveredIsNothingKnown, DeliveriesAreSummedUpByKindAndDay,
                            ADayBeginsAtMidnightInJapan, WhatWasNotWrittenIsNotDelivered,
                            ARepeatedKeyIsNotDeliveredTwice, NotesAreCountedBesideDeliveries,
                            OneWhoWasOnlyEverRefusedIsKnown, ADisagreementIsKeptWithItsNumbers,
                            TheHabitFromBeforeALongSilenceIsStillThere, NamesAreBounded,
                            OfManyDisagreementsTheNewestAreKept, ManyAtOnceAreAllCounted);

}  // namespace ishi::testing
