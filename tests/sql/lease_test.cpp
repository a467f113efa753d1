// Whom may one believe that the log ends here? With real primaries and standbys, promoted, cut off, cancelled.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "sql/session/hosts.h"
#include "sql/standby/leased_heads.h"
#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(Hosts, EachIsReachedByAConnectionStringOfItsOwn) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(sql::each_host("host=a dbname=x"), Strings{"host=a dbname=x"});
  EXPECT_EQ(sql::each_host("dbname=x"), Strings{"dbname=x"});
  EXPECT_EQ(sql::each_host("host=a,b port=1,2 dbname='it''s'"), Strings{"host=a,b port=1,2 dbname='it''s'"})
      << "what libpq cannot read comes back as it is";
  EXPECT_EQ(sql::each_host("host=a,b port=1,2 dbname='it\\'s'"),
            (Strings{"dbname='it\\'s' host='a' port='1'", "dbname='it\\'s' host='b' port='2'"}));
  EXPECT_EQ(sql::each_host("host=a,b port=7 dbname=x"),
            (Strings{"dbname='x' host='a' port='7'", "dbname='x' host='b' port='7'"}));
  EXPECT_EQ(sql::each_host("postgresql://a:1,b:2/x?target_session_attrs=read-write"),
            (Strings{"dbname='x' host='a' port='1' target_session_attrs='read-write'",
                     "dbname='x' host='b' port='2' target_session_attrs='read-write'"}));
}

