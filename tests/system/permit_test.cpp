// Answers do not reach back, end to end with the programs: permits, the past, batch ids that come again, parts, dry
// runs.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Permits : public ::testing::Test {
 protected:
  Permits() {
    stack_.sign_checkpoints();
    server_ = stack_.new_server();
    server_->start();
    key_ = " --key " + stack_.log_key_file(*server_) + " ";
    holder_ = std::filesystem::directory_iterator(stack_.world() + "/hospital")->path().filename().string();
    for (const char* name : {"carol", "dora"})
      std::ofstream(file(std::string(name) + ".tokens")) << token(name) << "\n";
  }
  static std::string token(const std::string& name) { return std::string(31, 'c') + (name == "carol" ? "1" : "2"); }
  std::string file(const std::string& name) const { return stack_.folder() + "/" + name; }
  std::uint64_t events() {
    const auto reply = stack_.client(*server_, "minister")->send({.method = "GET", .target = "/v1/changes?since=0"});
    return std::stoull(std::string(reply->header("Ishi-Position")));
  }
  // The law of EHDS 71 as if it applied already.
  void publish_ehds() {
    nlohmann::json documents = nlohmann::json::array();
    for (const std::string& path : stack_.policy_files()) {
      std::string text = text_of_file(path);
      if (const auto at = text.find("valid_from = 2029-03-26"); at != std::string::npos)
        text.replace(at, 23, "valid_from = 2020-03-26");
      documents.push_back({{"name", std::filesystem::path(path).filename().string()}, {"text", text}});
    }
    const std::string body = nlohmann::json{{"documents", documents}}.dump();
    const auto published = stack_.client(*server_, "registry-ops")
                               ->send({.target = "/v1/policy", .content_type = "application/json", .body = body});
    ASSERT_EQ(published->status, 200) << published->body;
  }
  Stack::Ran filter(const std::string& caller, const std::string& name, const std::string& more) const {
    const std::string point = caller == "LDI-batch" ? "F5" : "F3";  // a single reviewer, and operators that hold data
    return stack_.run("filter --regime EHDS_71 --categories RECEIPT --purpose PURPOSE_1 --point " + point + " --in " +
                          file(name + ".tokens") + " --out " + file("out") + " " + more,
                      server_.get(), caller);
  }
  // Does the output hold that person?
  bool usable(const std::string& name, const std::string& more, const std::string& caller = "reviewer") const {
    const auto ran = filter(caller, name, more);
    EXPECT_EQ(ran.status, 0) << ran.text;
    return text_of_file(file("out")) == token(name) + "\n";
  }
  void object(const std::string& name) const {
    const auto ran = stack_.run("objection --token " + token(name), server_.get(), "registry-ops");
    ASSERT_EQ(ran.status, 0) << ran.text;
  }
  Stack::Ran permit(const std::string& caller, const std::string& id, const std::string& more = "") const {
    return stack_.run("permit --permit-id " + id + " --regime EHDS_71 --purposes PURPOSE_1 " + more, server_.get(),
                      caller);
  }
  Stack::Ran replay(const std::string& caller, const std::string& receipt, const std::string& input) const {
    return stack_.run("audit replay " + file(receipt) + " --input " + input + key_, server_.get(), caller);
  }

  Stack stack_{0.002};
  std::unique_ptr<Stack::Server> server_;
  std::string key_, holder_;
};

