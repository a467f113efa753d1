// The evidence of filter runs, end to end with the program itself: a receipt that verifies with the public key alone,
// and an auditor who gets the same bytes again after everything has changed since.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "api/host/system_clock.h"
#include "sql/log/erase.h"
#include "sql/log/pg_event_log.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct PastRun {
  std::string receipt, input, output;  // files
  bool very_body = false;              // the input is what was sent; else output is compared by the file
};

class Replay : public ::testing::Test {
 protected:
  Replay() {
    stack_.sign_checkpoints();
    server_ = stack_.new_server();
    server_->start();
    stack_.load_everything(*server_);
    key_ = " --key " + stack_.log_key_file(*server_) + " ";
    // The largest hospital: some of its patients may be used, others not, for many reasons.
    for (const auto& entry : std::filesystem::directory_iterator(stack_.world() + "/hospital")) {
      const std::string ids = entry.path().string() + "/ids.txt";
      if (holder_.empty() || std::filesystem::file_size(ids) > std::filesystem::file_size(ids_))
        holder_ = entry.path().filename().string(), ids_ = ids;
    }
  }
  std::string file(const std::string& name) const { return stack_.folder() + "/" + name; }
  std::uint64_t events() {
    const auto reply = stack_.client(*server_, "minister")->send({.method = "GET", .target = "/v1/changes?since=0"});
    if (!reply) return 0;
    return std::stoull(std::string(reply->header("Ishi-Position")));
  }
  // `ishi filter` as that caller, with a receipt of that name.
  PastRun filter(const std::string& caller, const std::string& input, const std::string& receipt,
                 const std::string& more) {
    PastRun run{file(receipt), input, file(receipt + ".out"), false};
    const std::string categories = more.find("--categories") == std::string::npos ? " --categories RECEIPT " : " ";
    const auto ran = stack_.run("filter --regime NGMIA_ANON --holder " + holder_ + categories + more + " --in " +
                                    input + " --out " + run.output + " --receipt " + run.receipt,
                                server_.get(), caller);
    EXPECT_TRUE(ran.status == 0 || ran.status == 4) << ran.text;
    EXPECT_EQ(ran.text.find("NO RECEIPT"), std::string::npos) << ran.text;
    return run;
  }
  Stack::Ran verify(const std::string& path) const { return stack_.run("verify " + path + key_); }
  Stack::Ran replay(const PastRun& run, const std::string& caller = "minister", const std::string& more = "") const {
    return stack_.run("audit replay " + run.receipt + " --input " + run.input +
                          (run.output.empty() ? "" : " --output " + run.output) + key_ + more,
                      server_.get(), caller);
  }
  // Objections, links, splits, deaths, a new policy and an erasure, all about people who were asked about or others.
  void change_everything(const std::string& usable_file);

  Stack stack_{0.02};
  std::unique_ptr<Stack::Server> server_;
  std::string key_, holder_, ids_;
};

void Replay::change_everything(const std::string& usable_file) {
  std::istringstream usable(read_file(usable_file));
  std::vector<std::string> people;
  for (std::string line; people.size() < 40 && std::getline(usable, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) people.push_back(line);
  }
  ASSERT_EQ(people.size(), 40U);
  std::string objections, deaths, links;
  for (std::size_t i = 0; i < 10; ++i) objections += R"({"id":")" + people[i] + "\"}\n";
  for (std::size_t i = 10; i < 20; ++i) deaths += R"({"id":")" + people[i] + R"(","date":"2026-01-15"})" + "\n";
  for (std::size_t i = 20; i < 30; ++i)
    links += R"({"id":")" + people[i] + R"(","other_id":")" + people[i - 20] + R"(","source":"S4"})" + "\n";
  const auto ops = stack_.client(*server_, "registry-ops");
  std::uint64_t first_link = 0, first_objection = 0;
  for (const auto& [kind, body] :
       {std::pair("objections", objections), std::pair("deaths", deaths), std::pair("links", links)}) {
    const auto reply =
        ops->send({.target = std::string("/v1/") + kind, .content_type = "application/x-ndjson", .body = body});
    ASSERT_TRUE(reply.has_value());
    ASSERT_EQ(reply->status, 200) << reply->body;
    const auto json = nlohmann::json::parse(reply->body);
    ASSERT_EQ(json["accepted"], 10) << reply->body;
    const std::uint64_t receipt = json["results"][0]["receipt"];
    if (kind == std::string("links")) first_link = receipt;
    if (kind == std::string("objections")) first_objection = receipt;
  }
  const auto split =
      ops->send({.target = "/v1/splits",
                 .content_type = "application/x-ndjson",
                 .body = R"({"id":")" + people[20] + R"(","link":)" + std::to_string(first_link) + "}\n"});
  ASSERT_EQ(split->status, 200) << split->body;
  // From now on a year must pass after each letter.
  nlohmann::json documents = nlohmann::json::array();
  for (const std::string& path : stack_.policy_files()) {
    std::string text = read_file(path);
    if (path.ends_with("regimes.toml")) {
      const std::size_t at = text.find("days = 30");
      ASSERT_NE(at, std::string::npos);
      text.replace(at, 9, "days = 365");
    }
    documents.push_back(
        {{"name", std::filesystem::path(path).filename().string()}, {"text", text + "\n# second edition\n"}});
  }
  const std::string policy = nlohmann::json{{"documents", documents}}.dump();
  const auto published = ops->send({.target = "/v1/policy", .content_type = "application/json", .body = policy});
  ASSERT_TRUE(published.has_value());
  ASSERT_EQ(published->status / 100, 2) << published->body;
  // One of the later objections is erased, as a court may order.
  const api::SystemClock clock;
  const auto log = sql::make_pg_log({.connection_string = stack_.database()}, clock);
  const auto erased =
      log->append({{RecordErased{EventIndex(first_objection), "court order 7"}}, "registry-ops", {}, {}, {}});
  ASSERT_TRUE(erased.has_value()) << erased.error().detail;
  const auto done = sql::erase_content(stack_.database(), erased->first);
  ASSERT_TRUE(done.has_value()) << done.error().detail;
}