struct Lease : ::testing::Test {
  Lease() : store(primary), standby({.standby_of = &primary, .name = "s1"}) {
    const std::string rest = store.where.substr(store.where.find(' '));
    at_standby = "host=" + standby.folder() + rest;
    at_both = "host=" + primary.folder() + "," + standby.folder() + rest + " target_session_attrs=read-write";
    log = log_at(store.where);
  }
  std::unique_ptr<sql::PgLog> log_at(const std::string& where,
                                     std::shared_ptr<std::atomic<std::uint32_t>> timeline_min = nullptr,
                                     std::chrono::milliseconds append_wait_max = 6s) {
    return sql::make_pg_log(
        {.connection_string = where, .append_wait_max = append_wait_max, .timeline_min = std::move(timeline_min)},
        store.clock);
  }
  // The standby takes over and the old primary goes on.
  void promote_unfenced() {
    standby.promote();
    standby.wait_for_standbys("");
  }
  template <typename Condition>
  static bool comes(Condition condition) {
    for (int i = 0; i < 1'500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  PostgresInstance primary;
  Store store;
  PostgresInstance standby;
  std::string at_standby, at_both;
  std::unique_ptr<sql::PgLog> log;
};

// What a server has that knows one database, or several.
struct Node {
  Node(Lease& test, const std::string& where, sql::LeaseOptions options = {},
       std::chrono::milliseconds append_wait_max = 6s)
      : timeline_min(std::make_shared<std::atomic<std::uint32_t>>(0)),
        log(test.log_at(where, timeline_min, append_wait_max)) {
    options.connection_string = where;
    lease = std::make_unique<sql::HeadLease>(options, timeline_min, nullptr);
    heads = sql::make_leased_heads(*log, *lease);
  }
  std::shared_ptr<std::atomic<std::uint32_t>> timeline_min;
  std::unique_ptr<sql::PgLog> log;
  std::unique_ptr<sql::HeadLease> lease;
  std::unique_ptr<HeadSource> heads;
};

// A5
TEST_F(Lease, ACommitWhoseWaitForTheStandbyIsCancelledIsNotAcknowledged) {
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  primary.wait_for_standbys("s1");
  ASSERT_TRUE(comes([&] {
    return primary.sql(store.where, "select sync_state from pg_stat_replication") == "sync\n" &&
           primary.sql(store.where, "show synchronous_standby_names") == "s1\n";
  }));
  std::this_thread::sleep_for(300ms);  // until the checkpointer has heard of it, too
  standby.freeze();
  Result<Appended> appended = fail(ErrorKind::kUnavailable, "nothing yet", "");
  std::jthread writer([&] { appended = log->append(request_of({notice_to(2)})); });
  const std::string cancel = "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'";
  ASSERT_TRUE(comes([&] { return primary.sql(primary.connection_string(), cancel) == "1\n"; }));
  writer.join();
  EXPECT_EQ(primary.sql(store.where, "select size from ishi.log_head"), "2\n") << "it is written, here alone";
  ASSERT_FALSE(appended.has_value());
  EXPECT_EQ(appended.error().kind, ErrorKind::kOutcomeUnknown);
  standby.thaw();
}

// A2
TEST_F(Lease, AStandbyIsNotTakenForThePrimary) {
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  ASSERT_TRUE(comes([&] { return standby.sql(at_standby, "select size from ishi.log_head") == "1\n"; }));
  const auto there = log_at(at_standby);
  ASSERT_FALSE(there->head().has_value());
  EXPECT_EQ(there->head().error().code, "database_read_only");
  EXPECT_FALSE(there->head_at_once().has_value());
}

// A1
TEST_F(Lease, APrimaryThatWasReplacedIsNotBelievedOnceTheNewOneHasAcknowledged) {
  primary.wait_for_standbys("s1");
  Node left_behind(*this, store.where);
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  ASSERT_EQ(left_behind.heads->newest(Position())->position, Position(1));
  promote_unfenced();
  const auto began = steady_clock::now();
  const auto appended = log_at(at_standby)->append(request_of({notice_to(2)}));
  ASSERT_TRUE(appended.has_value()) << appended.error().detail;
  EXPECT_GE(steady_clock::now() - began, sql::kHeadLeaseMax) << "the gate";
  EXPECT_EQ(left_behind.log->head()->position, Position(1)) << "it still answers";
  const auto head = left_behind.heads->newest(Position());
  ASSERT_FALSE(head.has_value());
  EXPECT_EQ(head.error().code, "head_unconfirmed");
  EXPECT_FALSE(left_behind.heads->newest_at_once(Position()).has_value());
  EXPECT_FALSE(left_behind.lease->stats().valid);
}

TEST_F(Lease, AServerThatKnowsBothGoesOverToTheNewPrimaryAndStaysThere) {
  primary.wait_for_standbys("s1");
  Node node(*this, at_both);
  ASSERT_TRUE(node.log->append(request_of({notice_to(1)})).has_value());
  promote_unfenced();
  ASSERT_TRUE(comes([&] { return *node.timeline_min == 2; }));
  const auto appended = node.log->append(request_of({notice_to(2)}));
  ASSERT_TRUE(appended.has_value()) << appended.error().detail;
  EXPECT_EQ(standby.sql(at_standby, "select size from ishi.log_head"), "2\n");
  for (int i = 0; i < 20; ++i) {
    const auto head = node.heads->newest(Position());
    ASSERT_TRUE(head.has_value()) << head.error().code;
    EXPECT_EQ(head->position, Position(2));
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(primary.sql(primary.connection_string(),
                        "select count(*) < 4 from pg_stat_activity where wait_event = 'SyncRep'"),
            "t\n");
}

TEST_F(Lease, WhileThePrimaryWaitsForItsStandbyOneSessionWaitsAndNoHeadCounts) {
  primary.wait_for_standbys("s1");
  Node node(*this, store.where);
  ASSERT_TRUE(node.heads->newest(Position()).has_value());
  standby.freeze();
  std::this_thread::sleep_for(5s);
  EXPECT_FALSE(node.heads->newest(Position()).has_value());
  EXPECT_EQ(
      primary.sql(primary.connection_string(), "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"),
      "1\n");
  standby.thaw();
  EXPECT_TRUE(comes([&] { return node.heads->newest(Position()).has_value(); }));
}

// However far it has come with connecting: a commit that waits for a standby would wait for ever.
TEST_F(Lease, AServerThatStopsWhileItConnectsIsNotHeldUpByAStandbyThatIsAway) {
  primary.wait_for_standbys("s1");
  standby.freeze();
  for (const auto& pause : {0ms, 3ms, 10ms, 30ms, 100ms}) {
    auto lease =
        std::make_unique<sql::HeadLease>(sql::LeaseOptions{.connection_string = store.where}, nullptr, nullptr);
    std::this_thread::sleep_for(pause);
    std::atomic<bool> ended = false;
    std::jthread rescue([&] {
      for (int i = 0; i < 400 && !ended; ++i) std::this_thread::sleep_for(10ms);
      if (!ended) standby.thaw();
    });
    const auto began = steady_clock::now();
    lease.reset();
    ended = true;
    EXPECT_LT(steady_clock::now() - began, 3s) << pause.count() << " ms after it began";
    if (HasFailure()) return;
  }
  standby.thaw();
}

TEST_F(Lease, APrimaryThatWaitsForNobodyIsBelievedOnlyWhereNoStandbyIsRequired) {
  Node single(*this, store.where), strict(*this, store.where, {.connection_string = "", .standby_required = true});
  EXPECT_TRUE(single.heads->newest(Position()).has_value());
  EXPECT_FALSE(strict.heads->newest(Position()).has_value());
  primary.wait_for_standbys("s1");
  EXPECT_TRUE(comes([&] { return strict.heads->newest(Position()).has_value(); }));
}

// A4
TEST_F(Lease, WhenAStandbyIsNoLongerWaitedForTheFirstAcknowledgementComesAfterNobodyBelievesIt) {
  primary.wait_for_standbys("s1");
  Node node(*this, store.where);
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  ASSERT_TRUE(comes([&] { return node.lease->check_standby("s1", sql::HeadLease::now()).has_value(); }));
  standby.freeze();
  std::this_thread::sleep_for(200ms);
  std::jthread operators([&] {
    std::this_thread::sleep_for(300ms);
    primary.wait_for_standbys("");
  });
  // In commit already when the standby is given up.
  ASSERT_TRUE(log->append(request_of({notice_to(2)})).has_value());
  EXPECT_FALSE(node.lease->check_standby("s1", sql::HeadLease::now()).has_value());
  standby.thaw();
}

TEST_F(Lease, TwoStandbysOfOneNameAreNotBelieved) {
  primary.wait_for_standbys("s1");
  Node node(*this, store.where);
  ASSERT_TRUE(comes([&] { return node.lease->check_standby("s1", sql::HeadLease::now()).has_value(); }));
  const PostgresInstance clone({.standby_of = &primary, .name = "s1"});
  EXPECT_TRUE(comes([&] { return !node.lease->check_standby("s1", sql::HeadLease::now()).has_value(); }));
}

// A3
TEST_F(Lease, HeadsFromOneStandbyDoNotCountWhenTheOtherWasPromoted) {
  PostgresInstance other({.standby_of = &primary, .name = "s2"});
  primary.wait_for_standbys("FIRST 2 (s1, s2)");
  Node node(*this, store.where);
  ASSERT_TRUE(comes([&] { return node.lease->check_standby("s2", sql::HeadLease::now()).has_value(); }));
  promote_unfenced();
  ASSERT_TRUE(log_at(at_standby)->append(request_of({notice_to(1)})).has_value());
  EXPECT_FALSE(node.lease->check_standby("s2", sql::HeadLease::now()).has_value());
}

// A10: with the waiting times of a real server, and an append under way when the primary hangs.
TEST_F(Lease, AHungPrimaryIsLeftWithinSecondsAndNobodySlidesBackWhenItThaws) {
  primary.wait_for_standbys("s1");
  Node node(*this, at_both, {}, 30s);
  ASSERT_TRUE(node.log->append(request_of({notice_to(1)})).has_value());
  ASSERT_TRUE(node.heads->newest(Position()).has_value());
  ASSERT_TRUE(node.log->append(request_of({notice_to(2)})).has_value()) << "on a session that stays";
  primary.freeze();
  std::jthread caught([&] { (void)node.log->append(request_of({notice_to(2)})); });
  std::this_thread::sleep_for(500ms);
  standby.promote();
  standby.wait_for_standbys("");
  const auto promoted = steady_clock::now();
  ASSERT_TRUE(comes([&] { return node.log->append(request_of({notice_to(3)})).has_value(); }));
  const auto took = steady_clock::now() - promoted;
  RecordProperty("first_acknowledgement_ms",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, 15s);
  caught.join();
  const std::string old = primary.folder();
  primary.thaw();
  for (int i = 0; i < 30; ++i) {
    const auto appended = node.log->append(request_of({notice_to(static_cast<std::uint64_t>(10 + i))}));
    ASSERT_TRUE(appended.has_value()) << i << " " << appended.error().detail;
    const auto head = node.heads->newest(Position());
    ASSERT_TRUE(head.has_value()) << i << " " << head.error().code;
    ASSERT_GE(head->position, appended->position);
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(primary.sql(store.where, "select size < 6 from ishi.log_head"), "t\n");
}

// A11: the primary restarts after a crash and shows an event that no standby has.
TEST_F(Lease, WhatOnlyThePrimaryHasIsReadAndNotConfirmed) {
  primary.wait_for_standbys("s1");
  ASSERT_TRUE(log->append(request_of({notice_to(1)})).has_value());
  standby.stop();
  EXPECT_FALSE(log->append(request_of({notice_to(2)})).has_value());
  primary.restart_immediately();
  Node node(*this, store.where);
  ASSERT_TRUE(comes([&] { return node.log->frontier().has_value(); }));
  const std::string begun = node.lease->begin();
  ASSERT_EQ(node.log->frontier()->size(), 2U) << "visible without having been acknowledged";
  const auto unconfirmed = node.lease->confirm(begun);
  ASSERT_FALSE(unconfirmed.has_value());
  EXPECT_EQ(unconfirmed.error().code, "read_unconfirmed");
  standby.start();
  EXPECT_TRUE(comes([&] {
    const std::string now = node.lease->begin();
    return node.log->frontier().has_value() && node.lease->confirm(now).has_value();
  }));
}

// A12: something before the primary accepts connections and closes them. libpq never tries the next host then.
TEST_F(Lease, ARelayThatAcceptsAndClosesIsPassedOver) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 64), 0);
  socklen_t length = sizeof address;
  ASSERT_EQ(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &length), 0);
  std::jthread relay([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const int accepted = ::accept(listening, nullptr, nullptr);
      if (accepted >= 0) ::close(accepted);
    }
  });
  const std::string rest = store.where.substr(store.where.find(' '));
  const std::string where = "host=127.0.0.1," + primary.folder() + " port=" + std::to_string(ntohs(address.sin_port)) +
                            ",5432" + rest + " target_session_attrs=read-write";
  const auto behind = log_at(where);
  const auto appended = behind->append(request_of({notice_to(1)}));
  EXPECT_TRUE(appended.has_value()) << appended.error().detail;
  EXPECT_TRUE(behind->head().has_value());
  Node node(*this, where);
  EXPECT_TRUE(comes([&] { return node.heads->newest(Position()).has_value(); }));
  relay.request_stop();
  ::shutdown(listening, SHUT_RDWR);
  relay.join();
  ::close(listening);
}

