// Objections, their withdrawal, and consents.
#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

nlohmann::json of(int person, nlohmann::json fields = nlohmann::json::object()) {
  fields["token"] = token_text(person);
  return fields;
}
// Who may take something back depends on the person's age.
nlohmann::json back(int person, nlohmann::json fields) {
  fields["birth_date"] = "1980-04-01";
  return of(person, std::move(fields));
}
std::string verdict(Desk& desk, const WriteKind& kind, const nlohmann::json& line) {
  const Answered answered = desk.post(kind, line);
  return answered.code() + (answered.field().empty() ? "" : " " + answered.field());
}

TEST(Objection, OfAnUnknownPersonToEverythingIsAccepted) {
  Desk desk;
  EXPECT_EQ(desk.post(kObjections, of(1)).receipt(), 0u);
  const auto objection = desk.event<Objection>(0);
  EXPECT_EQ(objection.token, token(1));
  EXPECT_EQ(objection.scope, Scope());
  EXPECT_EQ(objection.requester, RequesterKind::kSelf);
  EXPECT_EQ(objection.accepted_at, desk.clock.now());
  EXPECT_EQ(objection.channel, Channel::kCounterPaper);
}

TEST(Objection, KeepsItsLimits) {
  Desk desk;
  desk.post(kObjections, of(1, {{"regimes", {"NGMIA_ANON", "NGMIA_PSEUDO"}},
                                {"holders", sample::kAoba},
                                {"recipients", {sample::kSakura}},
                                {"categories", {"IMAGE", "IMAGE"}},
                                {"purposes", "ALL"},
                                {"record_from", "2020-04-01"},
                                {"record_to", "2021-03-31"},
                                {"past_data", "STOP_AND_ERASE"},
                                {"channel", "PHONE"},
                                {"accepted_at", "2026-06-20"}}));
  const auto objection = desk.event<Objection>(0);
  EXPECT_EQ(objection.scope.regimes, (std::vector<std::string>{"NGMIA_ANON", "NGMIA_PSEUDO"}));
  EXPECT_EQ(objection.scope.holders, std::vector<std::string>{sample::kAoba});
  EXPECT_EQ(objection.scope.categories, std::vector<std::string>{"IMAGE"});
  EXPECT_TRUE(objection.scope.purposes.empty());
  EXPECT_EQ(objection.scope.record_to, CivilDate::of(2021, 3, 31));
  EXPECT_EQ(objection.past_data, PastData::kStopAndErase);
  EXPECT_EQ(objection.channel, Channel::kPhone);
  EXPECT_EQ(to_iso(objection.accepted_at), "2026-06-20T00:00:00.000000+09:00");
}

TEST(Objection, R25_ListsInCsvAreSeparatedBySemicolonsOrCommas) {
  Desk desk;
  const Answered answered = desk.post_text(
      kObjections, "token,regimes,categories\n" + token_text(1) + ",NGMIA_ANON; GENOME,ALL\n", "text/csv");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(desk.event<Objection>(0).scope.regimes, (std::vector<std::string>{"NGMIA_ANON", "GENOME"}));
  desk.post_text(kObjections, "token,regimes\n" + token_text(2) + ",\"NGMIA_ANON, GENOME;NGMIA_PSEUDO\"\n", "text/csv");
  EXPECT_EQ(desk.event<Objection>(1).scope.regimes, (std::vector<std::string>{"NGMIA_ANON", "GENOME", "NGMIA_PSEUDO"}));
}

