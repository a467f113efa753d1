// A database that is frozen, not dead: connections stay open and nothing is said. Nobody waits for it longer than told.
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include "sql/session/deadline_watch.h"
#include "sql/session/session.h"
#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;

struct Frozen {
  explicit Frozen(PostgresInstance& instance) : postgres(instance) { postgres.freeze(); }
  ~Frozen() { postgres.thaw(); }
  PostgresInstance& postgres;
};

TEST(DeadlineWatch, CutsAConnectionAtItsDeadlineAndNoOther) {
  int late[2], early[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, late), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, early), 0);
  const auto watch = sql::DeadlineWatch::shared();
  sql::DeadlineWatch::Guard patient(*watch, late[0], 1h), unlimited(*watch, late[0], 0ms),
      brief(*watch, early[0], 20ms);
  char byte = 0;
  EXPECT_EQ(read(early[0], &byte, 1), 0) << "ends when it is cut, and not before";
  EXPECT_TRUE(brief.finish());
  EXPECT_EQ(write(late[1], "x", 1), 1);
  EXPECT_EQ(read(late[0], &byte, 1), 1) << "is still open";
  EXPECT_FALSE(patient.finish());
  EXPECT_FALSE(unlimited.finish());
  for (const int socket : {late[0], late[1], early[0], early[1]}) close(socket);
}

TEST(DeadlineWatch, AnEarlierDeadlineIsNotHeldUpByALaterOne) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const auto watch = std::make_shared<sql::DeadlineWatch>();
  const sql::DeadlineWatch::Guard patient(*watch, ends[1], 1h);
  std::this_thread::sleep_for(20ms);  // it sleeps for an hour now
  sql::DeadlineWatch::Guard brief(*watch, ends[0], 10ms);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  EXPECT_TRUE(brief.finish());
  for (const int socket : ends) close(socket);
}

TEST(FrozenDatabase, HoldsNobodyLongerThanTold) {
  PostgresInstance postgres;
  Store store(postgres);
  auto log = sql::make_pg_log(
      {.connection_string = store.where, .lookup_ms_max = 200, .silence_ms_max = 300, .append_wait_max = 400ms},
      store.clock);
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  ASSERT_TRUE(log->head().has_value());
  ASSERT_TRUE(log->read(EventIndex(0), 10).has_value());
  {
    const Frozen frozen(postgres);
    const auto head = log->head();
    ASSERT_FALSE(head.has_value());
    EXPECT_EQ(head.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(head.error().code, sql::kDatabaseSilent);
    EXPECT_EQ(log->read(EventIndex(0), 10).error().code, sql::kDatabaseSilent);
    EXPECT_EQ(log->append(request_of({notice_to(2)})).error().kind, ErrorKind::kOutcomeUnknown);
    EXPECT_EQ(log->head().error().kind, ErrorKind::kUnavailable) << "nor do new connections wait for ever";
  }
  EXPECT_TRUE(log->head().has_value()) << "and it comes back by itself";
  EXPECT_TRUE(log->append(request_of({notice_to(3)})).has_value());
  EXPECT_TRUE(log->read(EventIndex(0), 10).has_value());
}

TEST(FrozenDatabase, WhoMustNotWaitHasHisThreadBackAtOnceAndOpensNothing) {
  PostgresInstance postgres;
  Store store(postgres);
  auto log = sql::make_pg_log({.connection_string = store.where, .lookup_ms_max = 60'000}, store.clock);
  EXPECT_EQ(log->head_at_once().error(), would_wait()) << "opening a connection takes its time";
  ASSERT_TRUE(log->head().has_value());
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  EXPECT_EQ(log->head_at_once()->position, Position(1));
  {
    const Frozen frozen(postgres);
    const auto asked_at = std::chrono::steady_clock::now();
    EXPECT_EQ(log->head_at_once().error().code, sql::kDatabaseSilent);
    EXPECT_LT(std::chrono::steady_clock::now() - asked_at, 10s) << "and not after the minute that others wait";
    EXPECT_EQ(log->head_at_once().error(), would_wait()) << "the connection is gone";
  }
  ASSERT_TRUE(log->head().has_value());
  EXPECT_EQ(log->head_at_once()->position, Position(1));
}

TEST(FrozenDatabase, AStatementsOwnPatienceCountsAlsoWhereTheSessionHasNoEnd) {
  PostgresInstance postgres;
  Store store(postgres);
  const auto session = sql::Session::open({.connection_string = store.where, .statement_ms_max = 0});
  ASSERT_TRUE(session.has_value());
  const Frozen frozen(postgres);
  EXPECT_EQ((*session)->run({"look", "select size from ishi.log_head"}, {}, 20ms).error().code, sql::kDatabaseSilent);
}

TEST(FrozenDatabase, ACommitThatIsNotAnsweredHasAnUnknownOutcome) {
  PostgresInstance postgres;
  Store store(postgres);
  auto session = sql::Session::open({.connection_string = store.where, .silence_ms_max = 200});
  ASSERT_TRUE(session.has_value());
  ASSERT_TRUE((*session)->begin().has_value());
  ASSERT_TRUE((*session)->run({"touch", "update ishi.log_head set size = size"}).has_value());
  const Frozen frozen(postgres);
  const auto committed = (*session)->commit();
  ASSERT_FALSE(committed.has_value());
  EXPECT_EQ(committed.error().kind, ErrorKind::kOutcomeUnknown);
  EXPECT_TRUE((*session)->broken());
}

TEST(FrozenDatabase, TheChangeFeedGoesOnAfterIt) {
  PostgresInstance postgres;
  Store store(postgres);
  const auto feed = sql::make_pg_change_feed({.connection_string = store.where, .silence_ms_max = 200});
  ASSERT_TRUE(feed->wait_beyond(Position(), 0ms).has_value());
  {
    const Frozen frozen(postgres);
    EXPECT_EQ(feed->wait_beyond(Position(), 50ms).error().kind, ErrorKind::kUnavailable);
  }
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  EXPECT_EQ(feed->wait_beyond(Position(), 10s).value(), Position(1));
}

}  // namespace
}  // namespace ishi::testing