// Where there is no standby: what answers and commits is believed, and no longer than that.
TEST(SingleDatabase, IsBelievedOnlyWhileItConfirms) {
  PostgresInstance postgres;
  Store store(postgres);
  sql::HeadLease lease({.connection_string = store.where}, nullptr, nullptr);
  const auto heads = sql::make_leased_heads(*store.log, lease);
  const auto believed = [&] {
    for (int i = 0; i < 1'500; ++i) {
      if (heads->newest(Position())) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  };
  ASSERT_TRUE(believed());
  ASSERT_TRUE(store.log->append(request_of({notice_to(1)})).has_value());
  EXPECT_EQ(heads->newest(Position())->position, Position(1));
  postgres.freeze();
  std::this_thread::sleep_for(sql::kHeadLeaseMax + 100ms);
  EXPECT_FALSE(lease.stats().valid);
  EXPECT_FALSE(heads->newest(Position()).has_value());
  postgres.thaw();
  ASSERT_TRUE(believed());
  postgres.restart_immediately();
  ASSERT_TRUE(believed()) << "another life of the same server";
  EXPECT_EQ(heads->newest(Position())->position, Position(1)) << "what was acknowledged is on its disk";
}

struct RealClock final : Clock {
  Timestamp now() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(since).count() + ahead_us);
  }
  std::atomic<std::int64_t> ahead_us{0};
};

