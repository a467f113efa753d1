// The whole way: batches come in through the write door over weeks; what the desk, the metrics and the report say.
#include "api/intake/intake_handler.h"

#include <gtest/gtest.h>

#include "api/admin/intake_command.h"
#include "api/operations/intake_gauges.h"
#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

using nlohmann::json;

struct Registry : ::testing::Test {
  Desk desk;
  int sequence = 0, persons = 0;

  Registry() {
    desk.principal = {"relay", Role::kRegistryOps, {}, {}, {}};
    desk.book.callers["relay"] = {"relay", Role::kRegistryOps, "", "", "", "", {}};
    ExpectedSource relay;
    relay.name = "relay/options";
    relay.caller = "relay";
    relay.kind = SourceKind::kHospital;
    relay.rhythm = Rhythm::kDaily;
    relay.due_hour = 18;
    relay.valid.from = CivilDate::of(2026, 5, 1);
    desk.book.sources[relay.name] = relay;
  }
  void on(const std::string& instant) { desk.clock.set(instant + ":00+09:00"); }
  Answered send(int objections, Headers more = {}) {
    json lines = json::array();
    for (int i = 0; i < objections; ++i)
      lines.push_back({{"token", token_text(++persons)}, {"requester", "SELF"}, {"channel", "COUNTER_PAPER"}});
    Headers headers = {{"Ishi-Source", "options"}, {"Ishi-Source-Seq", std::to_string(++sequence)}};
    headers.insert(headers.end(), more.begin(), more.end());
    std::string body;
    for (const auto& line : lines) body += line.dump() + "\n";
    return desk.post_text(kObjections, body, "application/x-ndjson", headers);
  }
  void june(int objections) {
    for (int day = 1; day <= 30; ++day) {
      on("2026-06-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T10:00");
      const Answered answered = send(objections);
      ASSERT_EQ(answered.status, 200) << answered.text;
    }
  }
  json ask(const Principal& who, const std::string& key = {}, const std::string& value = {}) const {
    const IntakeHandler intake(desk.log, desk.status, desk.clock);
    Request request;
    request.path = "/v1/intake";
    if (!key.empty()) request.query[key] = value;
    const Response response = intake.handle(request, who);
    EXPECT_TRUE(response.status == 200 || response.status >= 400);
    return json::parse(response.body);
  }
  json ask() const { return ask(Principal{"auditor", Role::kAuditorMinister, {}, {}, {}}); }
  json relay() const { return ask().at("sources").at(0); }
  std::string metrics() const {
    const IntakeHandler intake(desk.log, desk.status, desk.clock);
    Metrics metrics;
    add_intake_gauges(metrics, intake);
    return metrics.text();
  }
  std::string report() const { return intake_report(ask().dump(), false).value().text; }
};

