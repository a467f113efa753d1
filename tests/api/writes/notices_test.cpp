#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

nlohmann::json changed(nlohmann::json line, const std::string& name, const nlohmann::json& value) {
  line[name] = value;
  return line;
}
std::string verdict(Desk& desk, const nlohmann::json& line) {
  const Answered answered = desk.post(kNotices, line);
  return answered.code() + (answered.field().empty() ? "" : " " + answered.field());
}

TEST(Notice, IsRecordedAsGiven) {
  Desk desk;
  desk.post(kNotices, notice(1));
  EXPECT_EQ(desk.event<NoticeGiven>(0), (NoticeGiven{token(1), sample::kAoba, "NGMIA_ANON", "anon-2024",
                                                     NoticeMethod::kHanded, CivilDate::of(2026, 6, 1), ""}));
  EXPECT_EQ(desk.events()[0].event.caller, "aoba-machine");
}

TEST(Notice, ByPostCountsFromItsArrival) {
  Desk desk;
  desk.post(kNotices, changed(notice(1), "method", "N2"));
  EXPECT_EQ(desk.event<NoticeGiven>(0).date, CivilDate::of(2026, 6, 6));
  EXPECT_EQ(desk.post(kNotices, changed(notice(2, "2026-07-01"), "method", "N2")).status, 200) << "posted today";
}

TEST(Notice, MustBeOfAHolderThatTheCallerMayActFor) {
  Desk desk;
  EXPECT_EQ(verdict(desk, changed(notice(1), "holder", sample::kBotan)), "foreign_holder holder");
  EXPECT_EQ(verdict(desk, changed(notice(1), "holder", "0000000000")), "unknown_holder holder");
  desk.principal.role = Role::kRegistryOps;
  desk.principal.holder.clear();
  EXPECT_EQ(verdict(desk, changed(notice(1), "holder", sample::kBotan)), "");
}

TEST(Notice, MustUseALetterThatFits) {
  Desk desk;
  EXPECT_EQ(verdict(desk, changed(notice(1), "template", "anon-1999")), "unknown_template template");
  EXPECT_EQ(verdict(desk, changed(notice(1), "template", "pseudo-2024")), "template_regime template");
  EXPECT_EQ(verdict(desk, changed(notice(1), "template", "anon-2018")), "template_date template");
  EXPECT_EQ(verdict(desk, changed(notice(1), "template", "anon-aoba")), "");
  desk.principal.holder = sample::kBotan;
  EXPECT_EQ(verdict(desk, changed(changed(notice(1), "template", "anon-aoba"), "holder", sample::kBotan)),
            "template_holder template");
}

TEST(Notice, ByPublicationAloneIsNone) {
  Desk desk;
  EXPECT_EQ(verdict(desk, changed(notice(1), "method", "PUBLIC_ONLY")), "public_only_is_no_notice method");
}

TEST(Notice, CannotComeFromTheFuture) {
  Desk desk;
  EXPECT_EQ(verdict(desk, notice(1, "2026-07-02")), "date_in_future date");
  EXPECT_EQ(verdict(desk, notice(1, "2026-07-01")), "");
  desk.clock.set("2026-07-01T23:59:59+09:00");
  EXPECT_EQ(verdict(desk, notice(2, "2026-07-02")), "date_in_future date") << "days are counted in Japan";
  desk.clock.set("2026-07-02T00:00:00+09:00");
  EXPECT_EQ(verdict(desk, notice(2, "2026-07-02")), "");
}

TEST(Notice, AfterDeathIsRefused) {  // T29
  Desk desk;
  desk.post(kDeaths, {{"token", token_text(1)}, {"date", "2026-06-03"}});
  EXPECT_EQ(verdict(desk, notice(1, "2026-06-04")), "notice_after_death date");
  EXPECT_EQ(verdict(desk, notice(1, "2026-06-03")), "");
  EXPECT_EQ(verdict(desk, changed(notice(1, "2026-06-01"), "method", "N2")), "notice_after_death date")
      << "the letter arrived too late";
}

TEST(Notice, OfACampaignNeedsOneThatTellsEnough) {
  Desk desk;
  nlohmann::json line = changed(changed(notice(1), "method", "N5"), "campaign", "aoba-spring");
  EXPECT_EQ(verdict(desk, line), "");
  EXPECT_EQ(desk.event<NoticeGiven>(0).campaign_id, "aoba-spring");
  EXPECT_EQ(verdict(desk, changed(line, "campaign", "nobody")), "unknown_campaign campaign");
  EXPECT_EQ(verdict(desk, changed(line, "campaign", nullptr)), "unknown_campaign campaign");
  EXPECT_EQ(verdict(desk, changed(line, "template", "anon-aoba")), "campaign_mismatch template");
  EXPECT_EQ(verdict(desk, changed(line, "regime", "NGMIA_PSEUDO")), "campaign_mismatch campaign");
  EXPECT_EQ(verdict(desk, changed(line, "date", "2026-03-31")), "campaign_not_running date");
  EXPECT_EQ(verdict(desk, changed(line, "method", "N1")), "campaign_only_composite campaign");
  desk.book.campaigns["aoba-spring"].methods = {"POSTER"};
  EXPECT_EQ(verdict(desk, line), "campaign_methods campaign");
}