TEST_F(Replay, GivesTheSameBytesAfterEverythingHasChanged) {
  const std::string hospital = holder_ + "-batch";
  std::vector<PastRun> runs;
  runs.push_back(filter(hospital, ids_, "plain.tlog-proof", ""));
  runs.push_back(filter(hospital, ids_, "evidence.json", "--categories RECEIPT,LAB --point F1"));
  runs.push_back(filter(hospital, ids_, "exception.tlog-proof", "--override LAW --ground 'court order 7'"));
  runs.push_back(filter("LDI-batch", ids_, "operator.tlog-proof", "--recipient LDI --point F1"));
  runs.push_back(filter("LDI-batch", ids_, "operator.json", "--recipient LDI --point F1"));
  const std::string claims = [&] {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(stack_.world() + "/hospital/" + holder_))
      if (entry.path().filename().string().starts_with("RECEIPTC")) return entry.path().string();
    return std::string();
  }();
  ASSERT_FALSE(claims.empty());
  runs.push_back(filter(hospital, claims, "claims.tlog-proof", "--categories RECEIPT"));
  // More than one part: the same patients many times over.
  const std::string one = read_file(ids_);
  std::ofstream many(file("many.txt"), std::ios::binary);
  for (std::size_t bytes = 0; bytes < 2'200'000; bytes += one.size()) many << one;
  many.close();
  runs.push_back(filter(hospital, file("many.txt"), "many.tlog-proof", ""));
  runs.push_back(filter(hospital, file("many.txt"), "many.json", ""));
  // A body sent by a program of the hospital's own, as CSV.
  std::string csv = "token,holder\n";
  for (int i = 0; i < 50; ++i) csv += std::string(30, '0') + std::to_string(10 + i) + "," + holder_ + "\n";
  std::ofstream(file("body.csv"), std::ios::binary) << csv;
  const auto direct =
      stack_.client(*server_, hospital)
          ->send({.target = "/v1/filter?regime=NGMIA_ANON&categories=RECEIPT&permit_id=P-1&override=LAW&ground=x",
                  .content_type = "text/csv",
                  .body = csv});
  ASSERT_EQ(direct->status, 200) << direct->body;
  std::ofstream(file("body.out"), std::ios::binary) << direct->body;
  const auto fetched =
      stack_.run("receipt " + std::string(direct->header("Ishi-Receipt")) + " --out " + file("body.tlog-proof"),
                 server_.get(), hospital);
  ASSERT_EQ(fetched.status, 0) << fetched.text;
  runs.push_back({file("body.tlog-proof"), file("body.csv"), file("body.out"), true});

  for (const PastRun& run : runs) {
    const auto verified = verify(run.receipt);
    EXPECT_EQ(verified.status, 0) << run.receipt << "\n" << verified.text;
    for (const char* part : {"Proved: filter run no. ", "SHA-256 of what was asked", "SHA-256 of the answers",
                             " lines: ", "regime: NGMIA_ANON", "policy, as event", "knowing everything before position",
                             "evaluated at", "may be relied on until", "submitted by: "})
      EXPECT_NE(verified.text.find(part), std::string::npos) << part << "\n" << verified.text;
    const auto with_input = verify(run.receipt + " --input " + run.input);
    EXPECT_EQ(with_input.status, 0) << run.receipt << "\n" << with_input.text;
    EXPECT_NE(with_input.text.find("The input file is what was asked about then."), std::string::npos)
        << with_input.text;
    const auto with_other = verify(run.receipt + " --input " + (run.very_body ? ids_ : run.output));
    EXPECT_EQ(with_other.status, 1) << run.receipt << "\n" << with_other.text;
    EXPECT_NE(with_other.text.find("[another_input]"), std::string::npos) << with_other.text;
    EXPECT_EQ(verified.text.find("DENY") == std::string::npos,
              run.receipt.find("operator") != std::string::npos || run.receipt.find("body") != std::string::npos)
        << "reasons are told to those who may know them, and to nobody else\n"
        << verified.text;
  }
  const std::string in_parts = verify(file("many.tlog-proof")).text;
  EXPECT_NE(in_parts.find("parts: 2"), std::string::npos);
  EXPECT_NE(in_parts.find("evaluated at, part 2: "), std::string::npos) << "each part is judged when it arrives\n"
                                                                        << in_parts;
  EXPECT_NE(verify(file("exception.tlog-proof")).text.find("its ground: court order 7"), std::string::npos);
  EXPECT_NE(verify(file("body.tlog-proof")).text.find("permit: P-1"), std::string::npos);

  change_everything(runs[0].output);
  if (HasFatalFailure()) return;
  const PastRun today = filter(hospital, ids_, "today.tlog-proof", "");
  EXPECT_NE(read_file(today.output), read_file(runs[0].output)) << "nothing changed: this test would prove nothing";

  const std::uint64_t before = events();
  for (int round = 0; round < 2; ++round) {
    for (const PastRun& run : runs) {
      const auto again = replay(run, "minister", " --out " + file("again"));
      EXPECT_EQ(again.status, 0) << run.receipt << "\n" << again.text;
      EXPECT_TRUE(again.text.starts_with("Same: ")) << again.text;
      EXPECT_NE(again.text.find("the same, byte for byte"), std::string::npos) << again.text;
      EXPECT_EQ(read_file(file("again")), read_file(run.output)) << run.receipt;
    }
    // The caller who ran it may compare its digest, but not have the answers again.
    const auto own = replay(runs[0], hospital);
    EXPECT_EQ(own.status, 0) << own.text;
    EXPECT_NE(own.text.find("compared by digest"), std::string::npos) << own.text;
    const auto operators = replay(runs[3], "LDI-batch");
    EXPECT_EQ(operators.status, 0) << operators.text;
    if (round == 0) {  // and once more from a server that has to read it all from the log
      server_->stop();
      server_->start();
    }
  }
  EXPECT_EQ(events(), before) << "a replay leaves no event";

  // What is not the same is said plainly.
  const auto wrong_output = replay({runs[0].receipt, runs[0].input, today.output, false});
  EXPECT_EQ(wrong_output.status, 1) << wrong_output.text;
  EXPECT_NE(wrong_output.text.find("NOT THE SAME"), std::string::npos) << wrong_output.text;
  const auto wrong_input = replay({runs[0].receipt, runs[5].input, "", false});
  EXPECT_NE(wrong_input.status, 0);
  EXPECT_NE(wrong_input.text.find("not what was asked about then"), std::string::npos) << wrong_input.text;
  EXPECT_EQ(replay(runs[0], "call-centre").status, 3) << "not for everybody";
}