// A8, A9
TEST_F(Lease, WhileTheClocksDifferNoHeadCountsAndNothingIsAppended) {
  RealClock clock;
  Node node(*this, store.where, {.connection_string = "", .clock = &clock});
  const auto there = sql::make_pg_log({.connection_string = store.where, .clock_difference_max = 2s}, clock);
  ASSERT_TRUE(comes([&] { return node.heads->newest(Position()).has_value(); }));
  ASSERT_TRUE(there->append(request_of({notice_to(1)})).has_value());
  for (const std::int64_t seconds : {31 * 86'400, 3, -3, -31 * 86'400}) {
    clock.ahead_us = seconds * 1'000'000;
    const auto head = node.heads->newest_at_once(Position());
    EXPECT_FALSE(head.has_value()) << seconds << ": at once, not at the next confirmation";
    const auto refused = node.heads->newest(Position());
    ASSERT_FALSE(refused.has_value()) << seconds;
    EXPECT_EQ(refused.error().code, "clock_differs");
    const auto appended = there->append(request_of({notice_to(2)}));
    ASSERT_FALSE(appended.has_value()) << seconds;
    EXPECT_EQ(appended.error().code, "clock_differs");
    clock.ahead_us = 0;
    EXPECT_TRUE(comes([&] { return node.heads->newest(Position()).has_value(); })) << "it comes back by itself";
  }
  clock.ahead_us = 1'500'000;
  ASSERT_TRUE(there->append(request_of({notice_to(3)})).has_value());
  EXPECT_EQ(primary.sql(store.where,
                        "select max(registered_at) / 1000000 - extract(epoch from now())::bigint <= 2 from ishi.event"),
            "t\n");
}

