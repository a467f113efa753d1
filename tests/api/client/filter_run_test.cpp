// Whole runs against a server behind the same interface.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/client/runs/filter_report.h"
#include "api/client/runs/filter_run.h"
#include "tests/api/client/claims_file.h"
#include "tests/api/client/fake_server.h"
#include "tests/api/client/temporary_folder.h"

namespace ishi::client {
namespace {

class FilterRun : public ::testing::Test {
 protected:
  FilterOptions options_for(const std::string& name, std::string_view bytes) {
    FilterOptions options;
    options.in = folder_.write(name, bytes);
    options.out = folder_.path("out");
    options.question.regime = "NGMIA_ANON";
    options.question.holder = "1312345679";
    return options;
  }
  Result<FilterReport> run(const FilterOptions& options) {
    return run_filter(options, server_, no_sleep(), FilterObserver());
  }
  // Answers by the question's exact text; everybody else may be used.
  void deny(const std::string& question, ReasonCode code = ReasonCode::kDenyOptout) {
    server_.rule = [question, code](std::string_view asked) { return asked == question ? code : ReasonCode::kAllow; };
  }

  TemporaryFolder folder_;
  FakeServer server_;
};

const std::string kIds =
    "01130012:２１７０００２３:1:00\n138016:千－１２:0012345:1\nnonsense\n01130012:21700023:1:00\n";

TEST_F(FilterRun, KeepsLinesThatMayBeUsedByteForByte) {
  deny("00138016:千-12:0012345:01");
  const auto report = run(options_for("a.ids", kIds));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(folder_.read("out"), "01130012:２１７０００２３:1:00\n01130012:21700023:1:00\n");
  EXPECT_EQ(report->items, 4u);
  EXPECT_EQ(report->kept, 2u);
  EXPECT_EQ(report->withheld, 2u);
  EXPECT_EQ(report->reasons[static_cast<int>(ReasonCode::kDenyOptout)], 1u);
  EXPECT_EQ(report->reasons[static_cast<int>(ReasonCode::kInvalidId)], 1u);
  ASSERT_EQ(report->unread_items.size(), 1u);
  EXPECT_EQ(report->unread_items[0].line, 3u);
  EXPECT_EQ(report->evidence.position, "41827");
}

TEST_F(FilterRun, AsksInCanonicalFormAndSaysWhatItAsksAbout) {
  auto options = options_for("a.ids", kIds);
  options.question.recipient = "OP 1";
  ASSERT_TRUE(run(options));
  ASSERT_EQ(server_.seen.size(), 1u);
  EXPECT_EQ(server_.seen[0].body, "01130012:21700023:1:00\n00138016:千-12:0012345:01\n01130012:21700023:1:00\n");
  EXPECT_EQ(server_.seen[0].target, "/v1/filter?regime=NGMIA_ANON&holder=1312345679&recipient=OP%201&answer=reasons");
}

TEST_F(FilterRun, R13AClaimsFileAsksAboutClaimsUnlessOtherwiseTold) {
  auto options = options_for("RECEIPTC.UKE",
                             claims_file({"IR,1,13", "RE,1,1112", "HO,06130017,1001,00123,1,1175", "GO,1,1175,99"}));
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  const std::string asked = "/v1/filter?regime=NGMIA_ANON&holder=1312345679&categories=RECEIPT&answer=reasons";
  EXPECT_EQ(server_.seen.at(0).target, asked);
  EXPECT_EQ(nlohmann::json::parse(report_json(options, *report)).at("question").at("categories"), "RECEIPT");
  EXPECT_NE(summary_text(options, *report, false).find("RECEIPT asked about (the kind of data"), std::string::npos);

  options.question.categories = "IMAGE";
  const auto images = run(options);
  ASSERT_TRUE(images) << images.error().detail;
  EXPECT_NE(server_.seen.at(1).target.find("&categories=IMAGE&"), std::string::npos);
  EXPECT_EQ(summary_text(options, *images, false).find("asked about"), std::string::npos);

  ASSERT_TRUE(run(options_for("a.ids", kIds)));
  EXPECT_EQ(server_.seen.at(2).target.find("categories"), std::string::npos) << "a list of people says no kind of data";
}

TEST_F(FilterRun, NeverSendsAMyNumber) {
  const auto report = run(options_for("a.ids", "123456789018\n01130012:1:123456789018:\n"));
  ASSERT_TRUE(report);
  EXPECT_EQ(server_.requests, 0u);
  EXPECT_EQ(report->unread, 2u);
  EXPECT_EQ(report_json(FilterOptions(), *report).find("123456789018"), std::string::npos);
}

TEST_F(FilterRun, FallsBackToWhatMayBeUsedWhereReasonsAreForbidden) {
  server_.reasons_forbidden = true;
  deny("01130012:21700023:1:00");
  const auto report = run(options_for("a.ids", kIds));
  ASSERT_TRUE(report);
  EXPECT_EQ(folder_.read("out"), "138016:千－１２:0012345:1\n");
  EXPECT_FALSE(report->evidence.reasons_given);
  EXPECT_EQ(report->not_allowed, 2u);
}

TEST_F(FilterRun, TokensGoAsBytesInEitherAnswerForm) {
  const std::string hex =
      "00000000000000000000000000000001\n00000000000000000000000000000002\n00000000000000000000000000000003\n";
  for (const bool forbidden : {false, true}) {
    server_.reasons_forbidden = forbidden;
    deny("00000000000000000000000000000002");
    ASSERT_TRUE(run(options_for("a.tokens", hex)));
    EXPECT_EQ(folder_.read("out"), hex.substr(0, 33) + hex.substr(66));
    EXPECT_EQ(server_.seen.back().body.size(), 48u);
  }
}

TEST_F(FilterRun, ManyQuestionsGoInPartsOfOneBatch) {
  std::string ids;
  for (int i = 0; i < 120'000; ++i) ids += "01130012:1:" + std::to_string(i + 1) + ":00\n";
  server_.rule = [](std::string_view question) {
    return question.ends_with("7:00") ? ReasonCode::kDenyNoNotice : ReasonCode::kAllow;
  };
  const auto report = run(options_for("a.ids", ids));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->kept, 108'000u);
  ASSERT_EQ(server_.seen.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(server_.seen[i].batch_id, server_.seen[0].batch_id);
    EXPECT_TRUE(server_.seen[i].target.ends_with("&part=" + std::to_string(i + 1) + "&parts=3"))
        << server_.seen[i].target;
  }
  EXPECT_EQ(report->evidence.parts.at(2).questions, 20'000u);
}

TEST_F(FilterRun, EachPartHasAPositionOfItsOwn) {
  std::string ids;
  for (int i = 0; i < 60'000; ++i) ids += "01130012:1:" + std::to_string(i + 1) + ":00\n";
  int position = 9;
  server_.position = [&position] { return std::to_string(position++); };
  auto options = options_for("a.ids", ids);
  options.report = folder_.path("report.json");
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->evidence.position, "9") << "what all of them knew";
  EXPECT_EQ(report->evidence.parts.at(1).position, "10");
  const auto json = nlohmann::json::parse(folder_.read("report.json"));
  EXPECT_EQ(json["position"], 9);
  EXPECT_EQ(json["parts"][1]["position"], 10);
  EXPECT_EQ(json["parts"][1]["evaluated_at"], "2026-11-20T09:00:00+09:00");
}

TEST_F(FilterRun, WhereAnAnswerChangedMeanwhileABatchOfItsOwnIsBegunAgain) {
  for (const char* code : {"batch_superseded", "batch_expired"}) {
    server_.seen.clear();
    server_.refusals = {code, code};
    const auto report = run(options_for("a.ids", kIds));
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->kept, 3u) << "nothing of the first is counted twice";
    ASSERT_EQ(server_.seen.size(), 3u);
    EXPECT_NE(server_.seen[0].batch_id, server_.seen[1].batch_id);
    EXPECT_EQ(report->batch_id, server_.seen[2].batch_id);
  }
  server_.refusals = std::vector<std::string>(9, "batch_superseded");
  const auto report = run(options_for("a.ids", kIds));
  ASSERT_FALSE(report) << "not for ever";
  EXPECT_EQ(report.error().code, "batch_superseded");
}

TEST_F(FilterRun, ABatchIdThatWasNamedIsNotReplacedByAnother) {
  server_.refusals = {"batch_superseded"};
  auto options = options_for("a.ids", kIds);
  options.batch_id = "mine";
  const auto report = run(options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "batch_superseded");
  EXPECT_EQ(server_.seen.size(), 1u);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"a.ids"});
}

TEST_F(FilterRun, ARefusalThatIsNotAboutReasonsIsToldAsItIs) {
  server_.reasons_forbidden = true;
  server_.refusals = {"", "past_for_auditors"};
  const auto report = run(options_for("a.ids", kIds));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "past_for_auditors");
}