TEST_F(Replay, AWishHasItsReceiptInOneCommand) {
  const auto answer = stack_.run("objection --token " + std::string(32, 'a') + " --receipt " + file("no.tlog-proof"),
                                 server_.get(), "registry-ops");
  ASSERT_EQ(answer.status, 0) << answer.text;
  const auto proved = verify(file("no.tlog-proof"));
  EXPECT_EQ(proved.status, 0) << proved.text;
  EXPECT_NE(proved.text.find("Proved: objection no. "), std::string::npos) << proved.text;
  EXPECT_EQ(verify(file("no.tlog-proof") + " --token " + std::string(32, 'a')).status, 0);
  const auto others = verify(file("no.tlog-proof") + " --token " + std::string(32, 'b'));
  EXPECT_EQ(others.status, 1);
  EXPECT_NE(others.text.find("speaks of another person"), std::string::npos) << others.text;
  std::ofstream(file("three.ndjson")) << R"({"token":"00000000000000000000000000000001"})"
                                      << "\n"
                                      << R"({"token":"00000000000000000000000000000002"})"
                                      << "\n{broken\n"
                                      << R"({"token":"00000000000000000000000000000003"})"
                                      << "\n";
  const auto three = stack_.run("objection --file " + file("three.ndjson") + " --receipt " + file("three.tlog-proof"),
                                server_.get(), "registry-ops");
  EXPECT_EQ(three.status, 4) << three.text;
  const auto all = verify(file("three.tlog-proof"));
  EXPECT_EQ(all.status, 0) << all.text;
  std::size_t count = 0;
  for (std::size_t at = 0; (at = all.text.find("Proved: objection", at)) != std::string::npos; ++at) ++count;
  EXPECT_EQ(count, 3U) << all.text;
}

}  // namespace
}  // namespace ishi::testing
