#include "cache/tasks/owed_receipts.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cache/snapshot/snapshot.h"
#include "tests/contract/event_log_contract.h"
#include "tests/support/feed_all.h"
#include "tests/support/memory_log.h"

namespace ishi::cache {
namespace {

using ishi::testing::feed_all;
using ishi::testing::notice_to;
using ishi::testing::numbered_token;
using ishi::testing::objection_of;

struct OwedReceiptsTest : ::testing::Test {
  EventIndex append(EventBody body, std::string caller = "aoba") {
    return log
        .append({.bodies = {std::move(body)}, .caller = std::move(caller), .key = {}, .sequence = {}, .answer = ""})
        .value()
        .first;
  }
  static ReceiptIssued receipt_of(EventIndex objection, std::uint64_t person) {
    ReceiptIssued receipt;
    receipt.token = numbered_token(person);
    receipt.objection = objection;
    return receipt;
  }
  static std::vector<std::uint64_t> indexes(const Result<std::vector<OwedReceipt>>& owed) {
    std::vector<std::uint64_t> found;
    for (const OwedReceipt& one : owed.value()) found.push_back(one.objection.value());
    return found;
  }
  static bool everybody(const std::string&) { return true; }

  ishi::testing::FakeClock clock;
  ishi::testing::MemoryLog log{clock};
  OwedReceipts owed;
};

TEST_F(OwedReceiptsTest, AnObjectionOpensATaskAndItsReceiptClosesIt) {
  append(notice_to(1));
  const EventIndex first = append(objection_of(1)), second = append(objection_of(2), "botan");
  feed_all(log, owed);
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(0), 10, everybody)), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(0), 1, everybody)), std::vector<std::uint64_t>{1});
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(2), 10, everybody)), std::vector<std::uint64_t>{2});
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(0), 10, [](const std::string& caller) { return caller == "botan"; })),
            std::vector<std::uint64_t>{second.value()});
  append(ObjectionWithdrawn{numbered_token(1), {first}, RequesterKind::kSelf, Timestamp(), Channel::kMail});
  append(receipt_of(second, 2));
  feed_all(log, owed);
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(0), 10, everybody)), std::vector<std::uint64_t>{1})
      << "the document of a withdrawn request is owed all the same";
}

TEST_F(OwedReceiptsTest, WhatIsAppliedTwiceIsTheSame) {
  const EventIndex first = append(objection_of(1));
  append(objection_of(2));
  append(receipt_of(first, 1));
  const auto events = log.read(EventIndex(0), 10).value();
  ASSERT_TRUE(owed.apply(log, events).has_value());
  ASSERT_TRUE(owed.apply(log, events).has_value());
  EXPECT_EQ(indexes(owed.owed_receipts(EventIndex(0), 10, everybody)), std::vector<std::uint64_t>{1});
  EXPECT_EQ(owed.position(), Position(3));
}

TEST_F(OwedReceiptsTest, ANodeThatBeganLaterSaysThatItDoesNotKnow) {
  append(objection_of(1));
  owed.begin_at(log.head().value());
  EXPECT_EQ(owed.owed_receipts(EventIndex(0), 10, everybody).error().code, "tasks_not_kept");
  EXPECT_FALSE(owed.whole());
}

TEST_F(OwedReceiptsTest, ASnapshotBringsTheOpenTasksBack) {
  append(PolicyPublished{});
  Objection agreed = objection_of(1);
  agreed.reception.emplace().electronic_receipt_agreed_at = Timestamp();
  append(agreed, "意思");
  for (std::uint64_t person = 2; person < 500; ++person) append(objection_of(person));
  append(receipt_of(EventIndex(7), 7));
  feed_all(log, owed);
  PolicyHistory policies;
  const std::string path =
      (std::filesystem::temp_directory_path() / ("owed_receipts." + std::to_string(::getpid()))).string();
  const auto go_on = [] { return true; };
  const auto written = write_snapshot(path, log, {&owed}, policies, log.head().value(), go_on, 512);
  ASSERT_TRUE(written.has_value()) << written.error().detail;
  OwedReceipts loaded;
  PolicyHistory again;
  const auto head = load_snapshot(path, log, {&loaded}, again);
  ASSERT_TRUE(head.has_value()) << head.error().detail;
  loaded.begin_at(*head);
  EXPECT_EQ(loaded.position(), owed.position());
  const auto before = owed.owed_receipts(EventIndex(0), 1'000, everybody).value();
  EXPECT_EQ(before.size(), 498U);
  EXPECT_TRUE(before.front().electronic_agreed);
  EXPECT_EQ(loaded.owed_receipts(EventIndex(0), 1'000, everybody).value(), before);
  loaded.clear();
  EXPECT_EQ(loaded.count(), 0U);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace ishi::cache