TEST_F(FilterRun, ABusyServerIsAskedAgainUnderTheSameId) {
  server_.busy_answers = 2;
  int sleeps = 0;
  auto options = options_for("a.ids", kIds);
  ASSERT_TRUE(run_filter(options, server_, no_sleep(&sleeps), FilterObserver()));
  EXPECT_EQ(sleeps, 2);
  ASSERT_EQ(server_.seen.size(), 3u);
  EXPECT_EQ(server_.seen[0].batch_id, server_.seen[2].batch_id);
}

TEST_F(FilterRun, ARefusalLeavesNothingBehind) {
  auto options = options_for("a.ids", kIds);
  options.report = folder_.path("report.json");
  folder_.write("out", "of yesterday");
  for (const int status : {400, 401, 403, 409, 500, 503}) {
    server_.refuse_status = status;
    EXPECT_FALSE(run(options));
    EXPECT_EQ(folder_.read("out"), "of yesterday");
    EXPECT_EQ(folder_.names(), (std::vector<std::string>{"a.ids", "out"}));
  }
}

TEST_F(FilterRun, AnswersThatDoNotFitAreRefused) {
  for (const char* broken : {"1,ALLOW\n", "1,ALLOW\n2,ALLOW\n3,ALLOW\n4,ALLOW\n", "1,PERHAPS\n2,ALLOW\n3,ALLOW\n",
                             "2,ALLOW\n1,ALLOW\n3,ALLOW\n", "hello"}) {
    server_.broken_answer = broken;
    const auto report = run(options_for("a.ids", kIds));
    ASSERT_FALSE(report) << broken;
    EXPECT_EQ(report.error().code, "answer_broken");
  }
  server_.reasons_forbidden = true;
  server_.broken_answer = "99999999:9:9:99\n";
  EXPECT_FALSE(run(options_for("a.ids", kIds)));
}

