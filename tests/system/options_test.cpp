// One journey for each framework option, with the programs, that asserts what sets it apart from its neighbours
// (LAW.md 9.1, 9.3): ① from ③, ②-1 from ②-2, ④ from all.
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

constexpr const char* kLetter =
    "[[template]]\nid = \"letter-for-all\"\nregime = \"NGMIA_ANON\"\nlegal_version = \"V2024\"\n"
    "effective_from = 2024-04-01\n";

// A registry under one option, with its world's hospitals and operators and a letter that anybody may use.
class Option {
 public:
  explicit Option(const std::string& option) : stack_(0.001, 1, option) {
    std::ofstream(stack_.folder() + "/letter.toml") << kLetter;
    stack_.add_policy_file(stack_.folder() + "/letter.toml");
    stack_.sign_checkpoints();
    server_ = stack_.new_server();
    server_->start();
    const auto book = stack_.book();
    for (const auto& [code, institution] : book->institutions)
      for (const Filing& filing : institution.filings)
        if (filing.regime == "NGMIA_ANON" && filing.valid.contains(day_told())) hospital_ = code;
  }

  // 200, or the code of the refusal (of the first line, where each has its own).
  std::string post(const std::string& caller, const std::string& target, const std::string& body,
                   const std::string& type = "application/json") {
    const auto reply =
        stack_.client(*server_, caller)->send({.target = target, .content_type = type, .body = body}).value();
    body_ = reply.body;
    if (reply.status == 200) return "200";
    const auto json = nlohmann::json::parse(reply.body);
    if (json.contains("results") && !json["results"].empty()) return json["results"][0].value("code", "");
    return json.value("code", "");
  }
  // May it be used? ALLOW, DENY, or the code of the refusal.
  std::string ask(const std::string& caller, const std::string& regime, const std::string& more, int person = 1) {
    const std::string question =
        "/v1/filter?regime=" + regime + "&holder=" + hospital_ + "&categories=RECEIPT&purpose=PURPOSE_1&" + more;
    const std::string answer = post(caller, question, token(person) + "\n", "text/plain");
    if (answer != "200") return answer;
    return body_.empty() ? "DENY" : "ALLOW";
  }
  std::string notice(const std::string& caller, const std::string& holder, int person = 1) {
    nlohmann::json row{{"token", token(person)},
                       {"regime", "NGMIA_ANON"},
                       {"template", "letter-for-all"},
                       {"method", "N1"},
                       {"date", to_iso(day_told())}};
    if (!holder.empty()) row["holder"] = holder;
    return post(caller, "/v1/notices", row.dump());
  }
  std::string objection(const std::string& caller, int person) {
    return post(caller, "/v1/objections", nlohmann::json{{"token", token(person)}}.dump());
  }
  std::string permit(const std::string& caller, const std::string& id, const std::string& regime,
                     const std::string& recipient = "") {
    nlohmann::json row{{"permit_id", id}, {"regime", regime}, {"purposes", {"PURPOSE_1"}}};
    if (!recipient.empty()) row["recipient"] = recipient;
    return post(caller, "/v1/permits", row.dump());
  }
  int read(const std::string& caller, const std::string& target) {
    return stack_.client(*server_, caller)->send({.method = "GET", .target = target})->status;
  }
  // What a receipt says, checked with nothing but the log's public key.
  std::string receipt_words() {
    const std::string file = stack_.folder() + "/objection.tlog-proof";
    const auto made =
        stack_.run("objection --token " + token(99) + " --receipt " + file, server_.get(), "registry-ops");
    EXPECT_EQ(made.status, 0) << made.text;
    return stack_.run("verify " + file + " --key " + stack_.log_key_file(*server_)).text;
  }
  // Long enough ago for every wait, and recent enough to be recorded at a desk.
  static CivilDate day_told() { return jst_date(Timestamp().plus_seconds(std::time(nullptr))).plus_days(-45); }
  static std::string token(int person) {
    const std::string digits = std::to_string(person);
    return std::string(32 - digits.size(), 'd') + digits;
  }
  const std::string& hospital() const { return hospital_; }
  std::string desk() const { return hospital_ + "-desk"; }
  std::string machine() const { return hospital_ + "-batch"; }
  std::string governor() const { return "governor-" + hospital_.substr(0, 2); }

