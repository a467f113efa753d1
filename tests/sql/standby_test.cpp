// Heads from a standby, with a real primary and a real standby: fresh whenever they are given, and given only while
// the primary waits for that standby.
#include <gtest/gtest.h>

#include "sql/session/standby_names.h"
#include "sql/standby/leased_heads.h"
#include "sql/standby/pg_standby_heads.h"
#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
// Of the contract this program uses the events only; sql_test holds the store to it.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogContract);
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

TEST(StandbyNames, OnlyThoseCountForWhomEveryCommitWaits) {
  const auto names = [](std::string_view text) { return sql::standbys_always_waited_for(text); };
  EXPECT_EQ(names("s1"), Names{"s1"});
  EXPECT_EQ(names(" FIRST 2 (S1, \"s 2\") "), (Names{"s1", "s 2"}));
  EXPECT_EQ(names("any 2(s1,s2)"), (Names{"s1", "s2"}));
  EXPECT_EQ(names("2 (s1, s2)"), (Names{"s1", "s2"}));
  EXPECT_EQ(names("1 (first)"), Names{"first"});
  EXPECT_EQ(names("\"any\""), Names{"any"});
  EXPECT_EQ(names("\"a\"\"b\""), Names{"a\"b"});
  for (const char* text : {"", "  ", "*", "FIRST 1 (*)", "FIRST 1 (s1, s2)", "ANY 1 (s1, s2)", "s1, s2", "1 (s1, s2)",
                           "2 (s1)", "FIRST 2 (s1, *)", "FIRST 1 (s1", "\"s1", "FIRST 1 s1", "1 (s1,)", "1 ()"})
    EXPECT_TRUE(names(text).empty()) << text;
}

struct Standby : ::testing::Test {
  Standby() : primary(PostgresInstance::shared()), store(primary), standby({.standby_of = &primary, .name = "s1"}) {
    log = sql::make_pg_log({.connection_string = store.where, .append_wait_max = 3s}, store.clock);
    lease = std::make_unique<sql::HeadLease>(sql::LeaseOptions{.connection_string = store.where}, nullptr, nullptr);
    leased = sql::make_leased_heads(*log, *lease);
  }
  std::unique_ptr<sql::PgStandbyHeads> heads() {
    const std::string database = store.where.substr(store.where.find("dbname="));
    return sql::make_pg_standby_heads(
        {.connection_string = "host=" + standby.folder() + " user=postgres " + database, .check_every = 50ms}, *lease,
        *leased, [this](const Error& error) {
          const std::lock_guard lock(mutex);
          refusals.push_back(error.code);
        });
  }
  std::string last_told() {
    const std::lock_guard lock(mutex);
    return refusals.empty() ? "nothing" : refusals.back();
  }
  // Bounded: ten seconds on a busy machine, then the expectation after it fails.
  template <typename Condition>
  static void wait_until(Condition condition) {
    for (int i = 0; i < 1'000 && !condition(); ++i) std::this_thread::sleep_for(10ms);
  }

  ~Standby() override {
    primary.wait_for_standbys("");
    primary.sql(primary.connection_string(),
                "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = "
                "'SyncRep'");
  }

  PostgresInstance& primary;
  Store store;
  PostgresInstance standby;
  std::unique_ptr<sql::PgLog> log;
  std::unique_ptr<sql::HeadLease> lease;
  std::unique_ptr<HeadSource> leased;
  std::mutex mutex;
  std::vector<std::string> refusals;
};

TEST_F(Standby, EveryAcknowledgedAppendIsInTheNextHeadItGives) {
  primary.wait_for_standbys("FIRST 1 (s1)");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  ASSERT_TRUE(source->stats().trusted) << last_told();
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto appended = log->append(request_of({notice_to(i)}));
    ASSERT_TRUE(appended.has_value()) << appended.error().detail;
    const auto head = source->newest(Position());
    ASSERT_TRUE(head.has_value());
    ASSERT_GE(head->position, appended->position);
  }
  EXPECT_GT(source->stats().from_standby, 250U);
  EXPECT_EQ(source->stats().behind, 0U);
}