TEST_F(Permits, AnObjectionBindsEverythingThatIsAskedAfterItButEarlierPermits) {
  publish_ehds();
  if (HasFatalFailure()) return;
  const auto registered = permit("reviewer", "P-1", "--receipt " + file("permit.tlog-proof"));
  ASSERT_EQ(registered.status, 0) << registered.text;
  const auto proved = stack_.run("verify " + file("permit.tlog-proof") + key_);
  EXPECT_NE(proved.text.find("Proved: permit no. "), std::string::npos) << proved.text;
  EXPECT_NE(proved.text.find("permit: P-1"), std::string::npos) << proved.text;
  EXPECT_NE(permit("registry-ops", "P-9").status, 0);
  const std::string batch = "--batch-id mine ";
  ASSERT_TRUE(usable("carol", batch + "--receipt " + file("before.tlog-proof")));
  EXPECT_TRUE(usable("carol", batch)) << "nothing has changed";
  const std::string known = std::to_string(events());

  object("carol");
  EXPECT_FALSE(usable("carol", ""));
  const auto superseded = filter("reviewer", "carol", batch);
  EXPECT_EQ(superseded.status, 3) << superseded.text;
  EXPECT_NE(superseded.text.find("[batch_superseded]"), std::string::npos) << superseded.text;
  EXPECT_NE(superseded.text.find("new Ishi-Batch-Id"), std::string::npos) << superseded.text;
  for (const char* caller : {"reviewer", "LDI-batch"})
    for (const std::string& past : {std::string("--as-of 2026-01-01"), "--known-at " + known}) {
      const auto refused =
          filter(caller, "carol", past + (caller == std::string("reviewer") ? "" : " --recipient LDI"));
      EXPECT_EQ(refused.status, 3) << refused.text;
      EXPECT_NE(refused.text.find("[past_for_auditors]"), std::string::npos) << refused.text;
    }
  EXPECT_TRUE(usable("carol", "--known-at " + known, "minister"));

  EXPECT_TRUE(usable("carol", "--permit-id P-1 --receipt " + file("permitted.tlog-proof")));
  ASSERT_EQ(permit("reviewer", "P-2").status, 0);
  EXPECT_FALSE(usable("carol", "--permit-id P-2 --receipt " + file("later.tlog-proof")));
  const auto alone = permit("reviewer", "P-3", "--approved-at 2026-01-01");
  EXPECT_EQ(alone.status, 4) << alone.text;
  EXPECT_NE(alone.text.find("two_signatures_needed"), std::string::npos) << alone.text;
  ASSERT_EQ(permit("keyholder", "P-3", "--approved-at 2026-01-01").status, 0);
  EXPECT_TRUE(usable("carol", "--permit-id P-3"));
  EXPECT_NE(filter("reviewer", "carol", "--permit-id P-4").text.find("[unknown_permit]"), std::string::npos);

  // Another server that starts from the log alone says the same.
  server_->stop();
  server_->start();
  EXPECT_TRUE(usable("carol", "--permit-id P-1"));
  EXPECT_FALSE(usable("carol", "--permit-id P-2"));
  for (const char* receipt : {"before.tlog-proof", "permitted.tlog-proof", "later.tlog-proof"}) {
    const auto again = replay("minister", receipt, file("carol.tokens"));
    EXPECT_EQ(again.status, 0) << receipt << again.text;
    EXPECT_EQ(replay("reviewer", receipt, file("carol.tokens")).status, 0) << "its own, by digest";
  }
  server_->stop();
  const std::string config = " --config " + stack_.folder() + "/server1.toml";
  for (const char* look : {"audit rebuild", "audit fsck"}) {
    const auto looked = stack_.run(look + config);
    EXPECT_EQ(looked.status, 0) << look << looked.text;
  }
}

TEST_F(Permits, ADryRunLeavesNothingInTheLog) {
  publish_ehds();
  if (HasFatalFailure()) return;
  object("dora");
  const auto before = events();
  for (const char* caller : {"reviewer", "minister"}) {
    const auto dry = filter(caller, "dora", "--dry-run");
    EXPECT_EQ(dry.status, 0) << dry.text;
    EXPECT_NE(dry.text.find("1 items"), std::string::npos) << dry.text;
    EXPECT_FALSE(std::filesystem::exists(file("out")));
  }
  EXPECT_EQ(events(), before);
}

// A batch in parts, and an objection between two of them.
TEST_F(Permits, EachPartKnowsWhatWasAcknowledgedBeforeIt) {
  publish_ehds();
  if (HasFatalFailure()) return;
  const auto client = stack_.client(*server_, "reviewer");
  const auto part = [&](int number, const std::string& at_least = "0") {
    return client
        ->send({.target = "/v1/filter?regime=EHDS_71&categories=RECEIPT&purpose=PURPOSE_1&point=F3&parts=2&part=" +
                          std::to_string(number),
                .content_type = "text/plain",
                .headers = {{"Ishi-Batch-Id", "long"}, {"Ishi-At-Least", at_least}},
                .body = token("dora") + "\n"})
        .value();
  };
  const auto first = part(1);
  ASSERT_EQ(first.body, token("dora") + "\n") << first.status;
  object("dora");
  const std::string acknowledged = std::to_string(events());
  const auto second = part(2, acknowledged);
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(second.header("Ishi-Position"), acknowledged);
  EXPECT_EQ(nlohmann::json::parse(part(1).body)["code"], "batch_superseded");

  std::ofstream(file("two.csv")) << "token\n" << token("dora") << "\n" << token("dora") << "\n";
  const auto receipts = stack_.run("receipt " + std::string(first.header("Ishi-Receipt")) + " " +
                                       std::string(second.header("Ishi-Receipt")) + " --out " + file("two.tlog-proof"),
                                   server_.get(), "reviewer");
  ASSERT_EQ(receipts.status, 0) << receipts.text;
  const auto proved = stack_.run("verify " + file("two.tlog-proof") + key_);
  EXPECT_EQ(proved.status, 0) << proved.text;
  EXPECT_NE(proved.text.find("knowing everything before position, part 2: " + acknowledged), std::string::npos)
      << proved.text;
  const auto again = replay("minister", "two.tlog-proof", file("two.csv"));
  EXPECT_EQ(again.status, 0) << again.text;
  EXPECT_NE(again.text.find("Same: 2 people asked about again at positions "), std::string::npos) << again.text;
  EXPECT_NE(again.text.find(" to " + acknowledged), std::string::npos) << again.text;
}

}  // namespace
}  // namespace ishi::testing
