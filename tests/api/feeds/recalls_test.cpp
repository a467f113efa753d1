#include "api/feeds/recalls.h"

#include <gtest/gtest.h>

#include "tests/api/feeds/listener.h"

namespace ishi::api::testing {
namespace {

nlohmann::json of(int person, nlohmann::json fields = nlohmann::json::object()) {
  fields["token"] = token_text(person);
  return fields;
}

class Recall : public ::testing::Test {
 protected:
  // A run of today, recorded as api/filter records it.
  void run(const std::string& batch, const std::string& caller = "sakura-machine",
           const std::string& recipient = sample::kSakura, const std::string& point = "F4",
           const std::string& regime = "NGMIA_ANON") {
    FilterRun run;
    run.filter_point = point;
    run.batch_id = batch;
    run.regime = regime;
    run.holder = sample::kAoba;
    run.recipient = recipient;
    run.categories = {"RECEIPT"};
    run.position = desk.log.head().value().position;
    run.as_of = run.evaluated_at = desk.clock.now();
    ASSERT_TRUE(desk.log.append({{run}, caller, {}, {}, {}}).has_value());
  }
  Heard ask(const Principal& who, const std::string& since = "0") {
    return heard(recalls.handle(feed_request(since), who));
  }

  Desk desk;
  Recalls recalls{desk.log, desk.status};
};

TEST_F(Recall, ListsAnObjectionThatARunCouldNotKnow) {  // T05
  desk.clock.set("2026-07-03T10:00:00+09:00");
  run("too-early");
  desk.clock.set("2026-07-05T10:00:00+09:00");
  run("in-the-gap");
  desk.clock.set("2026-07-09T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-07-03T15:00:00+09:00"}}));
  run("knew-it");
  const Heard got = ask(sakura());
  ASSERT_EQ(got.lines.size(), 1u) << got.text;
  const auto& line = got.lines[0];
  EXPECT_EQ(line.at("kind"), "late_objection");
  EXPECT_EQ(line.at("batch_id"), "in-the-gap");
  EXPECT_EQ(line.at("token"), token_text(1));
  EXPECT_EQ(line.at("position"), 3);
  EXPECT_EQ(line.at("run"), 1);
  EXPECT_EQ(line.at("accepted_at"), "2026-07-03T15:00:00.000000+09:00");
  EXPECT_TRUE(ask(sakura(), "3").lines.empty());
}

TEST_F(Recall, OfALinkageHearsOfAnObjectionUnderEitherLaw) {
  desk.clock.set("2026-07-05T10:00:00+09:00");
  run("alone", "sakura-machine", sample::kSakura, "F1", "PUBDB_NDB");
  run("joined", "sakura-machine", sample::kSakura, "F2:NGMIA_ANON", "PUBDB_NDB");
  desk.clock.set("2026-07-09T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-07-03T15:00:00+09:00"}, {"regimes", {"NGMIA_ANON"}}}));
  const Heard got = ask(sakura());
  ASSERT_EQ(got.lines.size(), 1u) << got.text;
  EXPECT_EQ(got.lines[0].at("batch_id"), "joined");
}

TEST_F(Recall, SaysNothingOfAnObjectionKnownAtOnce) {
  run("before");
  desk.clock.set("2026-07-02T10:00:00+09:00");
  desk.post(kObjections, of(1));
  EXPECT_TRUE(ask(sakura()).lines.empty());
}

TEST_F(Recall, SaysNothingWhereTheObjectionDoesNotReach) {
  run("before");
  desk.clock.set("2026-07-02T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-06-30"}, {"regimes", {"GENOME"}}}));
  desk.post(kObjections, of(2, {{"accepted_at", "2026-06-30"}, {"recipients", {sample::kUme}}}));
  desk.post(kObjections, of(3, {{"accepted_at", "2026-06-30"}, {"holders", {sample::kAoba}}}));
  const Heard got = ask(sakura());
  ASSERT_EQ(got.lines.size(), 1u);
  EXPECT_EQ(got.lines[0].at("token"), token_text(3));
}