TEST_F(Registry, ARelayThatSilentlyDropsIsSeenTheNextDay) {
  june(12);
  on("2026-07-01T09:00");
  EXPECT_EQ(relay()["troubles"], json::array());
  EXPECT_NE(metrics().find("ishi_intake_attention 0"), std::string::npos) << metrics();
  EXPECT_NE(report().find("nothing is missing"), std::string::npos) << report();
  on("2026-07-01T18:00");
  EXPECT_EQ(relay()["troubles"], json({"late"}));
  on("2026-07-02T00:01");
  EXPECT_EQ(relay()["troubles"], json({"silent", "quiet"}));
  EXPECT_EQ(relay()["missed"], 1);
  EXPECT_EQ(relay()["last_day"], "2026-06-30");
  const std::string text = metrics();
  EXPECT_NE(text.find("ishi_intake_attention 1"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_intake_silent_sources 1"), std::string::npos) << text;
  EXPECT_NE(text.find("ishi_intake_missed{source=\"relay/options\"} 1"), std::string::npos) << text;
  EXPECT_NE(report().find("silent: 1 owed, nothing came"), std::string::npos) << report();
  EXPECT_TRUE(intake_report(ask().dump(), false)->attention);
}

TEST_F(Registry, ARelayThatGoesOnSendingEmptyBatchesIsSeenTheNextDay) {
  june(12);
  on("2026-07-01T10:00");
  ASSERT_EQ(send(0).status, 200);
  EXPECT_EQ(relay()["troubles"], json::array()) << "the day is not over";
  on("2026-07-02T00:01");
  EXPECT_EQ(relay()["troubles"], json({"quiet"}));
  EXPECT_EQ(
      relay()["quiet"],
      json({{{"kind", "objections"}, {"since", "2026-06-30"}, {"days", 1}, {"expected", 12.0}, {"too_many", true}}}));
  EXPECT_NE(metrics().find("ishi_intake_zero_volume_days{source=\"relay/options\"} 1"), std::string::npos) << metrics();
  EXPECT_NE(report().find("quiet: no objections since 2026-06-30, 1 days; about 12.0 lines"), std::string::npos)
      << report();
  for (int day = 2; day <= 9; ++day) {
    on("2026-07-0" + std::to_string(day) + "T10:00");
    ASSERT_EQ(send(0).status, 200);
  }
  EXPECT_EQ(relay()["zero_volume_days"], 8);
  ASSERT_EQ(send(70).status, 200);
  EXPECT_EQ(relay()["troubles"], json::array()) << "mended";
}

TEST_F(Registry, ABatchLostOnTheWayLeavesAGapUntilItComes) {
  june(2);
  on("2026-07-01T10:00");
  ++sequence;
  ASSERT_EQ(send(2).status, 200);
  EXPECT_EQ(relay()["troubles"], json({"gaps"}));
  EXPECT_EQ(relay()["gaps"], json({{{"from", 31}, {"to", 31}}}));
  EXPECT_NE(metrics().find("ishi_intake_gaps{source=\"relay/options\"} 1"), std::string::npos);
  EXPECT_NE(report().find("gaps: 1 numbers have not arrived: 31-31"), std::string::npos) << report();
  sequence = 30;
  ASSERT_EQ(send(2).status, 200);
  EXPECT_EQ(relay()["troubles"], json::array());
}

TEST_F(Registry, ACountThatDisagreesIsRememberedUntilTheBatchComesWhole) {
  june(2);
  on("2026-07-01T10:00");
  EXPECT_EQ(send(7, {{"Ishi-Source-Count", "10"}}).body["code"], "trailer_mismatch");
  EXPECT_EQ(relay()["troubles"], json({"disagreement"}));
  EXPECT_EQ(relay()["disagreements"][0]["announced"], 10);
  EXPECT_EQ(relay()["disagreements"][0]["arrived"], 7);
  EXPECT_EQ(relay()["disagreements"][0]["sequence"], 31);
  EXPECT_NE(metrics().find("ishi_intake_trailer_disagreements{source=\"relay/options\"} 1"), std::string::npos);
  EXPECT_NE(report().find("disagreement: objections number 31 announced 10 lines, 7 arrived"), std::string::npos)
      << report();
  sequence = 30;
  ASSERT_EQ(send(10, {{"Ishi-Source-Count", "10"}}).status, 200);
  EXPECT_EQ(relay()["troubles"], json::array());
}

TEST_F(Registry, RepeatsDuplicatesAndRefusalsAreCountedByDay) {
  on("2026-07-01T10:00");
  desk.post(kObjections, {{"token", token_text(1)}}, {{"Idempotency-Key", "k"}});
  desk.post(kObjections, {{"token", token_text(1)}}, {{"Idempotency-Key", "k"}});
  desk.post(kObjections, {{"token", "nonsense"}});
  send(1);
  sequence = 0;
  EXPECT_EQ(send(1).status, 409);
  const Principal ops{"ops", Role::kRegistryOps, {}, {}, {}};
  const json plain = ask(ops, "source", "relay").at("sources").at(0);
  EXPECT_EQ(plain["declared"], false);
  EXPECT_EQ(plain["days"][0]["batches"], 1);
  EXPECT_EQ(plain["days"][0]["repeated"], 1);
  EXPECT_EQ(plain["days"][0]["refused"], 1);
  EXPECT_EQ(ask(ops, "source", "relay/options").at("sources").at(0)["days"][0]["duplicates"], 1);
}

TEST_F(Registry, ADisagreementThatCannotBeNotedIsNotAnswered) {
  on("2026-07-01T10:00");
  struct Away final : IntakeBooks {
    Result<void> note(const IntakeNote&, Timestamp) override { return fail(ErrorKind::kUnavailable, "away", ""); }
    Result<std::map<std::string, IntakeRecord>> intake(CivilDate) const override {
      return fail(ErrorKind::kUnavailable, "away", "");
    }
  } away;
  Request request;
  request.headers = {{"Content-Type", "application/x-ndjson"}, {"Ishi-Source-Count", "3"}};
  EXPECT_EQ(Writes({desk.log, desk.status, desk.tokenizer, desk.clock, away})
                .handle(kObjections, request, desk.principal)
                .status,
            503);
  const IntakeHandler blind(away, desk.status, desk.clock);
  EXPECT_EQ(blind.handle(Request{}, desk.principal).status, 503);
  Metrics metrics;
  add_intake_gauges(metrics, blind);
  EXPECT_NE(metrics.text().find("ishi_intake_readable 0"), std::string::npos);
}

TEST_F(Registry, EverybodySeesTheirOwnAndWatchersSeeAll) {
  june(1);
  desk.principal = {"aoba-machine", Role::kHolderBatch, sample::kAoba, {}, {}};
  desk.book.callers["aoba-machine"] = {"aoba-machine", Role::kHolderBatch, "", sample::kAoba, "", "", {}};
  ASSERT_EQ(desk.post(kNotices, notice(1)).status, 200);
  const auto names = [&](const Principal& who) {
    json list = json::array();
    const json answer = ask(who);
    for (const json& source : answer.at("sources")) list.push_back(source.at("source"));
    return list;
  };
  const std::string prefecture = desk.book.institutions.at(sample::kAoba).prefecture;
  EXPECT_EQ(names({"ops", Role::kRegistryOps, {}, {}, {}}), json({"aoba-machine", "relay/options"}));
  EXPECT_EQ(names({"ppc", Role::kAuditorPpc, {}, {}, {}}), json({"aoba-machine", "relay/options"}));
  EXPECT_EQ(names({"aoba-machine", Role::kHolderBatch, sample::kAoba, {}, {}}), json({"aoba-machine"}));
  EXPECT_EQ(names({"aoba-admin", Role::kHolderAdmin, sample::kAoba, {}, {}}), json({"aoba-machine"}))
      << "the same house";
  EXPECT_EQ(names({"botan", Role::kHolderAdmin, sample::kBotan, {}, {}}), json::array());
  EXPECT_EQ(names({"relay2", Role::kCallAgent, {}, {}, {}}), json::array());
  Principal governor{"governor", Role::kAuditorGovernor, {}, {}, {}};
  governor.prefecture = prefecture;
  EXPECT_EQ(names(governor), json({"aoba-machine"}));
  governor.prefecture = "47";
  EXPECT_EQ(names(governor), json::array());
}

TEST_F(Registry, OnlyWhatNeedsAPersonMayBeAskedFor) {
  june(12);
  on("2026-06-30T20:00");
  ASSERT_EQ(desk.post(kObjections, {{"token", token_text(999)}}).status, 200);
  const Principal ops{"ops", Role::kRegistryOps, {}, {}, {}};
  EXPECT_EQ(ask(ops, "attention", "true")["sources"].size(), 0U);
  EXPECT_EQ(ask(ops, "attention", "true")["sources_count"], 2);
  on("2026-07-05T20:00");
  EXPECT_EQ(ask(ops, "attention", "true")["sources"].size(), 1U);
  EXPECT_EQ(ask(ops, "attention", "true")["attention_count"], 1);
  EXPECT_EQ(ask(ops, "attention", "maybe")["code"], "invalid_parameter");
}

TEST_F(Registry, MetricsNameAHundredSourcesAndSumUpTheRest) {
  for (int i = 0; i < 130; ++i) {
    ExpectedSource source;
    source.name = source.caller = "clinic-" + std::to_string(i);
    source.rhythm = Rhythm::kDaily;
    source.valid.from = CivilDate::of(2026, 6, 30);
    desk.book.sources[source.name] = source;
  }
  on("2026-07-01T12:00");
  const std::string text = metrics();
  EXPECT_NE(text.find("ishi_intake_attention 131"), std::string::npos);
  EXPECT_NE(text.find("ishi_intake_missed{source=\"(others)\"}"), std::string::npos);
  std::size_t named = 0;
  for (std::size_t at = 0; (at = text.find("ishi_intake_missed{", at)) != std::string::npos; ++at) ++named;
  EXPECT_EQ(named, 101U);
}

TEST(IntakeReport, WhatIsNoReportIsNotRead) {
  EXPECT_FALSE(intake_report("", false));
  EXPECT_FALSE(intake_report("{}", false));
  EXPECT_FALSE(intake_report("{\"attention_count\":1,\"sources\":[{}],\"sources_count\":1,\"as_of\":\"x\"}", true));
}

}  // namespace
}  // namespace ishi::api::testing
