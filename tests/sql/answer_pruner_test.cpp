#include "sql/log/answer_pruner.h"

#include <gtest/gtest.h>

#include "tests/contract/event_log_contract.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

AppendRequest with_key(std::uint64_t number) {
  AppendRequest request = request_of({notice_to(number)});
  request.key = IdempotencyKey{"caller", "key-" + std::to_string(number), {}};
  request.answer = "answer";
  return request;
}

struct Pruned : ::testing::Test {
  Store store;
  sql::AnswerPrunerOptions options{.connection_string = store.where, .kept_days = 30, .rows_per_statement = 3};
  std::string kept() const { return store.run("select count(*) from ishi.idempotency"); }
};

TEST_F(Pruned, OldAnswersGoAFewAtATimeAndYoungOnesStay) {
  store.clock.set(*parse_timestamp("2026-07-01T10:00:00+09:00"));
  for (std::uint64_t i = 0; i < 10; ++i) ASSERT_TRUE(store.log->append(with_key(i)).has_value());
  store.clock.set(*parse_timestamp("2026-07-20T10:00:00+09:00"));
  ASSERT_TRUE(store.log->append(with_key(10)).has_value());
  EXPECT_EQ(sql::prune_answers(options, [] { return true; }).value(), 0U);
  store.clock.set(*parse_timestamp("2026-08-05T10:00:00+09:00"));
  ASSERT_TRUE(store.log->append(with_key(11)).has_value());
  int statements = 0;
  EXPECT_EQ(sql::prune_answers(options, [&] { return ++statements <= 2; }).value(), 6U) << "it stops when told to";
  EXPECT_EQ(sql::prune_answers(options, [] { return true; }).value(), 4U);
  EXPECT_EQ(kept(), "2\n");
  EXPECT_TRUE(store.log->append(with_key(10))->repeated);
  EXPECT_EQ(store.log->head()->position, Position(12)) << "events stay, whatever becomes of answers";
}

TEST_F(Pruned, TheLastWeekStaysWhoeverAsks) {
  store.clock.set(*parse_timestamp("2026-07-01T10:00:00+09:00"));
  ASSERT_TRUE(store.log->append(with_key(1)).has_value());
  store.clock.set(*parse_timestamp("2026-07-08T09:00:00+09:00"));
  ASSERT_TRUE(store.log->append(with_key(2)).has_value());
  options.kept_days = 6;
  const auto refused = sql::prune_answers(options, [] { return true; });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(kept(), "2\n");
}

}  // namespace
}  // namespace ishi::testing