TEST_F(FilterRun, AFilesGoAndWithheldClaimsAreReported) {
  deny("06130017:1001:00123:");
  auto options = options_for(
      "RECEIPTC.UKE",
      claims_file({"IR,1,13", "RE,1,1112", "HO,  138016,千－１２,００１２３４５,1,438", "SN,1,01,,,,01,,", "RE,2,1112",
                   "HO,06130017,1001,00123,1,1175", "RE,3,1112", "HO,06130017,,,1,1", "GO,3,1614,99"}));
  options.report = folder_.path("report.json");
  options.receipt = folder_.path("receipt.json");
  const auto report = run(options);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(folder_.read("out"), claims_file({"IR,1,13", "RE,1,1112", "HO,  138016,千－１２,００１２３４５,1,438",
                                              "SN,1,01,,,,01,,", "GO,1,438,99"}));
  EXPECT_EQ(server_.seen.at(0).body, "00138016:千-12:0012345:01\n06130017:1001:00123:\n");
  const auto json = nlohmann::json::parse(folder_.read("report.json"));
  EXPECT_EQ(json["format"], "uke");
  EXPECT_EQ(json["kept"], 1);
  EXPECT_EQ(json["go"][0]["before"], "3,1614");
  EXPECT_EQ(json["go"][0]["after"], "1,438");
  EXPECT_EQ(json["unread"]["total"], 1);
  EXPECT_EQ(json["unread"]["first"][0]["line"], 7);
  EXPECT_EQ(json["reasons"]["DENY_OPTOUT"], 1);
  EXPECT_EQ(json["refused"]["total"], 1) << "the claim that could not be read stands under unread";
  EXPECT_EQ(json["refused"]["first"][0]["line"], 5);
  EXPECT_EQ(json["refused"]["first"][0]["code"], "DENY_OPTOUT");
  EXPECT_EQ(json["position"], 41827);
  const auto receipt = nlohmann::json::parse(folder_.read("receipt.json"));
  EXPECT_EQ(receipt["offline_verifiable"], false);
  EXPECT_EQ(receipt["parts"][0]["decision_digest"], "d1");
  EXPECT_EQ(receipt["input_sha256"], json["input"]["sha256"]);
}

