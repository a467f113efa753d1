// Links, splits and deaths.
#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

nlohmann::json pair(int one, int other, nlohmann::json fields = nlohmann::json::object()) {
  fields["token"] = token_text(one);
  fields["other_token"] = token_text(other);
  return fields;
}
std::string verdict(Desk& desk, const WriteKind& kind, const nlohmann::json& line) {
  const Answered answered = desk.post(kind, line);
  return answered.code() + (answered.field().empty() ? "" : " " + answered.field());
}

TEST(Link, JoinsTwoCards) {
  Desk desk;
  desk.principal.role = Role::kRegistryOps;
  EXPECT_EQ(verdict(desk, kLinks, pair(1, 2, {{"source", "S1"}, {"valid_from", "2026-04-01"}})), "");
  EXPECT_EQ(desk.event<TokensLinked>(0),
            (TokensLinked{token(1), token(2), LinkSource::kHistoryInquiry, CivilDate::of(2026, 4, 1)}));
  EXPECT_EQ(desk.person(token(2))->tokens.size(), 2u);
  EXPECT_EQ(verdict(desk, kLinks, pair(2, 1, {{"source", "S1"}})), "already_linked");
  EXPECT_EQ(desk.event_count(), 1u);
}

TEST(Link, OfRawIdentifiersRecordsBoth) {
  Desk desk;
  EXPECT_EQ(desk.post(kLinks, {{"id", id_text(1)}, {"other_id", id_text(2)}, {"source", "S3"}}).receipt(), 4u);
  EXPECT_EQ(desk.event<TokensLinked>(4).second, desk.event<TokenIdentity>(2).exact) << "each with its household's card";
}

TEST(Link, TellsHowItIsKnown) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kLinks, pair(1, 2)), "");
  EXPECT_EQ(desk.event<TokensLinked>(0).source, LinkSource::kHospital);
  desk.principal.role = Role::kRegistryOps;
  EXPECT_EQ(verdict(desk, kLinks, pair(3, 4)), "field_missing source");
  EXPECT_EQ(verdict(desk, kLinks, pair(3, 4, {{"source", "S9"}})), "value_unknown source");
}

TEST(Link, NeedsTwoPersonsNotHouseholds) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kLinks, {{"token", token_text(1)}}), "identity_missing other_token");
  EXPECT_EQ(verdict(desk, kLinks, pair(1, 1)), "same_identity other_token");
  EXPECT_EQ(verdict(desk, kLinks, {{"token", token_text(1)}, {"other_id", "01130012:21700023:5:"}}),
            "household_cannot_link other_branch");
}

// Whatever is known of one is read for each of the others, by every server: a bound keeps them from being held up.
TEST(Link, MakesNobodyAPersonOfCountlessNumbers) {
  Desk desk;
  nlohmann::json star = nlohmann::json::array();
  for (int i = 2; i <= 200; ++i) star.push_back(pair(1, i));
  EXPECT_EQ(desk.post(kLinks, star).code(), "");
  nlohmann::json more = nlohmann::json::array();
  for (int i = 201; i <= 256; ++i) more.push_back(pair(i, i - 1));  // a chain that hangs on the star
  EXPECT_EQ(desk.post(kLinks, more).code(), "");
  EXPECT_EQ(desk.person(token(1))->tokens.size(), 256u);
  EXPECT_EQ(desk.post(kLinks, pair(300, 7)).line(0)["flags"], nlohmann::json::array({"too_many_linked_denied"}));
  EXPECT_EQ(verdict(desk, kLinks, pair(3, 9)), "") << "one more link among them adds nobody";
  nlohmann::json at_once = nlohmann::json::array();
  for (int i = 1'000; i < 1'300; ++i) at_once.push_back(pair(1'000, i + 1));
  const auto before = desk.event_count();
  desk.post(kLinks, at_once);
  EXPECT_EQ(desk.event_count() - before, 255u + 1 + 45) << "within one request, too: 45 cards too many, each marked";
}

TEST(Split, UndoesTheLinkBetweenTheTwo) {  // T24
  Desk desk;
  desk.post(kLinks, {pair(1, 2), pair(2, 3)});
  EXPECT_EQ(verdict(desk, kUnlinks, pair(1, 3)), "not_linked other_token") << "only over a third";
  EXPECT_EQ(verdict(desk, kUnlinks, pair(2, 1)), "");
  EXPECT_EQ(desk.event<Unlinked>(2), (Unlinked{token(2), {EventIndex(0)}}));
  EXPECT_EQ(desk.person(token(1))->tokens.size(), 1u);
  EXPECT_EQ(verdict(desk, kUnlinks, pair(2, 1)), "not_linked other_token");
  EXPECT_EQ(verdict(desk, kLinks, pair(1, 2)), "") << "and they may be joined again";
}

TEST(Split, MayNameTheLink) {
  Desk desk;
  desk.post(kLinks, {pair(1, 2), pair(2, 3)});
  EXPECT_EQ(verdict(desk, kUnlinks, {{"token", token_text(1)}, {"link", 9}}), "link_not_found link");
  EXPECT_EQ(verdict(desk, kUnlinks, {{"token", token_text(1)}}), "other_or_link link");
  EXPECT_EQ(verdict(desk, kUnlinks, pair(1, 2, {{"link", 0}})), "other_or_link link");
  EXPECT_EQ(verdict(desk, kUnlinks, {{"token", token_text(1)}, {"link", 1}}), "");
  EXPECT_EQ(desk.event<Unlinked>(2), (Unlinked{token(2), {EventIndex(1)}})) << "on a token of that link";
  EXPECT_EQ(desk.person(token(3))->tokens.size(), 1u);
}

TEST(Death, IsRecordedAndRetracted) {
  Desk desk;
  const nlohmann::json line = {{"token", token_text(1)}, {"date", "2026-06-03"}};
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(1)}, {"retract", true}}), "death_not_recorded");
  EXPECT_EQ(verdict(desk, kDeaths, line), "");
  EXPECT_EQ(verdict(desk, kDeaths, line), "already_recorded");
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(1)}, {"retract", true}}), "");
  EXPECT_FALSE(desk.person(token(1))->died_on.has_value());
}

TEST(Death, IsRetractedFromEveryCardOfThePerson) {
  Desk desk;
  desk.post(kDeaths, {{"token", token_text(1)}, {"date", "2026-06-03"}});
  desk.post(kLinks, pair(1, 2));
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(2)}, {"retract", true}}), "");
  EXPECT_FALSE(desk.person(token(1))->died_on.has_value());
}

TEST(Death, HasAPlausibleDate) {
  Desk desk;
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(1)}, {"date", "2026-07-02"}}), "date_in_future date");
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(1)}, {"date", "1899-12-31"}}), "date_implausible date");
  EXPECT_EQ(verdict(desk, kDeaths, {{"token", token_text(1)}}), "field_missing date");
}

}  // namespace
}  // namespace ishi::api::testing