TEST(Objection, R33_TheSameAgainGetsTheNumberOfTheStandingOne) {
  Desk desk;
  desk.post(kNotices, notice(9));
  const Answered first = desk.post(kObjections, of(1));
  const Answered again = desk.post(kObjections, of(1), {{"Idempotency-Key", "k"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.line(0)["status"], "accepted");
  EXPECT_EQ(again.code(), "already_objected");
  EXPECT_EQ(again.receipt(), first.receipt());
  EXPECT_EQ(again.receipts, std::to_string(first.receipt()));
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(desk.event_count(), 2u);
  EXPECT_EQ(desk.post(kObjections, of(1), {{"Idempotency-Key", "k"}}).receipt(), first.receipt())
      << "and when repeated";
}

TEST(Objection, R33_TheSameAgainStillBringsTheWrittenForms) {
  Desk desk;
  const std::string token = desk.tokenizer.exact(parse_insurance_line(id_text(5)).value()).reveal_hex();
  desk.post(kObjections, {{"token", token}});
  EXPECT_EQ(desk.post(kObjections, {{"id", id_text(5)}}).code(), "already_objected");
  ASSERT_EQ(desk.event_count(), 3u) << "its own and its household's card's";
  EXPECT_EQ(desk.event<TokenIdentity>(1).exact.reveal_hex(), token);
  EXPECT_EQ(desk.event<TokenIdentity>(2).level, TokenLevel::kLoose);
  desk.post(kObjections, {{"id", id_text(5)}});
  EXPECT_EQ(desk.event_count(), 3u) << "once";
}

// A notice writes no kin down; an objection must be found by them all the same (R10, R12).
TEST(Objection, R33_TheSameAgainBringsTheKinThatANoticeLeftOut) {
  for (const char* card : {"138016:千-12:0012345:01", "138016:千-12:0012345:"}) {
    Desk desk;
    nlohmann::json row = notice(0);
    row.erase("token");
    row["id"] = card;
    ASSERT_EQ(desk.post(kNotices, row).status, 200);
    const Token own = desk.event<TokenIdentity>(0).exact;
    ASSERT_EQ(desk.post(kObjections, {{"token", own.reveal_hex()}}).status, 200);
    ASSERT_EQ(desk.event_count(), 3u);
    EXPECT_EQ(desk.post(kObjections, {{"id", card}}).code(), "already_objected");
    const auto with_kin = desk.event_count();
    EXPECT_GT(with_kin, 4u);
    EXPECT_EQ(desk.event<TokenIdentity>(4).level, TokenLevel::kLoose);
    desk.post(kObjections, {{"id", card}});
    EXPECT_EQ(desk.event_count(), with_kin) << "once";
  }
}

// As the kin of another it is not on record yet: nobody is known by it.
TEST(Objection, R33_AKinThatObjectsTwiceIsKnownByItsOwnNumber) {
  Desk desk;
  desk.post(kObjections, {{"id", "138016:千-12:0012345:"}});
  const Token own = desk.event<TokenIdentity>(2).exact;  // branch 01
  desk.post(kObjections, {{"token", own.reveal_hex()}});
  const auto before = desk.event_count();
  EXPECT_EQ(desk.post(kObjections, {{"id", "138016:千-12:0012345:01"}}).code(), "already_objected");
  EXPECT_EQ(desk.event<TokenIdentity>(before).level, TokenLevel::kExact);
  const auto after = desk.event_count();
  desk.post(kObjections, {{"id", "138016:千-12:0012345:01"}});
  EXPECT_EQ(desk.event_count(), after) << "once";
}

TEST(Objection, OnEachOfManyCardsOfOnePersonIsOneFactEach) {
  Desk desk;
  nlohmann::json links = nlohmann::json::array(), same = nlohmann::json::array(), other = nlohmann::json::array();
  for (int card = 2; card <= 100; ++card)
    links.push_back({{"token", token_text(1)}, {"other_token", token_text(card)}});
  for (int i = 0; i < 1'000; ++i) {
    same.push_back(of(1 + i % 100));
    other.push_back(of(1 + i % 100, {{"record_from", to_iso(CivilDate(i))}}));
  }
  desk.post(kLinks, links);
  desk.post(kObjections, same);
  EXPECT_EQ(desk.event_count(), 99u + 100u);
  for (const auto* lines : {&same, &other, &other}) EXPECT_EQ(desk.post(kObjections, *lines).status, 200);
  EXPECT_EQ(desk.event_count(), 99u + 100u) << "each stops everything already";
}

TEST(Objection, FiveThousandTimesTwiceIsOneFact) {
  Desk desk;
  nlohmann::json lines = nlohmann::json::array();
  for (int i = 0; i < 5'000; ++i) lines.push_back(of(1));
  desk.post(kObjections, lines);
  desk.post(kObjections, lines);
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST(Objection, ToSomethingUnknownNamesTheFieldAndWhatIsKnown) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"regimes", {"NGMIA_ANON", "X"}}})), "unknown_regime regimes");
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"holders", {"X"}}})), "unknown_holder holders");
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"recipients", {"X"}}})), "unknown_recipient recipients");
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"purposes", {"X"}}})), "unknown_purpose purposes");
  const Answered answered = desk.post(kObjections, of(1, {{"categories", {"X"}}}));
  EXPECT_EQ(answered.code(), "unknown_category");
  EXPECT_NE(answered.line(0)["detail"].get<std::string>().find("CHART_TEXT, GENOME, IMAGE"), std::string::npos);
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"record_from", "2021-01-02"}, {"record_to", "2021-01-01"}})),
            "record_period_reversed record_from");
}

