#include "registry/commands/tell.h"

#include <type_traits>

#include "registry/commands/link.h"
#include "registry/commands/record_death.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct TellTest : CommandTest {
  const TellCommand handed{
      sample::kAoba, "NGMIA_ANON", NoticeMethod::kHanded, CivilDate::of(2026, 6, 1), "anon-2024", ""};
  const TellCommand composite{sample::kAoba, "NGMIA_ANON", NoticeMethod::kComposite, CivilDate::of(2026, 6, 1), "",
                              "aoba-spring"};

  std::string say(int number, const TellCommand& command) {
    return request([&](CommandBatch& batch) { return tell(context(), person(number), command, batch); });
  }
  std::string void_it(int number, const VoidNoticeCommand& command) {
    return request([&](CommandBatch& batch) { return void_notice(context(), person(number), command, batch); });
  }
  template <typename Value>
  static TellCommand with(TellCommand command, Value TellCommand::*field, std::type_identity_t<Value> value) {
    command.*field = value;
    return command;
  }
};

TEST_F(TellTest, IsRecordedAsGiven) {
  EXPECT_EQ(say(1, handed), "");
  EXPECT_EQ(event<NoticeGiven>(0), (NoticeGiven{token(1), sample::kAoba, "NGMIA_ANON", "anon-2024",
                                                NoticeMethod::kHanded, CivilDate::of(2026, 6, 1), ""}));
}

TEST_F(TellTest, ALetterByPostCountsFromItsArrival) {
  EXPECT_EQ(say(1, with(handed, &TellCommand::method, NoticeMethod::kPosted)), "");
  EXPECT_EQ(event<NoticeGiven>(0).date, CivilDate::of(2026, 6, 1).plus_days(book.mail_delivery_days));
}

TEST_F(TellTest, NamesWhatItNeeds) {
  EXPECT_EQ(say(1, with(handed, &TellCommand::holder, "")), "field_missing holder");
  EXPECT_EQ(say(1, with(handed, &TellCommand::regime, "")), "field_missing regime");
  EXPECT_EQ(say(1, with(handed, &TellCommand::date, std::nullopt)), "field_missing date");
  EXPECT_EQ(say(1, with(handed, &TellCommand::method, std::nullopt)), "field_missing method");
  EXPECT_EQ(say(1, with(handed, &TellCommand::template_id, "")), "field_missing template");
  EXPECT_EQ(say(1, with(handed, &TellCommand::regime, "X")), "unknown_regime regime");
  EXPECT_EQ(say(1, with(handed, &TellCommand::date, CivilDate::of(2026, 7, 2))), "date_in_future date");
}

TEST_F(TellTest, IsOfAnInstitutionForWhichTheActorActs) {
  EXPECT_EQ(say(1, with(handed, &TellCommand::holder, sample::kBotan)), "foreign_holder holder");
  EXPECT_EQ(say(1, with(handed, &TellCommand::holder, "0000000000")), "unknown_holder holder");
  actor.may_act_for = nullptr;
  EXPECT_EQ(say(1, handed), "foreign_holder holder") << "an actor of whom nothing is known acts for nobody";
}

// Where any notice counts for every holder, the state tells once for all (LAW.md 2.11).
TEST_F(TellTest, TheStateTellsForAllAndNamesNoHolder) {
  const TellCommand for_all = with(handed, &TellCommand::holder, "");
  actor = {Role::kRegistryOps, [](std::string_view) { return true; }, "registry-1", "", "", true};
  EXPECT_EQ(say(1, for_all), "field_missing holder") << "under this regime each holder tells its own patients";
  book.regimes.at("NGMIA_ANON").notice_portable = true;
  EXPECT_EQ(say(1, for_all), "");
  EXPECT_EQ(event<NoticeGiven>(0).holder, "");
  EXPECT_EQ(say(1, for_all), "=already_recorded");
  EXPECT_EQ(say(2, with(for_all, &TellCommand::template_id, "anon-aoba")), "template_holder template");
  EXPECT_EQ(say(2, with(composite, &TellCommand::holder, "")), "campaign_mismatch campaign");
  book.profile.notice_writers = {"HOLDER"};
  EXPECT_EQ(say(2, for_all), "closed_by_option holder");
  EXPECT_EQ(say(2, handed), "") << "what a hospital reported is taken in";
  EXPECT_EQ(void_it(1, {"", "NGMIA_ANON", handed.date}), "") << "it did not arrive, whatever the option says now";
  EXPECT_TRUE(people.find(token(1))->notices.empty());
}