TEST(Notice, SentTwiceIsRecordedOnce) {
  Desk desk;
  desk.post(kNotices, notice(1));
  const Answered again = desk.post(kNotices, notice(1));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.line(0)["status"], "accepted");
  EXPECT_EQ(again.code(), "already_recorded");
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST(VoidNotice, TakesBackWhatWasNeverReceived) {  // T35
  Desk desk;
  desk.post(kNotices, {changed(notice(1), "method", "N2"), notice(1)});
  const nlohmann::json returned = {{"token", token_text(1)}, {"holder", sample::kAoba}, {"regime", "NGMIA_ANON"},
                                   {"date", "2026-06-01"},   {"method", "N2"},          {"void", true}};
  EXPECT_EQ(verdict(desk, returned), "");
  ASSERT_EQ(desk.person(token(1))->notices.size(), 1u);
  nlohmann::json wrong_person = changed(notice(1), "void", "true");
  wrong_person.erase("template");
  EXPECT_EQ(verdict(desk, wrong_person), "");
  EXPECT_TRUE(desk.person(token(1))->notices.empty());
  EXPECT_EQ(verdict(desk, wrong_person), "notice_not_found");
  EXPECT_EQ(verdict(desk, changed(wrong_person, "token", token_text(2))), "notice_not_found");
}

TEST(VoidNotice, FindsTheNoticeOnAnOldCard) {
  Desk desk;
  desk.post(kNotices, notice(1));
  desk.post(kLinks, {{"token", token_text(1)}, {"other_token", token_text(2)}});
  EXPECT_EQ(verdict(desk, changed(notice(2), "void", true)), "");
  EXPECT_TRUE(desk.person(token(1))->notices.empty());
}

nlohmann::json visit(int person, std::string_view date = "2026-06-15") {
  return {{"token", token_text(person)}, {"holder", sample::kAoba}, {"date", date}};
}

TEST(Visit, TheFirstOneInACampaignIsItsNotice) {
  Desk desk;
  EXPECT_EQ(desk.post(kVisits, visit(1)).receipt(), 0u);
  EXPECT_EQ(desk.event<NoticeGiven>(0),
            (NoticeGiven{token(1), sample::kAoba, "NGMIA_ANON", "anon-2024", NoticeMethod::kComposite,
                         CivilDate::of(2026, 6, 15), "aoba-spring"}));
  for (const char* date : {"2026-06-15", "2026-06-20"}) {
    const Answered again = desk.post(kVisits, visit(1, date));
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.code(), "no_effect");
  }
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST(Visit, AnEarlierOneThatIsReportedLateIsWhenTheNoticeBegan) {  // R22
  Desk desk;
  EXPECT_EQ(desk.post(kVisits, visit(1, "2026-06-15")).status, 200);
  EXPECT_EQ(desk.post(kVisits, visit(1, "2026-06-10")).code(), "");
  EXPECT_EQ(desk.event<NoticeGiven>(1).date, CivilDate::of(2026, 6, 10));
  EXPECT_EQ(desk.post(kVisits, visit(1, "2026-06-12")).code(), "no_effect");
  EXPECT_EQ(desk.event_count(), 2u);
}

TEST(Visit, TwiceInOneFileIsOneNotice) {
  Desk desk;
  const Answered answered = desk.post(kVisits, {visit(1), visit(1, "2026-06-16"), visit(2)});
  EXPECT_EQ(answered.code(1), "no_effect");
  EXPECT_EQ(desk.event_count(), 2u);
}

TEST(Visit, OutsideACampaignLeavesNothingBehind) {
  Desk desk;
  nlohmann::json by_id = visit(1, "2026-03-31");
  by_id.erase("token");
  by_id["id"] = id_text(1);
  const Answered answered = desk.post(kVisits, by_id);
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.code(), "no_effect");
  EXPECT_EQ(desk.event_count(), 0u) << "not even the identity";
  desk.book.campaigns["aoba-spring"].methods = {"POSTER"};
  EXPECT_EQ(desk.post(kVisits, visit(1)).code(), "no_effect");
}

TEST(Visit, OfTheDeadIsRefused) {
  Desk desk;
  desk.post(kDeaths, {{"token", token_text(1)}, {"date", "2026-06-03"}});
  EXPECT_EQ(desk.post(kVisits, visit(1)).code(), "notice_after_death");
}

}  // namespace
}  // namespace ishi::api::testing