 private:
  Stack stack_;
  std::unique_ptr<Stack::Server> server_;
  std::string hospital_, body_;
};

// ① The state tells, asks, reviews and extracts. Hospitals take objections; nobody else comes in.
TEST(OptionOne, TheStateDoesEverythingAndExtractsByItsReviewersPermit) {
  Option one("option_1");
  EXPECT_EQ(one.notice("registry-ops", ""), "200") << "told by the state, for every holder";
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F1"), "ALLOW");
  EXPECT_EQ(one.notice(one.desk(), one.hospital(), 2), "200") << "hospitals may tell too, unlike under ③";
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F4"), "permit_needed");
  EXPECT_EQ(one.permit("reviewer", "P-1", "NGMIA_ANON"), "200");
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F4&permit_id=P-1"), "ALLOW");
  EXPECT_EQ(one.permit("LDI-admin", "P-2", "NGMIA_ANON", "LDI"), "closed_by_option") << "under ③ it reviews";
  for (const char* point : {"F1", "F3", "F4"}) {
    EXPECT_EQ(one.ask("LDI-batch", "NGMIA_ANON", std::string("point=") + point), "closed_by_option") << point;
    EXPECT_EQ(one.ask(one.machine(), "NGMIA_ANON", std::string("point=") + point), "closed_by_option") << point;
  }
  EXPECT_EQ(one.objection("LDI-batch", 1), "closed_by_option") << "under ③ operators relay";
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F1"), "ALLOW");
  EXPECT_EQ(one.objection(one.desk(), 1), "200");
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F1"), "DENY");
  EXPECT_EQ(one.ask("state-ingest", "NGMIA_ANON", "point=F4&permit_id=P-1"), "DENY") << "no cut-off: it binds";
  EXPECT_EQ(one.read(one.governor(), "/v1/sources"), 403) << "the state's auditors only";
  EXPECT_EQ(one.read("minister", "/v1/sources"), 200);
  EXPECT_NE(one.receipt_words().find("controller of the registry: FUND (STATE)"), std::string::npos);
}

// ③ The state tells and takes in; operators review, and extract by a permit of their own.
TEST(OptionThree, OperatorsReviewAndExtractByPermitWhatTheStateTookIn) {
  Option three("option_3");
  EXPECT_EQ(three.notice("registry-ops", ""), "200");
  EXPECT_EQ(three.notice(three.desk(), three.hospital(), 2), "closed_by_option") << "the state alone tells";
  EXPECT_EQ(three.ask("state-ingest", "NGMIA_ANON", "point=F1"), "ALLOW");
  EXPECT_EQ(three.ask("LDI-batch", "NGMIA_ANON", "point=F1"), "closed_by_option") << "they take nothing in";
  EXPECT_EQ(three.ask("LDI-batch", "NGMIA_ANON", "point=F3"), "ALLOW");
  EXPECT_EQ(three.ask("LDI-batch", "NGMIA_ANON", "point=F4"), "permit_needed");
  EXPECT_EQ(three.permit("reviewer", "P-1", "NGMIA_ANON"), "closed_by_option");
  EXPECT_EQ(three.permit("LDI-admin", "P-1", "NGMIA_ANON", "J-MIMO"), "foreign_recipient");
  EXPECT_EQ(three.permit("LDI-admin", "P-1", "NGMIA_ANON", "LDI"), "200");
  EXPECT_EQ(three.ask("LDI-batch", "NGMIA_ANON", "point=F4&permit_id=P-1"), "ALLOW");
  EXPECT_EQ(three.ask("J-MIMO-batch", "NGMIA_ANON", "point=F4&permit_id=P-1"), "permit_recipient");
  EXPECT_EQ(three.read("LDI-batch", "/v1/changes?since=0"), 403) << "decisions, not lists of tokens";
  EXPECT_EQ(three.read("LDI-batch", "/v1/recalls?since=0"), 200) << "a recall reaches who was told ALLOW";
  EXPECT_EQ(three.objection("LDI-batch", 1), "200") << "relayed, and it binds the state's ingest";
  EXPECT_EQ(three.ask("state-ingest", "NGMIA_ANON", "point=F1"), "DENY");
  EXPECT_EQ(three.read(three.governor(), "/v1/sources"), 200);
}