TEST(Objection, WhereTheLawLeavesNoChoiceIsRefused) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"regimes", {"CANCER_REG"}}})), "objection_not_applicable regimes");
}

TEST(Objection, AClockThatRunsAheadDoesNotLoseIt) {
  Desk desk;
  const Answered answered = desk.post(kObjections, of(1, {{"accepted_at", "2026-07-01T12:03:00+09:00"}}));
  EXPECT_EQ(answered.line(0)["flags"], nlohmann::json::array({"clock_adjusted"}));
  EXPECT_EQ(desk.event<Objection>(0).accepted_at, desk.clock.now());
  EXPECT_EQ(verdict(desk, kObjections, of(1, {{"accepted_at", "2026-07-01T12:06:00+09:00"}})),
            "accepted_at_in_future accepted_at");
}

TEST(Objection, IsTakenAndTakenBackAlsoWhereTheClockWasSetBack) {
  Desk desk;
  ASSERT_EQ(verdict(desk, kObjections, of(1, {})), "");
  const Timestamp noon = desk.clock.now();
  desk.clock.set("2026-06-30T12:00:00+09:00");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"all", true}})), "");
  EXPECT_EQ(desk.event<ObjectionWithdrawn>(1).accepted_at, noon) << "not before what it takes back";
  EXPECT_EQ(verdict(desk, kObjections, of(1, {})), "");
  EXPECT_EQ(desk.event<Objection>(2).accepted_at, noon);
}

TEST(Objection, OfAMinorIsReaffirmedLaterAndKeepsNoBirthDate) {  // T07
  Desk desk;
  const Answered child =
      desk.post(kObjections, of(1, {{"requester", "GUARDIAN_PARENT"}, {"birth_date", "2015-05-05"}}));
  EXPECT_EQ(child.status, 200);
  EXPECT_EQ(desk.event<Objection>(0).reaffirm_on, CivilDate::of(2031, 5, 5));
  EXPECT_EQ(verdict(desk, kObjections, of(2, {{"birth_date", "2015-05-05"}})), "age_self_too_young birth_date");
  EXPECT_EQ(verdict(desk, kObjections, of(2, {{"birth_date", "2030-05-05"}})), "date_in_future birth_date");
}

TEST(Objection, OfTheBereavedNeedsADeath) {  // T09
  Desk desk;
  const nlohmann::json line = of(1, {{"requester", "BEREAVED"}, {"relation", "CHILD"}});
  EXPECT_EQ(verdict(desk, kObjections, line), "person_not_deceased death_date");
  nlohmann::json with_death = line;
  with_death["death_date"] = "2026-05-01";
  EXPECT_EQ(verdict(desk, kObjections, with_death), "");
  EXPECT_EQ(desk.event<Objection>(0).relation, "CHILD");
  EXPECT_EQ(desk.event<DeathRecorded>(1), (DeathRecorded{token(1), CivilDate::of(2026, 5, 1)}));
  EXPECT_EQ(verdict(desk, kObjections, line), "already_objected") << "the death is on record now";
  with_death["death_date"] = "2026-05-02";
  with_death["past_data"] = "STOP_AND_ERASE";
  EXPECT_EQ(desk.post(kObjections, with_death).line(0)["flags"], nlohmann::json::array({"death_date_differs"}));
  EXPECT_EQ(desk.person(token(1))->died_on, CivilDate::of(2026, 5, 1));
  nlohmann::json stranger = with_death;
  stranger["relation"] = "NEIGHBOUR";
  EXPECT_EQ(verdict(desk, kObjections, stranger), "relation_unknown relation");
}