TEST_F(TellTest, AHospitalTellsForItselfAndAMunicipalityForAllIfItIsListed) {
  book.regimes.at("NGMIA_ANON").notice_portable = true;
  const TellCommand for_all = with(handed, &TellCommand::holder, "");
  EXPECT_EQ(say(1, for_all), "field_missing holder");
  EXPECT_EQ(void_it(1, {"", "NGMIA_ANON", handed.date}), "field_missing holder");
  actor = {Role::kDeskClerkMunicipal, {}, "city-1", "", "", true};
  EXPECT_EQ(say(1, for_all), "");
  book.profile.notice_writers = {"STATE", "HOLDER"};
  EXPECT_EQ(say(2, for_all), "closed_by_option holder");
}

TEST_F(TellTest, AsksForAnInstitutionOnceInARow) {
  int asked = 0;
  actor.may_act_for = [&](std::string_view institution) {
    ++asked;
    return institution == sample::kAoba;
  };
  const TellCommand foreign = with(handed, &TellCommand::holder, sample::kBotan);
  CommandBatch batch;
  for (const TellCommand* command : {&handed, &handed, &foreign, &foreign, &handed}) {
    const bool own = command == &handed;
    EXPECT_EQ(verdict(tell(context(), person(1), *command, batch)), own ? "" : "foreign_holder holder");
  }
  EXPECT_EQ(asked, 3);
}

TEST_F(TellTest, UsesALetterThatFits) {
  EXPECT_EQ(say(1, with(handed, &TellCommand::template_id, "anon-1999")), "unknown_template template");
  EXPECT_EQ(say(1, with(handed, &TellCommand::template_id, "pseudo-2024")), "template_regime template");
  EXPECT_EQ(say(1, with(handed, &TellCommand::template_id, "anon-2018")), "template_date template");
  EXPECT_EQ(say(1, with(handed, &TellCommand::template_id, "anon-aoba")), "");
  actor.may_act_for = [](std::string_view) { return true; };
  TellCommand elsewhere = with(handed, &TellCommand::template_id, "anon-aoba");
  elsewhere.holder = sample::kBotan;
  EXPECT_EQ(say(1, elsewhere), "template_holder template");
}

TEST_F(TellTest, PublicationAloneTellsNobody) {  // LAW.md 2.6
  EXPECT_EQ(say(1, with(handed, &TellCommand::method, NoticeMethod::kPublicOnly)), "public_only_is_no_notice method");
}

TEST_F(TellTest, OfACampaignHasOneThatFitsAndItsLetter) {
  EXPECT_EQ(say(1, composite), "");
  EXPECT_EQ(event<NoticeGiven>(0).template_id, "anon-2024");
  EXPECT_EQ(event<NoticeGiven>(0).campaign_id, "aoba-spring");
  EXPECT_EQ(say(1, with(composite, &TellCommand::campaign, "nobody")), "unknown_campaign campaign");
  EXPECT_EQ(say(1, with(composite, &TellCommand::campaign, "")), "unknown_campaign campaign");
  EXPECT_EQ(say(1, with(composite, &TellCommand::template_id, "anon-aoba")), "campaign_mismatch template");
  EXPECT_EQ(say(1, with(composite, &TellCommand::regime, "NGMIA_PSEUDO")), "campaign_mismatch campaign");
  EXPECT_EQ(say(1, with(composite, &TellCommand::date, CivilDate::of(2026, 3, 31))), "campaign_not_running date");
  EXPECT_EQ(say(1, with(handed, &TellCommand::campaign, "aoba-spring")), "campaign_only_composite campaign");
  book.campaigns.at("aoba-spring").methods = {"POSTER"};
  EXPECT_EQ(say(1, composite), "campaign_methods campaign");
}

TEST_F(TellTest, TheDeadCannotBeTold) {  // T29
  EXPECT_EQ(request([&](CommandBatch& batch) {
              return record_death(context(), person(1), {CivilDate::of(2026, 6, 3)}, batch);
            }),
            "");
  EXPECT_EQ(say(1, with(handed, &TellCommand::date, CivilDate::of(2026, 6, 4))), "notice_after_death date");
  EXPECT_EQ(say(1, with(handed, &TellCommand::method, NoticeMethod::kPosted)), "notice_after_death date")
      << "the letter arrived too late";
  EXPECT_EQ(say(1, with(handed, &TellCommand::date, CivilDate::of(2026, 6, 3))), "");
}

