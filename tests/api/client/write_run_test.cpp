#include "api/client/runs/write_run.h"

#include <gtest/gtest.h>

#include "tests/api/client/fake_server.h"
#include "tests/api/client/temporary_folder.h"

namespace ishi::client {
namespace {

class WriteRun : public ::testing::Test {
 protected:
  Result<void> write(const std::string& name, std::string_view bytes) {
    options_.kind = "notices";
    report_ = WriteReport();
    return write_file(folder_.write(name, bytes), options_, server_, no_sleep(), report_);
  }
  TemporaryFolder folder_;
  FakeServer server_;
  WriteOptions options_;
  WriteReport report_;
};

TEST_F(WriteRun, RejectedLinesAreNamedByTheirLineInTheFile) {
  server_.reject = [](std::string_view row) {
    return row.find("bad") != std::string_view::npos ? "unknown_holder" : "";
  };
  ASSERT_TRUE(write("a.csv", "\xEF\xBB\xBFtoken,holder\r\nt1,ok\r\n\r\nt2,bad\r\nt3,ok"));
  EXPECT_EQ(report_.accepted, 2u);
  EXPECT_EQ(report_.rejected, 1u);
  ASSERT_EQ(report_.rejected_lines.size(), 1u);
  EXPECT_EQ(report_.rejected_lines[0].line, 4u);
  EXPECT_EQ(report_.rejected_lines[0].code, "unknown_holder");
  EXPECT_EQ(report_.position, "41827");
  EXPECT_EQ(server_.seen.at(0).body, "token,holder\r\nt1,ok\r\nt2,bad\r\nt3,ok\n");
}

TEST_F(WriteRun, WhatTheServerNoticedOnAcceptedLinesIsKept) {
  server_.remark = [](std::string_view row) {
    return row.starts_with("t2") ? std::string("check_digit") : std::string();
  };
  ASSERT_TRUE(write("a.csv", "token,holder\nt1,ok\n\nt2,ok\n"));
  EXPECT_EQ(report_.accepted, 2u);
  EXPECT_EQ(report_.remarked, 1u);
  ASSERT_EQ(report_.remarked_lines.size(), 1u);
  EXPECT_EQ(report_.remarked_lines[0].line, 4u);
  EXPECT_EQ(report_.remarked_lines[0].flags, std::vector<std::string>{"check_digit"});
}

TEST_F(WriteRun, ALongFileGoesInBatchesWithTheirOwnKeys) {
  std::string csv = "token,holder\n", json;
  for (int i = 0; i < 100'010; ++i) {
    csv += "t" + std::to_string(i) + ",h\n";
    json += "{\"token\":\"t" + std::to_string(i) + "\"}\n";
  }
  server_.reject = [](std::string_view row) {
    return row.find("t100000\"") != row.npos || row.starts_with("t100000,") ? "no" : "";
  };
  for (const auto& [bytes, line] : {std::pair(csv, 100'002u), std::pair(json, 100'001u)}) {
    server_.seen.clear();
    options_.source = "hospital-1";
    options_.source_sequence = 7;
    ASSERT_TRUE(write("a", bytes));
    ASSERT_EQ(server_.seen.size(), 3u);
    EXPECT_NE(server_.seen[0].key, server_.seen[1].key);
    EXPECT_EQ(server_.seen[2].source_sequence, "9");
    EXPECT_EQ(report_.accepted, 100'009u);
    EXPECT_EQ(report_.rejected_lines.at(0).line, line);
  }
  const std::string key = server_.seen[0].key;
  ASSERT_TRUE(write("b", json));
  EXPECT_EQ(server_.seen[3].key, key) << "the same file again has the same keys";
}

// Under one key the server would give the answer of the file that was sent line by line.
TEST_F(WriteRun, AllOrNothingIsAnotherRequestThanLineByLine) {
  ASSERT_TRUE(write("a", "{\"token\":\"t1\"}\n"));
  options_.atomic = true;
  ASSERT_TRUE(write("a", "{\"token\":\"t1\"}\n"));
  ASSERT_EQ(server_.seen.size(), 2u);
  EXPECT_NE(server_.seen[0].key, server_.seen[1].key);
  options_.key = "mine";
  ASSERT_TRUE(write("a", "{\"token\":\"t1\"}\n"));
  EXPECT_EQ(server_.seen[2].key, "mine-1");
}

TEST_F(WriteRun, AFeedSaysHowManyRecordsEachBatchHolds) {
  options_.source = "hospital-1";
  options_.source_sequence = 7;
  ASSERT_TRUE(write("a.csv", "token,holder\nt1,h\n\nt2,h\n#TRAILER,2\n"));
  EXPECT_EQ(server_.seen.at(0).source_count, "2");
  options_.source.clear();
  ASSERT_TRUE(write("b.csv", "token,holder\nt1,h\n"));
  EXPECT_EQ(server_.seen.at(1).source_count, "") << "who does not number does not count";
}

TEST_F(WriteRun, AFeedWithNothingTodaySaysSo) {
  options_.source = "hospital-1";
  for (const auto& [bytes, type, body] : {std::tuple("token,holder\n", "text/csv; charset=utf-8", "token,holder\n"),
                                          std::tuple("", "application/x-ndjson", ""),
                                          std::tuple("{\"trailer\":{\"count\":0}}\n", "application/x-ndjson", "")}) {
    server_.seen.clear();
    ++options_.source_sequence;
    ASSERT_TRUE(write("today", bytes));
    ASSERT_EQ(server_.seen.size(), 1u) << bytes;
    EXPECT_EQ(server_.seen[0].content_type, type);
    EXPECT_EQ(server_.seen[0].body, body);
    EXPECT_EQ(server_.seen[0].source_count, "0");
  }
  options_.source.clear();
  server_.seen.clear();
  ASSERT_TRUE(write("today", ""));
  EXPECT_TRUE(server_.seen.empty());
}

TEST_F(WriteRun, TheSameFileOnTwoDaysIsTwoBatchesOfAFeed) {
  options_.source = "hospital-1";
  options_.source_sequence = 7;
  ASSERT_TRUE(write("a", ""));
  options_.source_sequence = 8;
  ASSERT_TRUE(write("a", ""));
  EXPECT_NE(server_.seen.at(0).key, server_.seen.at(1).key);
}

TEST_F(WriteRun, AClosingCountIsComparedBeforeAnythingIsSent) {
  EXPECT_TRUE(write("a.csv", "token,holder\na,h\nb,h\n#TRAILER,2\n"));
  EXPECT_EQ(server_.seen.at(0).body, "token,holder\na,h\nb,h\n");
  server_.seen.clear();
  const auto wrong = write("a.ndjson", "{\"token\":\"a\"}\n{\"trailer\":{\"count\":2}}\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "trailer_mismatch");
  EXPECT_TRUE(server_.seen.empty());
}

TEST_F(WriteRun, ABatchRefusedAsAWholeTellsHowFarItCame) {
  server_.refuse_status = 409;
  const auto refused = write("a.csv", "token,holder\na,h\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(report_.batches, 0u);
}

TEST_F(WriteRun, ASingleWriteGivesAReceipt) {
  options_.kind = "objections";
  const auto report = write_single(R"({"token":"t"})", options_, server_, no_sleep());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->single_receipt, "101");
  EXPECT_EQ(server_.seen.at(0).target, "/v1/objections");
}

}  // namespace
}  // namespace ishi::client