std::string fhir_coverage(const std::string& patient, const std::string& id) {
  const std::string system = R"({"system":"http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID","value":")";
  return R"({"resourceType":"Coverage","identifier":[)" + system + id + R"("}],"beneficiary":{"reference":"Patient/)" +
         patient + R"("}})" + "\n";
}
std::string fhir_observation(const std::string& patient) {
  return R"({"resourceType":"Observation","subject":{"reference":"Patient/)" + patient + R"("}})" + "\n";
}

TEST_F(FilterRun, AFhirPersonStaysOnlyIfEveryCardMayBeUsed) {
  deny("00138016::2:00");
  const std::string organization = "{\"resourceType\":\"Organization\",\"id\":\"o\"}\n";
  const std::string file = fhir_observation("two-cards") + fhir_observation("one-card") + fhir_observation("no-card") +
                           fhir_observation("bad-card") + organization + fhir_coverage("two-cards", "00138016::1:00") +
                           fhir_coverage("two-cards", "00138016::2:00") + fhir_coverage("one-card", "00138016::3:00") +
                           fhir_coverage("bad-card", "00138016::4:00") + fhir_coverage("bad-card", "not an id");
  const auto report = run(options_for("a.ndjson", file));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(folder_.read("out"),
            fhir_observation("one-card") + organization + fhir_coverage("one-card", "00138016::3:00"));
  EXPECT_EQ(report->items, 10u);
  EXPECT_EQ(report->kept, 3u);
}

TEST_F(FilterRun, ACp932CsvStaysCp932) {
  deny("00138016:千-12:5:01");
  const std::string header = "氏名,保険者番号,記号,番号,枝番\r\n", one = "表示ソ,138016,千－１２,5,01\r\n",
                    two = "山田,138016,千－１２,6,01\r\n";
  ASSERT_TRUE(run(options_for("a.csv", *to_cp932(header + one + two))));
  EXPECT_EQ(folder_.read("out"), *to_cp932(header + two));
}

TEST_F(FilterRun, ADryRunCountsAndLeavesNothingAnywhere) {
  deny("00138016:千-12:0012345:01");
  auto options = options_for("a.ids", kIds);
  options.out.clear();
  options.dry_run = true;
  for (const bool forbidden : {false, true}) {
    server_.reasons_forbidden = forbidden;
    server_.seen.clear();
    const auto report = run(options);
    ASSERT_TRUE(report) << report.error().detail;
    ASSERT_EQ(server_.seen.size(), 1u);
    EXPECT_TRUE(server_.seen[0].target.ends_with("&answer=counts&dry_run=true")) << server_.seen[0].target;
    EXPECT_EQ(server_.seen[0].batch_id, "") << "a batch leaves its run in the log";
    EXPECT_EQ(report->items, 4u);
    EXPECT_EQ(report->questions, 3u);
    EXPECT_EQ(report->reasons[0], 2u);
    EXPECT_EQ(report->reasons[1], forbidden ? 0u : 1u);
    EXPECT_EQ(report->not_allowed, forbidden ? 1u : 0u);
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"a.ids"});
    const std::string summary = summary_text(options, *report, true);
    EXPECT_NE(summary.find("試し実行"), std::string::npos);
    EXPECT_EQ(summary.find("残した"), std::string::npos) << "which items would stay, only a run says";
  }
}

