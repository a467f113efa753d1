// The receipts of a run: fetched, in one file, or said to be missing; and a past run asked again.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/client/files/digest.h"
#include "api/client/runs/filter_run.h"
#include "tests/api/client/fake_server.h"
#include "tests/api/client/temporary_folder.h"

namespace ishi::client {
namespace {

class Receipts : public ::testing::Test {
 protected:
  Receipts() { server_.first_receipt = 500; }
  FilterOptions options_for(int lines, const std::string& receipt) {
    std::string ids;
    for (int i = 0; i < lines; ++i) ids += "01130012:1:" + std::to_string(i + 1) + ":00\n";
    folder_.write("in.ids", ids);
    FilterOptions options;
    options.in = folder_.path("in.ids");
    options.out = folder_.path("out.ids");
    if (!receipt.empty()) options.receipt = folder_.path(receipt);
    options.question.regime = "NGMIA_ANON";
    return options;
  }
  Result<FilterReport> run(const FilterOptions& options) {
    return run_filter(options, server_, no_sleep(), FilterObserver());
  }
  TemporaryFolder folder_;
  FakeServer server_;
};

TEST_F(Receipts, OfAllPartsAreInOneFile) {
  const auto report = run(options_for(120'000, "run.tlog-proof"));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(
      folder_.read("run.tlog-proof"),
      "c2sp.org/tlog-proof@v1\nindex 500\nc2sp.org/tlog-proof@v1\nindex 501\nc2sp.org/tlog-proof@v1\nindex 502\n");
  EXPECT_TRUE(report->evidence.no_proof_because.empty());
}

TEST_F(Receipts, AreWaitedFor) {
  int late = 9;
  server_.receipt = [&late](std::uint64_t number) {
    if (late-- > 0) return HttpReply{503, {{"Retry-After", "1"}}, "{}"};
    return HttpReply{200, {}, "c2sp.org/tlog-proof@v1\nindex " + std::to_string(number) + "\n"};
  };
  ASSERT_TRUE(run(options_for(3, "run.tlog-proof")));
  EXPECT_EQ(folder_.read("run.tlog-proof"), "c2sp.org/tlog-proof@v1\nindex 500\n");
}

TEST_F(Receipts, ThatCannotBeHadDoNotUndoTheRunAndAreSaidToBeMissing) {
  server_.receipt = [](std::uint64_t) {
    return HttpReply{503, {}, R"({"code":"receipt_not_ready","detail":"later"})"};
  };
  auto options = options_for(3, "run.tlog-proof");
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"in.ids", "out.ids"})) << "no file that is no receipt";
  EXPECT_NE(report->evidence.no_proof_because.find("later"), std::string::npos) << report->evidence.no_proof_because;
  options.receipt = folder_.path("run.json");
  ASSERT_TRUE(run(options));
  const auto json = nlohmann::json::parse(folder_.read("run.json"));
  EXPECT_EQ(json["offline_verifiable"], false);
  EXPECT_NE(json["not_verifiable_because"].get<std::string>().find("later"), std::string::npos);
}

TEST_F(Receipts, APastRunIsAskedAgainInItsOwnPartsAndLeavesNoEvent) {
  auto options = options_for(5, "");
  const std::string text = folder_.read("in.ids");
  const std::size_t half = text.find("3:00\n") - 13 + 13;
  const std::size_t cut = text.rfind('\n', half) + 1;
  options.past = {{2, sha256_hex(text.substr(0, cut)), "2026-11-20T09:00:00Z", "41827"},
                  {3, sha256_hex(text.substr(cut)), "2026-11-20T09:01:00Z", "41830"}};
  server_.rule = [](std::string_view line) {
    return line.ends_with("4:00") ? ReasonCode::kDenyOptout : ReasonCode::kAllow;
  };
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->kept, 4u);
  ASSERT_EQ(server_.seen.size(), 2u);
  for (const auto& seen : server_.seen) {
    EXPECT_NE(seen.target.find("dry_run=true"), std::string::npos) << seen.target;
    EXPECT_EQ(seen.target.find("part="), std::string::npos) << seen.target;
    EXPECT_EQ(seen.batch_id, "");
  }
  EXPECT_NE(server_.seen[0].target.find("as_of=2026-11-20T09%3A00%3A00Z&known_at=41827"), std::string::npos);
  EXPECT_NE(server_.seen[1].target.find("as_of=2026-11-20T09%3A01%3A00Z&known_at=41830"), std::string::npos)
      << server_.seen[1].target;
  EXPECT_EQ(report->evidence.parts.at(1).decision_digest, sha256_hex(std::string("\0\1\0", 3)))
      << "computed, not verified";
  EXPECT_EQ(report->evidence.parts.at(1).use_digest, sha256_hex(std::string("\1\0\1", 3)));
}

TEST_F(Receipts, WhatWasNotAskedThenIsNotSentNow) {
  auto options = options_for(5, "");
  const std::string text = folder_.read("in.ids");
  for (const auto& past : std::vector<std::vector<PastPart>>{
           {{5, std::string(64, '0')}}, {{4, sha256_hex(text)}}, {{5, sha256_hex(text)}, {1, sha256_hex("")}}}) {
    options.past = past;
    const auto report = run(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "another_input");
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"in.ids"});
  }
}

TEST_F(Receipts, WhoMayNotHaveTheAnswersAgainGetsTheirDigest) {
  auto options = options_for(5, "");
  options.past = {{5, sha256_hex(folder_.read("in.ids"))}};
  server_.dry_answers = false;
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_FALSE(report->evidence.answers_given);
  EXPECT_EQ(report->evidence.parts.at(0).decision_digest, "d1");
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"in.ids"}) << "without answers there is nothing to write";
}

}  // namespace
}  // namespace ishi::client
