// What is in the log stays there: refused by grant to the service, and by trigger even to a superuser.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

std::string refusal(const Store& store, const std::string& text) {
  try {
    store.run(text);
    return "done";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

struct AppendOnly : ::testing::Test {
  AppendOnly() {
    EXPECT_TRUE(store.log->append(request_of(std::vector<EventBody>(300, notice_to(1)))).has_value());
    EXPECT_TRUE(store.log->append(keyed_request({}, "k", 1, "a")).has_value());
  }
  void expect_refused(const std::string& text, const std::string& why) {
    EXPECT_NE(refusal(store, text).find(why), std::string::npos) << text << "\n" << refusal(store, text);
  }
  Store store;
};

const char* const kForbidden[] = {"update ishi.event set registered_at = 0 where index = 3",
                                  "update ishi.event set salt = null, body = null",
                                  "delete from ishi.event where index = 299",
                                  "truncate ishi.event",
                                  "update ishi.event_subject set event_index = 9",
                                  "delete from ishi.event_subject",
                                  "truncate ishi.event_subject",
                                  "update ishi.tile set root = hashes",
                                  "delete from ishi.tile",
                                  "truncate ishi.tile",
                                  "delete from ishi.log_head",
                                  "insert into ishi.log_head values (true, 1, 1, '')",
                                  "update ishi.idempotency set answer = ''",
                                  "delete from ishi.idempotency",
                                  "update ishi.erasure set target = 3",
                                  "delete from ishi.erasure",
                                  "insert into ishi.migration values (9, '', '')"};

TEST_F(AppendOnly, TheServiceIsGrantedNothingButAppending) {
  for (const char* text : kForbidden)
    expect_refused(std::string("set role ishi_service; ") + text, "permission denied");
}

TEST_F(AppendOnly, TheEraserIsGrantedNothingButErasing) {
  for (const char* text : {"update ishi.event set registered_at = 0", "delete from ishi.event",
                           "insert into ishi.event values (300, 1, 1, '')", "update ishi.log_head set size = 0",
                           "delete from ishi.tile", "select * from ishi.idempotency"}) {
    expect_refused(std::string("set role ishi_eraser; ") + text, "permission denied");
  }
  expect_refused("set role ishi_eraser; update ishi.event set body = 'x'", "only lose its salt and content");
  expect_refused("set role ishi_eraser; update ishi.event set body = null where index = 0",
                 "only lose its salt and content");
  expect_refused("set role ishi_eraser; delete from ishi.event_subject", "not erased");
  const char* const erase = "set role ishi_eraser; update ishi.event set salt = null, body = null where index = 7";
  expect_refused(erase, "no erasure in the log names this event");
  ASSERT_TRUE(store.log->append(request_of({RecordErased{EventIndex(7), "request"}})));
  EXPECT_EQ(refusal(store, erase), "done");
  EXPECT_EQ(refusal(store, "set role ishi_eraser; delete from ishi.event_subject where event_index = 7"), "done");
  EXPECT_EQ(store.run("select count(*) from ishi.event where body is null"), "1\n");
}

TEST_F(AppendOnly, TriggersStopEvenASuperuser) {
  expect_refused("update ishi.event set registered_at = 0 where index = 3", "only lose its salt and content");
  expect_refused(
      "update ishi.event set commitment = decode(repeat('00', 32), 'hex'), salt = null, body = null where index = 3",
      "only lose");
  for (const char* text :
       {"delete from ishi.event where index = 299", "truncate ishi.event",
        "update ishi.event_subject set event_index = 9", "truncate ishi.event_subject", "delete from ishi.tile",
        "update ishi.tile set level = 3", "truncate ishi.tile", "delete from ishi.log_head",
        "update ishi.idempotency set answer = ''", "truncate ishi.idempotency", "delete from ishi.erasure"}) {
    expect_refused(text, "never changed or removed");
  }
  expect_refused("delete from ishi.event_subject where event_index = 5", "not erased");
  expect_refused("update ishi.log_head set size = 299", "only grows");
}

TEST_F(AppendOnly, TheServiceItselfRunsWithoutSuperuserRights) {
  // The connection is the superuser's; the log has taken on its role.
  EXPECT_EQ(store.run("select distinct usename from pg_stat_activity where application_name = 'ishi' and datname = "
                      "current_database()"),
            "postgres\n");
  auto broken = sql::make_pg_log({.connection_string = store.where, .role = "ishi_eraser"}, store.clock);
  EXPECT_EQ(broken->append(request_of({notice_to(1)})).error().code, "database_forbids");
}

}  // namespace
}  // namespace ishi::testing