// ②-1 Each takes in its own and reviews its own; holders tell.
TEST(OptionTwoOne, EachReviewsItsOwnAndNeedsNoPermitOfAnother) {
  Option two("option_2_1");
  EXPECT_EQ(two.notice("registry-ops", ""), "field_missing") << "for added data each holder tells its own patients";
  EXPECT_EQ(two.notice(two.desk(), two.hospital()), "200");
  EXPECT_EQ(two.ask(two.machine(), "NGMIA_ANON", "point=F4"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F1"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F3"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F4"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "EMR_SHARE", "point=F1"), "closed_by_option") << "that is the state's to take in";
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F1"), "ALLOW");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F3"), "ALLOW");
  EXPECT_EQ(two.ask("reviewer", "NGMIA_ANON", "point=F3"), "closed_by_option");
  EXPECT_EQ(two.permit("reviewer", "P-1", "NGMIA_ANON"), "closed_by_option");
}

// ②-2 As ②-1, but one reviewer gives one permit for both sources.
TEST(OptionTwoTwo, OneReviewersPermitOpensBothExtractions) {
  Option two("option_2_2");
  EXPECT_EQ(two.notice(two.desk(), two.hospital()), "200");
  EXPECT_EQ(two.ask(two.machine(), "NGMIA_ANON", "point=F4"), "ALLOW") << "a hospital provides without a permit";
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F1"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F3"), "closed_by_option") << "a single reviewer";
  EXPECT_EQ(two.ask("reviewer", "NGMIA_ANON", "point=F3"), "ALLOW");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F4"), "permit_needed");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F4"), "permit_needed");
  EXPECT_EQ(two.permit("reviewer", "P-1", "NGMIA_ANON"), "200");
  EXPECT_EQ(two.ask("LDI-batch", "NGMIA_ANON", "point=F4&permit_id=P-1"), "ALLOW");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F4&permit_id=P-1"), "permit_regime");
  EXPECT_EQ(two.permit("reviewer", "P-1", "EMR_SHARE"), "200") << "the same permit, for the other source";
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F4&permit_id=P-1"), "ALLOW");
  // F2: the two sources are joined, and both laws must say yes. The second person was never told.
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F2", 2), "linkage_needed");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F1", 2), "ALLOW");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F2:NGMIA_ANON", 2), "DENY");
  EXPECT_EQ(two.ask("state-ingest", "EMR_SHARE", "point=F2:NGMIA_ANON", 1), "ALLOW");
}

// ④ Certified operators do everything, jointly: an objection at one binds all.
TEST(OptionFour, AnObjectionAtOneOperatorBindsAllAndTheStateAsksNothing) {
  Option four("option_4");
  EXPECT_EQ(four.notice("registry-ops", ""), "closed_by_option") << "the state tells nobody";
  EXPECT_EQ(four.notice(four.desk(), four.hospital()), "200");
  for (const char* caller : {"LDI-batch", "J-MIMO-batch"})
    for (const char* point : {"F1", "F3", "F4"})
      EXPECT_EQ(four.ask(caller, "NGMIA_ANON", std::string("point=") + point), "ALLOW") << caller << point;
  EXPECT_EQ(four.ask("state-ingest", "EMR_SHARE", "point=F1"), "closed_by_option");
  EXPECT_EQ(four.objection("municipal-desk", 1), "closed_by_option");
  EXPECT_EQ(four.objection("LDI-batch", 1), "200");
  EXPECT_EQ(four.ask("J-MIMO-batch", "NGMIA_ANON", "point=F1"), "DENY");
  EXPECT_NE(four.receipt_words().find("controller of the registry: OPERATOR_CONSORTIUM (CONSORTIUM)"),
            std::string::npos);
}

}  // namespace
}  // namespace ishi::testing