TEST_F(Lease, NothingIsRegisteredLaterThanTheClocksMayDiffer) {
  RealClock clock;
  const auto there = sql::make_pg_log({.connection_string = store.where, .clock_difference_max = 2s}, clock);
  EXPECT_TRUE(there->append(request_of({objection_of(1, clock.now().plus_seconds(1))})).has_value());
  const auto refused = there->append(request_of({objection_of(2, clock.now().plus_seconds(30))}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "accepted_in_future");
}

// A7: what is acknowledged is kept before the acknowledgement leaves; what cannot be kept is not acknowledged.
TEST_F(Lease, AnAcknowledgementIsKeptFirst) {
  std::atomic<std::uint64_t> kept{0};
  std::atomic<bool> full{false};
  const auto keeping = sql::make_pg_log({.connection_string = store.where,
                                         .keep_acknowledged = [&](const Head& head) -> Result<void> {
                                           if (full)
                                             return fail(ErrorKind::kUnavailable, "file_failed", "no space left");
                                           kept = head.position.events();
                                           EXPECT_NE(head.last_commitment, Digest{});
                                           return {};
                                         }},
                                        store.clock);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const auto appended = keeping->append(request_of({notice_to(i)}));
    ASSERT_TRUE(appended.has_value());
    EXPECT_EQ(kept, appended->position.events());
  }
  full = true;
  EXPECT_EQ(keeping->append(request_of({notice_to(21)})).error().kind, ErrorKind::kOutcomeUnknown);
  full = false;
  AppendRequest again = request_of({notice_to(22)});
  again.key = IdempotencyKey{"caller", "key", {}};
  ASSERT_TRUE(keeping->append(again).has_value());
  EXPECT_TRUE(keeping->append(again)->repeated);
  EXPECT_EQ(kept, 22U);
}

}  // namespace
}  // namespace ishi::testing