TEST_F(FilterRun, AnEmptyFileGivesAnEmptyFile) {
  auto options = options_for("a.ids", "");
  const auto report = run(options);
  ASSERT_TRUE(report);
  EXPECT_EQ(server_.requests, 0u);
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"a.ids", "out"}));
}

TEST_F(FilterRun, TheInputIsNeverTheOutput) {
  auto options = options_for("a.ids", kIds);
  options.out = options.in;
  EXPECT_EQ(run(options).error().code, "output_is_input");
  EXPECT_EQ(folder_.read("a.ids"), kIds);
}

TEST_F(FilterRun, WhatCannotBeWrittenIsKnownBeforeAnythingIsSent) {
  const std::string nowhere = folder_.path("no-such-folder/file");
  for (std::string FilterOptions::*const place :
       {&FilterOptions::out, &FilterOptions::report, &FilterOptions::receipt}) {
    auto options = options_for("a.ids", kIds);
    options.*place = nowhere;
    EXPECT_EQ(run(options).error().code, "output_unwritable");
  }
  EXPECT_EQ(server_.requests, 0u);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"a.ids"});
}

TEST_F(FilterRun, NoFileIsWrittenOverAnother) {
  auto options = options_for("a.ids", kIds);
  options.report = folder_.path("./out");
  EXPECT_EQ(run(options).error().code, "outputs_equal");
  options.report = options.in;
  EXPECT_EQ(run(options).error().code, "output_is_input");
  options.report = folder_.path("report");
  options.receipt = folder_.path("report");
  EXPECT_EQ(run(options).error().code, "outputs_equal");
  EXPECT_EQ(server_.requests, 0u);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"a.ids"});
}

TEST_F(FilterRun, WhatCouldNotBeReadIsToldByLine) {
  deny("01130012:21700023:1:00", ReasonCode::kInvalidId);
  const auto options = options_for("a.ids", kIds);  // line 3 is refused here, lines 1 and 4 by the server
  const auto report = run(options);
  ASSERT_TRUE(report);
  std::vector<std::uint64_t> lines;
  for (const UnreadItem& item : report->unread_items) lines.push_back(item.line);
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 3, 4}));

  std::string many;
  for (int i = 0; i < 1'500; ++i) many += i % 2 == 0 ? "01130012:21700023:1:00\n" : "nonsense\n";
  const auto bounded = run(options_for("b.ids", many));
  ASSERT_TRUE(bounded);
  EXPECT_EQ(bounded->unread, 1'500u);
  ASSERT_EQ(bounded->unread_items.size(), FilterReport::kUnreadMax);
  EXPECT_EQ(bounded->unread_items.back().line, FilterReport::kUnreadMax)
      << "the first of all, refused here or by the server";
}

TEST_F(FilterRun, TheSummaryNamesTheBatch) {
  auto options = options_for("a.ids", kIds);
  options.batch_id = "my-batch-1";
  const auto report = run(options);
  ASSERT_TRUE(report);
  EXPECT_NE(summary_text(options, *report, false).find("batch my-batch-1\n"), std::string::npos);
  EXPECT_NE(summary_text(options, *report, true).find("my-batch-1\n"), std::string::npos);
}

TEST_F(FilterRun, AnInputThatChangesMeanwhileIsRefused) {
  const auto options = options_for("a.ids", kIds);
  server_.rule = [&](std::string_view) {
    folder_.write("a.ids", "01130012:21700023:9:00\n01130012:21700023:9:00\n01130012:21700023:9:00\nx\n");
    return ReasonCode::kAllow;
  };
  const auto report = run(options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "input_changed");
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"a.ids"});
}

}  // namespace
}  // namespace ishi::client
