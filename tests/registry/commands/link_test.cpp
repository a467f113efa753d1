// Links and their undoing.
#include "registry/commands/link.h"

#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct LinkTest : CommandTest {
  std::string join(int one, int other, LinkCommand command = {}) {
    return request([&](CommandBatch& batch) { return link(context(), person(one), person(other), command, batch); });
  }
  std::string part(int number, const UnlinkCommand& command) {
    return request([&](CommandBatch& batch) { return unlink(context(), person(number), command, batch); });
  }
};

TEST_F(LinkTest, JoinsTwoCards) {
  actor.role = Role::kRegistryOps;
  EXPECT_EQ(join(1, 2, {LinkSource::kHistoryInquiry, CivilDate::of(2026, 4, 1)}), "");
  EXPECT_EQ(event<TokensLinked>(0),
            (TokensLinked{token(1), token(2), LinkSource::kHistoryInquiry, CivilDate::of(2026, 4, 1)}));
  EXPECT_EQ(join(2, 1, {LinkSource::kHistoryInquiry, std::nullopt}), "=already_linked");
}

TEST_F(LinkTest, AHospitalKnowsByItselfOthersSayHow) {
  for (const Role role : {Role::kHolderBatch, Role::kHolderAdmin, Role::kDeskClerkHolder}) {
    actor.role = role;
    const int next = 10 * static_cast<int>(role);
    EXPECT_EQ(join(next, next + 1), "");
    EXPECT_EQ(std::get<TokensLinked>(log.back()).source, LinkSource::kHospital);
  }
  actor.role = Role::kRegistryOps;
  EXPECT_EQ(join(1, 2), "field_missing source");
  EXPECT_EQ(join(1, 2, {LinkSource::kInsurer, std::nullopt}), "");
}

TEST_F(LinkTest, NeedsTwoPersonsNotHouseholds) {
  EXPECT_EQ(join(1, 1), "same_identity other_token");
  CommandBatch batch;
  Subject family = person(2);
  family.without_branch = true;
  EXPECT_EQ(verdict(link(context(), person(1), family, {}, batch)), "household_cannot_link other_branch");
  EXPECT_EQ(verdict(link(context(), family, person(1), {}, batch)), "household_cannot_link branch");
  PersonStatus known;
  known.tokens = {token(3)};
  known.household_card = true;
  EXPECT_EQ(verdict(link(context(), person(1), {token(3), &known}, {}, batch)), "household_cannot_link other_branch");
}

TEST_F(LinkTest, GivesNobodyMoreIdentifiersThanAPersonCanHave) {
  const int most = static_cast<int>(kIdentifiersOfOneMax);
  CommandBatch batch;
  for (int i = 2; i <= 200; ++i) ASSERT_EQ(verdict(link(context(), person(1), person(i), {}, batch)), "");
  append(std::move(batch));
  batch = {};
  for (int i = 201; i <= most; ++i) ASSERT_EQ(verdict(link(context(), person(i), person(i - 1), {}, batch)), "");
  EXPECT_EQ(verdict(link(context(), person(300), person(7), {}, batch)), "+too_many_linked_denied")
      << "with what this request has linked";
  EXPECT_EQ(verdict(link(context(), person(3), person(9), {}, batch)), "") << "one more link among them adds nobody";
  append(std::move(batch));
  EXPECT_EQ(people.find(token(1))->tokens.size(), kIdentifiersOfOneMax);
  EXPECT_EQ(join(7, 300), "=already_linked") << "both are marked, and denied";
}

TEST_F(LinkTest, OneRequestLinksAPairOnce) {
  CommandBatch batch;
  EXPECT_EQ(verdict(link(context(), person(1), person(2), {}, batch)), "");
  EXPECT_EQ(verdict(link(context(), person(2), person(1), {}, batch)), "=already_linked");
  EXPECT_EQ(batch.events.size(), 1U);
}

TEST_F(LinkTest, IsUndoneByTheOtherCard) {  // T24
  join(1, 2);
  join(2, 3);
  EXPECT_EQ(part(1, {.other = token(3)}), "not_linked other_token") << "only over a third";
  EXPECT_EQ(part(2, {.other = token(1)}), "");
  EXPECT_EQ(event<Unlinked>(2), (Unlinked{token(2), {EventIndex(0)}}));
  EXPECT_EQ(part(2, {.other = token(1)}), "not_linked other_token");
  EXPECT_EQ(join(1, 2), "") << "and they may be joined again";
}

TEST_F(LinkTest, IsUndoneByItsReceiptNumber) {
  join(1, 2);
  join(2, 3);
  EXPECT_EQ(part(1, {.link = EventIndex(9)}), "link_not_found link");
  EXPECT_EQ(part(4, {.link = EventIndex(1)}), "link_not_found link");
  EXPECT_EQ(part(1, {}), "other_or_link link");
  EXPECT_EQ(part(1, {.other = token(2), .link = EventIndex(0)}), "other_or_link link");
  EXPECT_EQ(part(1, {.link = EventIndex(1)}), "");
  EXPECT_EQ(event<Unlinked>(2), (Unlinked{token(2), {EventIndex(1)}})) << "on a token of that link";
}

TEST_F(LinkTest, OneRequestUndoesItOnce) {
  join(1, 2);
  CommandBatch batch;
  EXPECT_EQ(verdict(unlink(context(), person(1), {.other = token(2)}, batch)), "");
  EXPECT_EQ(verdict(unlink(context(), person(2), {.other = token(1)}, batch)), "not_linked other_token");
  EXPECT_EQ(verdict(unlink(context(), person(2), {.link = EventIndex(0)}, batch)), "link_not_found link");
  EXPECT_EQ(batch.events.size(), 1U);
}

}  // namespace
}  // namespace ishi