TEST_F(Standby, IsNotBelievedUnlessThePrimaryWaitsForIt) {
  const auto source = heads();
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  wait_until([&] { return last_told() == "standby_not_waited_for"; });
  EXPECT_EQ(last_told(), "standby_not_waited_for");
  for (const char* others : {"ANY 1 (s1, s2)", "FIRST 1 (s2, s1)"}) {
    primary.wait_for_standbys(others);
    std::this_thread::sleep_for(1'500ms);
    EXPECT_FALSE(source->stats().trusted) << others;
  }
  EXPECT_EQ(source->newest(Position())->position, Position(1)) << "the primary answers meanwhile";
  EXPECT_EQ(source->stats().from_standby, 0U);
  primary.wait_for_standbys("s1");
  wait_until([&] { return source->stats().trusted; });
  EXPECT_TRUE(source->stats().trusted) << "and it is verified as soon as it is waited for";
}

TEST_F(Standby, BehindWhatTheAskerHasSeenThePrimaryIsAsked) {
  primary.wait_for_standbys("s1");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  const auto head = source->newest(Position(9));  // a log of nine events was seen once
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->position, Position(1)) << "it is the primary that says that the log went back";
  EXPECT_EQ(source->stats().behind, 1U);
  EXPECT_EQ(source->stats().from_primary, 1U);
}

TEST_F(Standby, WhoMustNotWaitIsAnsweredByItOrToldToWait) {
  primary.wait_for_standbys("s1");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  EXPECT_EQ(source->newest_at_once(Position()).error(), would_wait()) << "no connection is open yet";
  ASSERT_TRUE(source->newest(Position()).has_value());
  EXPECT_EQ(source->newest_at_once(Position(1))->position, Position(1));
  EXPECT_EQ(source->stats().from_standby, 2U);
  EXPECT_EQ(source->newest_at_once(Position(9)).error(), would_wait()) << "the primary is for those who can wait";
  standby.freeze();
  EXPECT_FALSE(source->newest_at_once(Position()).has_value());
  standby.thaw();
}

TEST_F(Standby, FrozenNothingIsAcknowledgedAndNothingConfirmed) {
  primary.wait_for_standbys("s1");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  standby.freeze();
  std::this_thread::sleep_for(1'500ms);
  const auto unconfirmed = source->newest(Position());
  ASSERT_FALSE(unconfirmed.has_value()) << "it might have been promoted";
  EXPECT_EQ(unconfirmed.error().code, "head_unconfirmed");
  EXPECT_EQ(log->append(request_of({notice_to(2)})).error().kind, ErrorKind::kOutcomeUnknown);
  standby.thaw();
  wait_until([&] { return source->stats().trusted; });
  EXPECT_TRUE(source->stats().trusted);
  wait_until([&] { return log->head()->position == Position(2); });
  EXPECT_EQ(source->newest(log->head()->position)->position, Position(2));
}

TEST_F(Standby, PromotedItIsNotBelievedAnyMore) {
  primary.wait_for_standbys("s1");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  standby.promote();
  const std::uint64_t before = source->stats().from_standby;
  EXPECT_EQ(source->newest(Position())->position, Position(1));
  EXPECT_EQ(source->stats().from_standby, before) << "not even once";
  wait_until([&] { return last_told() == "standby_promoted"; });
  EXPECT_EQ(last_told(), "standby_promoted");
  EXPECT_FALSE(source->stats().trusted);
}

// Committed at the primary, the standby has not applied it, the primary restarts: now it is visible there, and a
// repetition with its key finds it. It must not be acknowledged before the standby has it.
TEST_F(Standby, ARepetitionIsAcknowledgedOnlyWhenTheStandbyHasApplied) {
  primary.wait_for_standbys("s1");
  const auto source = heads();
  wait_until([&] { return source->stats().trusted; });
  standby.freeze();
  AppendRequest request = request_of({notice_to(1)});
  request.key = IdempotencyKey{"caller", "key", {}};
  EXPECT_EQ(log->append(request).error().kind, ErrorKind::kOutcomeUnknown);
  primary.restart_immediately();
  wait_until([&] { return log->head().has_value() && log->head()->position == Position(1); });
  ASSERT_EQ(log->head()->position, Position(1)) << "visible without having been acknowledged";
  EXPECT_FALSE(log->append(request).has_value());
  standby.thaw();
  Result<Appended> appended = log->append(request);
  wait_until([&] { return appended.has_value() || (appended = log->append(request)).has_value(); });
  ASSERT_TRUE(appended.has_value());
  EXPECT_TRUE(appended->repeated);
  EXPECT_EQ(store.postgres.sql(
                "host=" + standby.folder() + " user=postgres " + store.where.substr(store.where.find("dbname=")),
                "select size from ishi.log_head"),
            "1\n");
}

}  // namespace
}  // namespace ishi::testing
