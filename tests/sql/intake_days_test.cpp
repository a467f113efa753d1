#include "sql/log/intake_days.h"

#include "tests/contract/intake_books_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

struct PostgresBooks {
  EventLog& log() { return *store.log; }
  IntakeBooks& books() { return *store.log; }
  FakeClock& clock() { return store.clock; }
  Store store;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, IntakeBooksContract, PostgresBooks);

TEST(IntakeDays, TwoServersCountIntoTheSameBooks) {
  Store store;
  auto other = sql::make_pg_log({.connection_string = store.where}, store.clock);
  const auto write = [](sql::PgLog& log, Timestamp at) {
    for (int i = 0; i < 60; ++i) {
      AppendRequest request = request_of({notice_to(1)});
      request.delivery = Delivery{"relay", "notices", 1, 0};
      EXPECT_TRUE(log.append(std::move(request)).has_value());
      EXPECT_TRUE(log.note({"relay", "notices", Unwritten::kRefused}, at).has_value());
    }
  };
  {
    std::jthread one([&] { write(*store.log, store.clock.now()); });
    std::jthread two([&] { write(*other, store.clock.now()); });
  }
  const CivilDate today = jst_date(store.clock.now());
  const auto records = store.log->intake(today).value();
  EXPECT_EQ(records.at("relay").kinds.at("notices").days.at(today), (IntakeTally{120, 120, 0, 0, 0, 120, 0}));
}

TEST(IntakeDays, AreKeptAndNeverRemovedByTheService) {
  Store store;
  AppendRequest request = request_of({notice_to(1)});
  request.delivery = Delivery{"relay", "notices", 1, 0};
  ASSERT_TRUE(store.log->append(std::move(request)).has_value());
  EXPECT_NE(store.run("begin; set local role ishi_service; select 1").size(), 0U);
  EXPECT_THROW(store.run("begin; set local role ishi_service; delete from ishi.intake_day"), std::runtime_error);
  EXPECT_THROW(store.run("begin; set local role ishi_service; delete from ishi.intake_kind"), std::runtime_error);
  auto again = sql::make_pg_log({.connection_string = store.where}, store.clock);
  EXPECT_EQ(again->intake(jst_date(store.clock.now()))->size(), 1U);
}

}  // namespace
}  // namespace ishi::testing