TEST_F(TellTest, TwiceIsRecordedOnceUnlessTheTokensMayPart) {
  EXPECT_EQ(say(1, handed), "");
  EXPECT_EQ(say(1, handed), "=already_recorded");
  request([&](CommandBatch& batch) { return link(context(), person(1), person(2), LinkCommand{}, batch); });
  EXPECT_EQ(say(2, handed), "");
}

TEST_F(TellTest, AVoidNoticeIsNamedByItsDayOfPostOrItsLegalDay) {  // T35
  const VoidNoticeCommand returned{sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 1)};
  EXPECT_EQ(void_it(1, returned), "notice_not_found");
  say(1, with(handed, &TellCommand::method, NoticeMethod::kPosted));
  EXPECT_EQ(void_it(1, {sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 2)}), "notice_not_found");
  EXPECT_EQ(void_it(1, {sample::kAoba, "NGMIA_PSEUDO", CivilDate::of(2026, 6, 1)}), "notice_not_found");
  EXPECT_EQ(void_it(1, returned), "");
  EXPECT_EQ(event<NoticeVoided>(1), (NoticeVoided{token(1), sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 6),
                                                  VoidedLetter{NoticeMethod::kPosted, "anon-2024"}}));
  EXPECT_EQ(void_it(1, returned), "notice_not_found");
  say(1, with(handed, &TellCommand::method, NoticeMethod::kPosted));
  EXPECT_EQ(void_it(1, {sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 6)}), "");
}

TEST_F(TellTest, AVoidNoticeIsVoidOnEveryCard) {
  say(1, handed);
  request([&](CommandBatch& batch) { return link(context(), person(1), person(2), LinkCommand{}, batch); });
  EXPECT_EQ(void_it(2, {sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 1)}), "");
  EXPECT_EQ(event<NoticeVoided>(2).token, token(1)) << "on the card on which it stands";
  EXPECT_TRUE(people.find(token(1))->notices.empty());
}

TEST_F(TellTest, AVoidNoticeNamesWhatItNeeds) {
  EXPECT_EQ(void_it(1, {"", "NGMIA_ANON", CivilDate::of(2026, 6, 1)}), "field_missing holder");
  EXPECT_EQ(void_it(1, {sample::kBotan, "NGMIA_ANON", CivilDate::of(2026, 6, 1)}), "foreign_holder holder");
  EXPECT_EQ(void_it(1, {sample::kAoba, "X", CivilDate::of(2026, 6, 1)}), "unknown_regime regime");
  EXPECT_EQ(void_it(1, {sample::kAoba, "NGMIA_ANON", std::nullopt}), "field_missing date");
  EXPECT_EQ(void_it(1, {sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 7, 2)}), "date_in_future date");
}

TEST_F(TellTest, WhatShowsItIsKeptWithTheDayOfPosting) {
  NoticeDetails seen;
  seen.evidence = NoticeEvidence::kPostingList;
  seen.reference = "L-7";
  seen.language = "ja-Hira";
  TellCommand posted = with(handed, &TellCommand::method, NoticeMethod::kPosted);
  posted.details = seen;
  EXPECT_EQ(say(1, posted), "");
  seen.posted_on = CivilDate::of(2026, 6, 1);
  EXPECT_EQ(event<NoticeGiven>(0).details, seen);
  seen.posted_on.reset();
  seen.evidence = NoticeEvidence::kStaff;
  seen.staff = token(90);
  EXPECT_EQ(say(2, with(handed, &TellCommand::details, seen)), "");
  EXPECT_EQ(event<NoticeGiven>(1).details, seen) << "what was handed over was not posted";
  seen.language = "日本語";
  EXPECT_EQ(say(3, with(handed, &TellCommand::details, seen)), "value_format language");
  seen.language = std::string(kLanguageBytesMax + 1, 'a');
  EXPECT_EQ(say(3, with(handed, &TellCommand::details, seen)), "value_format language");
  seen.language = "en";
  seen.reference = std::string(kFactIdBytesMax + 1, 'x');
  EXPECT_EQ(say(3, with(handed, &TellCommand::details, seen)), "value_format notice_reference");
}

TEST_F(TellTest, AVoidKeepsItsReason) {
  say(1, handed);
  VoidNoticeCommand returned{sample::kAoba, "NGMIA_ANON", CivilDate::of(2026, 6, 1)};
  returned.reason = VoidReason::kReturnedMail;
  EXPECT_EQ(void_it(1, returned), "");
  EXPECT_EQ(event<NoticeVoided>(1).reason, VoidReason::kReturnedMail);
  EXPECT_TRUE(people.find(token(1))->notices.empty());
}

}  // namespace
}  // namespace ishi
