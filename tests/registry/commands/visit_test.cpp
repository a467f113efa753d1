#include "registry/commands/visit.h"

#include "registry/commands/record_death.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct VisitTest : CommandTest {
  std::string say(int number, const VisitCommand& command) {
    return request([&](CommandBatch& batch) { return visit(context(), person(number), command, batch); });
  }
  static VisitCommand on(unsigned month, unsigned day) { return {sample::kAoba, CivilDate::of(2026, month, day)}; }
};

TEST_F(VisitTest, TheFirstOneInACampaignIsItsNotice) {
  EXPECT_EQ(say(1, on(6, 15)), "");
  EXPECT_EQ(event<NoticeGiven>(0), (NoticeGiven{token(1), sample::kAoba, "NGMIA_ANON", "anon-2024",
                                                NoticeMethod::kComposite, CivilDate::of(2026, 6, 15), "aoba-spring"}));
  EXPECT_EQ(say(1, on(6, 20)), "=no_effect");
}

TEST_F(VisitTest, R22AnEarlierOneThatIsReportedLaterBeginsTheNotice) {
  EXPECT_EQ(say(1, on(6, 15)), "");
  EXPECT_EQ(say(1, on(6, 10)), "");
  EXPECT_EQ(event<NoticeGiven>(1).date, CivilDate::of(2026, 6, 10));
  EXPECT_EQ(say(1, on(6, 12)), "=no_effect") << "the earliest is known";
  EXPECT_EQ(say(1, on(6, 10)), "=no_effect");
}

TEST_F(VisitTest, R22AnEarlierOneBeginsNothingWhereItIsDatedBackTooFar) {
  EXPECT_EQ(say(1, on(6, 15)), "");
  book.backdating_days_max = 20;
  EXPECT_EQ(say(1, on(6, 10)), "dated_back_too_far date");
  EXPECT_EQ(say(1, on(6, 16)), "=no_effect");
  actor.role = Role::kRegistryOps;
  EXPECT_EQ(say(1, on(6, 10)), "") << "the registry loads history";
}

TEST_F(VisitTest, R07UnderAnOldCodeItTellsForTheSuccessorOnlyAfterTheSuccessionOrIfTheChangeWasTold) {
  book.backdating_days_max = 100;
  actor.may_act_for = [](std::string_view) { return true; };
  for (const auto& [old_code, new_code] :
       {std::pair(sample::kDaichi, sample::kChidori), {sample::kHama, sample::kGinza}}) {
    Campaign campaign = book.campaigns.at("aoba-spring");
    campaign.id = std::string("of-") + new_code;
    campaign.holder = new_code;
    campaign.running.from = CivilDate::of(2026, 3, 1);
    book.campaigns[campaign.id] = campaign;
    ASSERT_EQ(book.institution_aliases.at(old_code).from, CivilDate::of(2026, 4, 1));
  }
  EXPECT_EQ(say(1, {sample::kHama, CivilDate::of(2026, 3, 31)}), "=no_effect") << "another hospital still";
  EXPECT_EQ(say(1, {sample::kHama, CivilDate::of(2026, 4, 1)}), "");
  EXPECT_EQ(say(2, {sample::kDaichi, CivilDate::of(2026, 3, 31)}), "") << "its patients were told of the change";
  EXPECT_EQ(say(3, {sample::kGinza, CivilDate::of(2026, 3, 31)}), "");
}

TEST_F(VisitTest, R07ACampaignOfTheOldCodeDoesNotTellWhoVisitedTheSuccessorBefore) {
  book.backdating_days_max = 100;
  actor.may_act_for = [](std::string_view) { return true; };
  Campaign& campaign = book.campaigns.at("aoba-spring");
  campaign.holder = sample::kDaichi;
  campaign.running.from = CivilDate::of(2026, 3, 1);
  EXPECT_EQ(say(1, {sample::kChidori, CivilDate::of(2026, 3, 31)}), "=no_effect");
  EXPECT_EQ(say(1, {sample::kChidori, CivilDate::of(2026, 4, 1)}), "");
}

TEST_F(VisitTest, EachRunningCampaignTells) {
  Campaign other = book.campaigns.at("aoba-spring");
  other.id = "aoba-pseudo";
  other.regime = "NGMIA_PSEUDO";
  other.template_id = "pseudo-2024";
  book.campaigns["aoba-pseudo"] = other;
  EXPECT_EQ(say(1, on(6, 15)), "");
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(VisitTest, OutsideACampaignLeavesNothingBehind) {
  EXPECT_EQ(say(1, on(3, 31)), "=no_effect");
  book.campaigns.at("aoba-spring").methods = {"POSTER"};
  EXPECT_EQ(say(1, on(6, 15)), "=no_effect") << "it does not tell enough";
  book = sample::book();
  book.templates.at("anon-2024").effective.to = CivilDate::of(2026, 6, 1);
  EXPECT_EQ(say(1, on(6, 15)), "=no_effect") << "its letter is out of use";
}

TEST_F(VisitTest, NamesWhatItNeeds) {
  EXPECT_EQ(say(1, {"", CivilDate::of(2026, 6, 1)}), "field_missing holder");
  EXPECT_EQ(say(1, {sample::kBotan, CivilDate::of(2026, 6, 1)}), "foreign_holder holder");
  EXPECT_EQ(say(1, {sample::kAoba, std::nullopt}), "field_missing date");
  EXPECT_EQ(say(1, on(7, 2)), "date_in_future date");
}

TEST_F(VisitTest, OfTheDeadIsRefused) {
  request([&](CommandBatch& batch) { return record_death(context(), person(1), {CivilDate::of(2026, 6, 3)}, batch); });
  EXPECT_EQ(say(1, on(6, 4)), "notice_after_death date");
  EXPECT_EQ(say(1, on(6, 3)), "");
}

TEST_F(VisitTest, TwiceInOneRequestIsOneNotice) {
  CommandBatch batch;
  EXPECT_EQ(verdict(visit(context(), person(1), on(6, 15), batch)), "");
  EXPECT_EQ(verdict(visit(context(), person(1), on(6, 16), batch)), "=no_effect");
  EXPECT_EQ(verdict(visit(context(), person(2), on(6, 16), batch)), "");
  EXPECT_EQ(batch.events.size(), 2U);
  EXPECT_EQ(verdict(visit(context(), person(1), on(6, 14), batch)), "") << "earlier, whatever comes first in a file";
  EXPECT_EQ(verdict(visit(context(), person(1), on(6, 15), batch)), "=no_effect");
}

}  // namespace
}  // namespace ishi
