#include "sql/log/pg_event_log.h"

#include "sql/session/session.h"
#include "tests/contract/event_log_contract.h"
#include "tests/contract/facts_contract.h"
#include "tests/contract/healed_times_contract.h"
#include "tests/sql/store.h"
#include "tests/support/slow_link.h"

namespace ishi::testing {
namespace {

struct PostgresMaker {
  EventLog& log() { return *store.log; }
  ChangeFeed& feed() { return *store.feed; }
  Evidence& evidence() { return *store.log; }
  FakeClock& clock() { return store.clock; }
  Store store;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, EventLogContract, PostgresMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, FactsContract, PostgresMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, HealedTimesContract, PostgresMaker);

TEST(PgEventLog, TwoServersOnOneDatabaseMakeOneGaplessLog) {
  Store store;
  auto other = sql::make_pg_log({.connection_string = store.where}, store.clock);
  std::atomic<int> failures = 0;
  const auto write = [&failures](EventLog& log, std::uint64_t from) {
    for (std::uint64_t i = 0; i < 150; ++i) {
      if (!log.append(request_of(std::vector<EventBody>(1 + i % 5, notice_to(from + i))))) ++failures;
    }
  };
  {
    std::jthread one([&] { write(*store.log, 0); });
    std::jthread two([&] { write(*other, 1'000); });
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(store.log->head()->position, Position(900));
  EXPECT_EQ(store.log->read(EventIndex(0), 1'000)->size(), 900U);
  Frontier frontier;
  const auto leaves = store.log->read_leaves(EventIndex(0), 1'000).value();
  for (const StoredLeaf& leaf : leaves) frontier.append(leaf_hash_of(leaf.commitment));
  EXPECT_EQ(store.log->frontier().value(), frontier);
  EXPECT_EQ(store.run("select count(*) from ishi.tile"), "3\n");
}

TEST(PgEventLog, ALockThatSomebodyElseHoldsIsWaitedForOnlySoLong) {
  Store store;
  auto impatient = sql::make_pg_log({.connection_string = store.where, .lock_wait_ms_max = 100}, store.clock);
  std::jthread holder([&] { store.run("begin; select 1 from ishi.log_head for update; select pg_sleep(3); commit"); });
  while (
      store.run("select count(*) from pg_stat_activity where query like '%pg_sleep(3)%' and wait_event = 'PgSleep'") ==
      "0\n") {
  }
  auto refused = impatient->append(request_of({notice_to(1)}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code, "log_busy");
  holder.join();
  EXPECT_EQ(impatient->append(request_of({notice_to(1)}))->position, Position(1));
}

TEST(PgEventLog, ADatabaseThatIsNotThereIsUnavailable) {
  FakeClock clock;
  auto log = sql::make_pg_log({.connection_string = "host=/nowhere dbname=nothing"}, clock);
  EXPECT_EQ(log->append(request_of({notice_to(1)})).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(log->head().error().kind, ErrorKind::kUnavailable);
  auto feed = sql::make_pg_change_feed({.connection_string = "host=/nowhere dbname=nothing"});
  EXPECT_EQ(feed->wait_beyond(Position(), std::chrono::milliseconds(10)).error().kind, ErrorKind::kUnavailable);
}

TEST(PgEventLog, ADatabaseWithoutTablesSaysThatItIsNotMigrated) {
  const std::string where = PostgresInstance::shared().create_database();
  PostgresInstance::shared().sql(where, "create schema ishi");
  FakeClock clock;
  auto log = sql::make_pg_log({.connection_string = where}, clock);
  EXPECT_EQ(log->head().error().kind, ErrorKind::kUnavailable);
}

TEST(PgChangeFeed, AnAnnouncementThatCameWithAnotherAnswerIsNotLost) {
  Store store;
  auto session = sql::Session::open({.connection_string = store.where});
  ASSERT_TRUE((*session)->listen("ishi_log").has_value());
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  // The server delivers it together with what this asks.
  ASSERT_TRUE((*session)->run({"anything", "select 1"}).has_value());
  EXPECT_TRUE((*session)->wait_for_announcement(std::chrono::milliseconds(0)).value());
  EXPECT_FALSE((*session)->wait_for_announcement(std::chrono::milliseconds(0)).value()) << "told once";
}

TEST(PgEventLog, AChunkOfPeopleIsReadInOneRoundTrip) {
  Store store;
  std::vector<EventBody> bodies;
  std::vector<Token> tokens;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    bodies.push_back(notice_to(i));
    for (const Token& token : subjects_of(bodies.back())) tokens.push_back(token);
  }
  const auto appended = store.log->append(request_of(std::move(bodies)));
  ASSERT_TRUE(appended.has_value());
  SlowLink link(store.postgres.folder() + "/.s.PGSQL.5432");
  const auto far = sql::make_pg_log(
      {.connection_string = "host=" + link.folder() + " " + store.where.substr(store.where.find("user="))},
      store.clock);
  ASSERT_TRUE(far->read_about({tokens.data(), 1}, appended->position).has_value());  // connects and prepares
  for (const std::size_t count : {1U, 100U, 5'000U}) {
    const std::uint64_t before = link.round_trips();
    const auto events = far->read_about({tokens.data(), count}, appended->position);
    ASSERT_TRUE(events.has_value());
    EXPECT_EQ(events->size(), count);
    EXPECT_EQ(link.round_trips() - before, 1U) << count << " people";
  }
  const std::uint64_t before = link.round_trips();
  ASSERT_TRUE(far->head().has_value());
  ASSERT_TRUE(far->head().has_value());
  EXPECT_GE(link.round_trips() - before, 2U) << "the counter counts";
}

TEST(PgEventLog, AFullQueueTurnsCallersAwayAtOnce) {
  Store store;
  auto log = sql::make_pg_log({.connection_string = store.where, .waiting_requests_max = 2}, store.clock);
  std::jthread holder([&] { store.run("begin; select 1 from ishi.log_head for update; select pg_sleep(2); commit"); });
  while (
      store.run("select count(*) from pg_stat_activity where query like '%pg_sleep(2)%' and wait_event = 'PgSleep'") ==
      "0\n") {
  }
  std::atomic<int> written = 0, turned_away = 0;
  {
    std::vector<std::jthread> callers;
    for (std::uint64_t i = 0; i < 20; ++i) {
      callers.emplace_back([&, i] {
        auto appended = log->append(request_of({notice_to(i)}));
        if (appended) ++written;
        if (!appended && appended.error().code == "append_queue_full") ++turned_away;
      });
    }
  }
  EXPECT_EQ(written + turned_away, 20);
  EXPECT_GT(turned_away, 0);
  EXPECT_GT(written, 0);
  EXPECT_EQ(log->head()->position.events(), static_cast<std::uint64_t>(written));
}

TEST(PgEventLog, WhoGivesUpWaitingIsToldWhetherItMayHaveHappened) {
  Store store;
  auto log = sql::make_pg_log({.connection_string = store.where, .append_wait_max = std::chrono::milliseconds(200)},
                              store.clock);
  std::jthread holder([&] { store.run("begin; select 1 from ishi.log_head for update; select pg_sleep(4); commit"); });
  while (
      store.run("select count(*) from pg_stat_activity where query like '%pg_sleep(4)%' and wait_event = 'PgSleep'") ==
      "0\n") {
  }
  EXPECT_EQ(log->append(request_of({notice_to(1)})).error().kind, ErrorKind::kOutcomeUnknown);
  EXPECT_EQ(log->append(request_of({notice_to(2)})).error().code, "append_waited_too_long");
}

TEST(PgEventLog, ALargeRequestIsOneGroupAndStoresItsTiles) {
  Store store;
  std::vector<EventBody> bodies;
  for (std::uint64_t i = 0; i < 66'000; ++i) bodies.push_back(notice_to(i));
  auto appended = store.log->append(request_of(std::move(bodies)));
  ASSERT_TRUE(appended.has_value()) << appended.error().detail;
  EXPECT_EQ(appended->position, Position(66'000));
  EXPECT_EQ(store.run("select level, count(*) from ishi.tile group by level order by level"), "0|257\n1|1\n");
  // Another server continues from the stored edges.
  auto other = sql::make_pg_log({.connection_string = store.where}, store.clock);
  ASSERT_TRUE(other->append(request_of({notice_to(1)})).has_value());
  EXPECT_EQ(other->frontier()->size(), 66'001U);
}

TEST(PgEventLog, AHeadThatDoesNotFitItsRowsStopsAppends) {
  Store store;
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  store.corrupt("update ishi.log_head set peaks = decode(repeat('ab', 32), 'hex')");
  auto fresh = sql::make_pg_log({.connection_string = store.where}, store.clock);
  for (EventLog* log : {static_cast<EventLog*>(fresh.get()), static_cast<EventLog*>(store.log.get())}) {
    EXPECT_EQ(log->append(request_of({notice_to(2)})).error().kind, ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace ishi::testing
