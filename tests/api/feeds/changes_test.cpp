#include "api/feeds/changes.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/api/feeds/listener.h"

namespace ishi::api::testing {
namespace {

std::vector<std::string> kinds(const Heard& heard) {
  std::vector<std::string> names;
  for (const auto& line : heard.lines) names.push_back(line.at("kind"));
  return names;
}

nlohmann::json of(int person, nlohmann::json fields = nlohmann::json::object()) {
  fields["token"] = token_text(person);
  return fields;
}

TEST(Changes, AreMarkersInOrder) {
  Desk desk;
  desk.post(kNotices, notice(1));
  desk.post(kObjections, of(1));
  const Changes changes(desk.log, desk.status);
  const Heard got = heard(changes.handle(feed_request("0"), sakura()));
  ASSERT_EQ(got.lines.size(), 2u);
  EXPECT_EQ(got.lines[1], nlohmann::json({{"position", 2},
                                          {"registered_at", "2026-07-01T12:00:00.000000+09:00"},
                                          {"kind", "objection"},
                                          {"token", token_text(1)}}));
  EXPECT_EQ(got.position, 2u);
  EXPECT_FALSE(got.more);
  EXPECT_EQ(heard(changes.handle(feed_request("1"), sakura())).lines.size(), 1u);
  EXPECT_TRUE(heard(changes.handle(feed_request("2"), sakura())).lines.empty());
}

TEST(Changes, OfALinkNameBothTokens) {
  Desk desk;
  desk.post(kLinks, of(1, {{"other_token", token_text(2)}}));
  const Heard got = heard(Changes(desk.log, desk.status).handle(feed_request("0"), sakura()));
  ASSERT_EQ(got.lines.size(), 2u);
  EXPECT_EQ(got.lines[1].at("token"), token_text(2));
}

TEST(Changes, ComeInPages) {
  Desk desk;
  for (int i = 0; i < 7; ++i) desk.post(kObjections, of(i));
  FeedLimits limits;
  limits.lines_max = 3;
  const Changes changes(desk.log, desk.status, limits);
  std::vector<std::size_t> sizes;
  std::string since = "0";
  for (bool more = true; more;) {
    const Heard got = heard(changes.handle(feed_request(since), sakura()));
    sizes.push_back(got.lines.size());
    since = std::to_string(got.position);
    more = got.more;
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
}

TEST(Changes, AreReadInBoundedStretchesEvenWhenNothingIsVisible) {
  Desk desk;
  for (int i = 0; i < 7; ++i) desk.post(kNotices, notice(i));
  FeedLimits limits;
  limits.events_read_max = 1;
  const Heard got = heard(Changes(desk.log, desk.status, limits).handle(feed_request("0"), hospital(sample::kBotan)));
  EXPECT_TRUE(got.lines.empty());
  EXPECT_EQ(got.position, 7u);
}

TEST(Changes, ShowAHospitalOnlyWhatNamesItOrAll) {
  Desk desk;
  desk.post(kNotices, notice(1));
  const auto here = desk.post(kObjections, of(1, {{"holders", {sample::kAoba}}})).receipt();
  const auto everywhere = desk.post(kObjections, of(2)).receipt();
  desk.post(kWithdrawals, {of(1, {{"objection", here}, {"birth_date", "1980-04-01"}}),
                           of(2, {{"objection", everywhere}, {"birth_date", "1980-04-01"}})});
  desk.post(kDeaths, of(3, {{"date", "2026-06-01"}}));
  const Changes changes(desk.log, desk.status);
  EXPECT_EQ(kinds(heard(changes.handle(feed_request("0"), hospital(sample::kAoba)))).size(), 6u);
  const Heard other = heard(changes.handle(feed_request("0"), hospital(sample::kBotan)));
  EXPECT_EQ(kinds(other), (std::vector<std::string>{"objection", "withdrawal", "death"}));
  EXPECT_EQ(other.text.find(token_text(1)), std::string::npos);
}

TEST(Changes, ShowAnOperatorOnlyWhatNamesItOrAll) {
  Desk desk;
  desk.post(kObjections, {of(1, {{"recipients", {sample::kUme}}}), of(2, {{"recipients", {sample::kKiku}}}), of(3)});
  const Heard got = heard(Changes(desk.log, desk.status).handle(feed_request("0"), sakura()));
  ASSERT_EQ(got.lines.size(), 2u);
  EXPECT_EQ(got.lines[0].at("token"), token_text(2)) << "the old code of the same operator";
}

TEST(Changes, NeverShowWeakFormsOrRuns) {
  Desk desk;
  desk.post(kObjections, {{"id", id_text(1)}});
  ASSERT_TRUE(desk.log.append({{FilterRun{}}, "x", {}, {}, {}}).has_value());
  const Heard got = heard(Changes(desk.log, desk.status).handle(feed_request("0"), registry()));
  EXPECT_EQ(kinds(got), std::vector<std::string>{"objection"});
  EXPECT_EQ(got.position, 4u);
}

TEST(Changes, AreNothingForThePublic) {
  Desk desk;
  desk.post(kObjections, of(1));
  EXPECT_TRUE(heard(Changes(desk.log, desk.status).handle(feed_request("0"), Principal{})).lines.empty());
}

TEST(Changes, RefuseWhatTheyCannotRead) {
  Desk desk;
  const Changes changes(desk.log, desk.status);
  for (const Request& request : {Request(), feed_request("x"), feed_request("-1"), feed_request("1"),
                                 feed_request("0", "31"), feed_request("0", "soon")}) {
    EXPECT_EQ(changes.handle(request, sakura()).status, 400);
  }
}

TEST(Changes, AreWaitedFor) {
  Desk desk;
  const Changes changes(desk.log, desk.status);
  Heard got;
  std::thread listener([&] { got = heard(changes.handle(feed_request("0", "30"), sakura())); });
  ASSERT_TRUE(desk.log.append({{DeathRecorded{token(1), CivilDate::of(2026, 6, 1)}}, "x", {}, {}, {}}).has_value());
  listener.join();
  EXPECT_EQ(kinds(got), std::vector<std::string>{"death"});
}

TEST(Changes, WaitingGoesOnPastWhatIsNotVisible) {
  Desk desk;
  const Changes changes(desk.log, desk.status);
  Heard got;
  std::thread listener([&] { got = heard(changes.handle(feed_request("0", "30"), hospital(sample::kBotan))); });
  const NoticeGiven elsewhere{
      token(1), sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kHanded, CivilDate::of(2026, 6, 1), ""};
  ASSERT_TRUE(desk.log.append({{elsewhere}, "x", {}, {}, {}}).has_value());
  ASSERT_TRUE(desk.log.append({{DeathRecorded{token(2), CivilDate::of(2026, 6, 1)}}, "x", {}, {}, {}}).has_value());
  listener.join();
  ASSERT_EQ(got.lines.size(), 1u);
  EXPECT_EQ(got.lines[0].at("token"), token_text(2));
}

TEST(Changes, NothingNewIsWaitedForAsLongAsAsked) {
  Desk desk;
  const Changes changes(desk.log, desk.status);
  const auto began = std::chrono::steady_clock::now();
  const Heard got = heard(changes.handle(feed_request("0", "1"), sakura()));
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(got.status, 200) << got.text;
  EXPECT_TRUE(got.lines.empty());
  EXPECT_GE(took, std::chrono::milliseconds(990)) << "it comes back at once, and every poller spins";
}

TEST(Changes, AStoppingServerLetsNobodyWait) {
  Desk desk;
  Changes changes(desk.log, desk.status);
  const auto began = std::chrono::steady_clock::now();
  std::thread listener([&] { EXPECT_EQ(heard(changes.handle(feed_request("0", "30"), sakura())).status, 200); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  changes.stop();
  listener.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST(Changes, WithoutASeatOneIsAnsweredAtOnce) {
  Desk desk;
  FeedLimits limits;
  limits.waiting_max = 0;
  const Heard got = heard(Changes(desk.log, desk.status, limits).handle(feed_request("0", "30"), sakura()));
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(got.lines.empty());
}

}  // namespace
}  // namespace ishi::api::testing