TEST_F(Recall, IsForTheRunsOwner) {
  run("of-ume", "ume-machine", sample::kUme);
  desk.clock.set("2026-07-02T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-06-30"}}));
  EXPECT_TRUE(ask(sakura()).lines.empty());
  EXPECT_EQ(ask(hospital(sample::kAoba)).lines.size(), 1u) << "it was of this hospital's records";
  EXPECT_TRUE(ask(hospital(sample::kBotan)).lines.empty());
  EXPECT_EQ(ask(registry()).lines.size(), 1u);
}

TEST_F(Recall, ListsANewCardOfSomebodyWhoHadObjected) {  // T11
  desk.post(kObjections, of(1));
  desk.clock.set("2026-07-02T10:00:00+09:00");
  run("new-card-allowed");
  desk.clock.set("2026-07-20T10:00:00+09:00");
  desk.post(kLinks, of(1, {{"other_token", token_text(2)}}));
  const Heard got = ask(sakura());
  ASSERT_EQ(got.lines.size(), 1u) << got.text;
  EXPECT_EQ(got.lines[0].at("kind"), "late_link");
  EXPECT_EQ(got.lines[0].at("token"), token_text(2));
  desk.post(kUnlinks, of(1, {{"other_token", token_text(2)}}));
  EXPECT_TRUE(ask(sakura()).lines.empty()) << "the link was wrong, and with it the recall";
}

TEST_F(Recall, IgnoresWhatWasWithdrawnBeforeTheLink) {
  const auto receipt = desk.post(kObjections, of(1)).receipt();
  run("allowed");
  desk.clock.set("2026-07-02T10:00:00+09:00");
  desk.post(kWithdrawals, of(1, {{"objection", receipt}, {"birth_date", "1980-04-01"}}));
  desk.clock.set("2026-07-20T10:00:00+09:00");
  desk.post(kLinks, of(1, {{"other_token", token_text(2)}}));
  EXPECT_TRUE(ask(sakura()).lines.empty());
}

TEST_F(Recall, TheBookOfRunsKeepsSoManyAndReadsTheOthersAgain) {
  for (int i = 0; i < 50; ++i) run("run-" + std::to_string(i));
  RunBook book(desk.log, 10);
  const Position end = desk.log.head().value().position;
  for (int round = 0; round < 3; ++round) {
    const auto all = book.between(Position(), end);
    ASSERT_TRUE(all.has_value());
    ASSERT_EQ(all->size(), 50U) << "what was forgotten is read again";
    EXPECT_EQ(all->front().batch_id, "run-0");
    EXPECT_LE(book.runs_kept(), 10U);
    const auto last = book.between(Position(end.events() - 5), end);
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->size(), 5U);
    EXPECT_EQ(last->back().batch_id, "run-49");
  }
}

TEST_F(Recall, BatchNamesAreWrittenSafely) {
  run("a\"b\\c\n");
  desk.clock.set("2026-07-02T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-06-30"}}));
  EXPECT_EQ(ask(sakura()).lines.at(0).at("batch_id"), "a\"b\\c\n");
}

TEST_F(Recall, LooksFurtherBackWhenAnOlderObjectionArrives) {
  run("first");
  desk.clock.set("2026-07-10T10:00:00+09:00");
  run("second");
  desk.clock.set("2026-07-20T10:00:00+09:00");
  desk.post(kObjections, of(1, {{"accepted_at", "2026-07-09"}}));
  EXPECT_EQ(ask(sakura()).lines.size(), 1u);
  desk.post(kObjections, of(2, {{"accepted_at", "2026-06-01"}}));
  EXPECT_EQ(ask(sakura(), "3").lines.size(), 2u);
  EXPECT_EQ(ask(sakura()).lines.size(), 3u);
}

}  // namespace
}  // namespace ishi::api::testing