TEST(Withdrawal, UndoesOneObjection) {
  Desk desk;
  const std::uint64_t first = desk.post(kObjections, of(1, {{"regimes", {"NGMIA_ANON"}}})).receipt();
  const std::uint64_t second = desk.post(kObjections, of(1, {{"regimes", {"GENOME"}}})).receipt();
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", first}})), "");
  EXPECT_EQ(desk.event<ObjectionWithdrawn>(2).objections, std::vector<EventIndex>{EventIndex(first)});
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", first}})), "already_withdrawn objection");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"all", true}})), "");
  EXPECT_EQ(desk.event<ObjectionWithdrawn>(3).objections, std::vector<EventIndex>{EventIndex(second)});
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"all", true}})), "nothing_to_withdraw");
}

TEST(Withdrawal, NamesOneOrAllOfTheOwn) {
  Desk desk;
  const std::uint64_t mine = desk.post(kObjections, of(1)).receipt();
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {})), "objection_or_all objection");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", mine}, {"all", true}})), "objection_or_all objection");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(2, {{"objection", mine}})), "objection_not_found objection");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", 77}})), "objection_not_found objection");
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", "x"}})), "value_format objection");
}

TEST(Withdrawal, TwiceInOneFileCountsOnce) {
  Desk desk;
  const std::uint64_t mine = desk.post(kObjections, of(1)).receipt();
  const Answered answered = desk.post(kWithdrawals, {back(1, {{"objection", mine}}), back(1, {{"objection", mine}})});
  EXPECT_EQ(answered.code(1), "already_withdrawn");
}

TEST(Withdrawal, AGuardianCannotTakeBackASelfMadeObjection) {  // T08
  Desk desk;
  const std::uint64_t mine = desk.post(kObjections, of(1, {{"birth_date", "2009-05-05"}})).receipt();
  EXPECT_EQ(verdict(desk, kWithdrawals,
                    of(1, {{"objection", mine}, {"requester", "GUARDIAN_PARENT"}, {"birth_date", "2009-05-05"}})),
            "withdrawal_not_allowed requester");
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST(Withdrawal, StandsOnTheTokenOfWhatItUndoes) {  // T24
  Desk desk;
  const std::uint64_t old_card = desk.post(kObjections, of(1)).receipt();
  desk.post(kLinks, of(1, {{"other_token", token_text(2)}}));
  EXPECT_EQ(verdict(desk, kWithdrawals, back(2, {{"objection", old_card}})), "");
  EXPECT_EQ(desk.event<ObjectionWithdrawn>(2).token, token(1));
}

TEST(Withdrawal, CannotComeBeforeTheObjection) {
  Desk desk;
  const std::uint64_t mine = desk.post(kObjections, of(1, {{"accepted_at", "2026-06-20"}})).receipt();
  EXPECT_EQ(verdict(desk, kWithdrawals, back(1, {{"objection", mine}, {"accepted_at", "2026-06-19"}})),
            "withdrawal_before_request accepted_at");
}

TEST(Consent, IsGivenWithItsLimitsAndTakenBack) {
  Desk desk;
  const Answered given = desk.post(kConsents, back(1, {{"regimes", {"APPI_CONSENT"}},
                                                       {"holders", {sample::kAoba}},
                                                       {"recipients", {sample::kSakura}},
                                                       {"expires_on", "2027-06-30"}}));
  ASSERT_EQ(given.status, 200);
  EXPECT_EQ(desk.event<ConsentGiven>(0).expires_on, CivilDate::of(2027, 6, 30));
  EXPECT_EQ(verdict(desk, kConsents, of(2, {{"withdraw", given.receipt()}})), "consent_not_found withdraw");
  EXPECT_EQ(verdict(desk, kConsents, of(1, {{"withdraw", given.receipt()}})), "");
  EXPECT_EQ(desk.event<ConsentWithdrawn>(1).consents, std::vector<EventIndex>{EventIndex(given.receipt())});
  EXPECT_EQ(verdict(desk, kConsents, of(1, {{"withdraw", given.receipt()}})), "already_withdrawn withdraw");
}

TEST(Consent, IsReadStrictly) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kConsents, of(1, {{"regimes", nlohmann::json::array()}})), "empty_list regimes");
  EXPECT_EQ(verdict(desk, kConsents, back(1, {{"regimes", {"NGMIA_ANON"}}, {"holders", {sample::kAoba}}})),
            "consent_not_applicable regimes");
  EXPECT_EQ(verdict(desk, kConsents,
                    back(1, {{"regimes", {"GENOME"}}, {"holders", {sample::kAoba}}, {"expires_on", "2026-06-30"}})),
            "expires_before_start expires_on");
}

}  // namespace
}  // namespace ishi::api::testing
