#include "registry/commands/withdraw.h"

#include "registry/commands/link.h"
#include "registry/commands/object.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct WithdrawTest : CommandTest {
  EventIndex objection_of(int number, ObjectCommand command = {}) {
    CommandBatch batch;
    EXPECT_EQ(verdict(object(context(), person(number), std::move(command), batch)), "");
    return append(std::move(batch));
  }
  static ObjectCommand to(std::vector<std::string> regimes) { return {in_regimes(std::move(regimes)), {}}; }
  static constexpr CivilDate kGrownUp = CivilDate(0);
  std::string say(int number, WithdrawCommand command) {
    command.submission.birth_date = kGrownUp;
    return request([&](CommandBatch& batch) { return withdraw(context(), person(number), command, batch); });
  }
};

TEST_F(WithdrawTest, UndoesOneObjectionOrAll) {
  const EventIndex first = objection_of(1, to({"NGMIA_ANON"})), second = objection_of(1, to({"GENOME"})),
                   third = objection_of(1, to({"NGMIA_PSEUDO"}));
  EXPECT_EQ(say(1, {.objection = second}), "");
  EXPECT_EQ(event<ObjectionWithdrawn>(3),
            (ObjectionWithdrawn{token(1), {second}, RequesterKind::kSelf, now, Channel::kCounterPaper}));
  EXPECT_EQ(say(1, {.objection = second}), "already_withdrawn objection");
  EXPECT_EQ(say(1, {.all = true}), "");
  EXPECT_EQ(event<ObjectionWithdrawn>(4).objections, (std::vector<EventIndex>{first, third}));
  EXPECT_EQ(say(1, {.all = true}), "nothing_to_withdraw");
}

TEST_F(WithdrawTest, NamesOneOrAll) {
  const EventIndex mine = objection_of(1);
  EXPECT_EQ(say(1, {}), "objection_or_all objection");
  EXPECT_EQ(say(1, {.objection = mine, .all = true}), "objection_or_all objection");
}

TEST_F(WithdrawTest, UndoesOnlyThePersonsOwn) {
  const EventIndex mine = objection_of(1);
  EXPECT_EQ(say(2, {.objection = mine}), "objection_not_found objection");
  EXPECT_EQ(say(2, {.all = true}), "nothing_to_withdraw");
  EXPECT_EQ(say(1, {.objection = EventIndex(77)}), "objection_not_found objection");
}

TEST_F(WithdrawTest, IsForThoseWhomTheBookLets) {  // T08
  const EventIndex mine = objection_of(1);
  WithdrawCommand command{.objection = mine};
  command.submission.requester = RequesterKind::kGuardianParent;
  EXPECT_EQ(say(1, command), "withdrawal_not_allowed requester");
  command.submission.requester = RequesterKind::kSelf;
  for (auto& [code, regime] : book.regimes) regime.reversible = false;
  EXPECT_EQ(say(1, command), "regime_not_reversible regimes");
}

TEST_F(WithdrawTest, ComesAfterTheObjection) {
  const EventIndex mine = objection_of(1);
  WithdrawCommand command{.objection = mine};
  command.submission.accepted_at = now.plus_seconds(-1);
  EXPECT_EQ(say(1, command), "withdrawal_before_request accepted_at");
  command.submission.accepted_at = now.plus_seconds(1);
  EXPECT_EQ(say(1, command), "+clock_adjusted");
}

TEST_F(WithdrawTest, StandsOnTheTokenOfWhatItUndoes) {  // T24
  const EventIndex old_card = objection_of(1), new_card = objection_of(2);
  EXPECT_EQ(request([&](CommandBatch& batch) { return link(context(), person(1), person(2), LinkCommand{}, batch); }),
            "");
  EXPECT_EQ(say(2, {.all = true}), "");
  EXPECT_EQ(event<ObjectionWithdrawn>(3).token, token(1));
  EXPECT_EQ(event<ObjectionWithdrawn>(3).objections, std::vector<EventIndex>{old_card});
  EXPECT_EQ(event<ObjectionWithdrawn>(4).token, token(2));
  EXPECT_EQ(event<ObjectionWithdrawn>(4).objections, std::vector<EventIndex>{new_card});
}

TEST_F(WithdrawTest, OneRequestUndoesAnObjectionOnce) {
  const EventIndex mine = objection_of(1);
  const Subject subject = person(1);
  CommandBatch batch;
  WithdrawCommand refused{.objection = mine};
  refused.submission.requester = RequesterKind::kGuardianParent;
  EXPECT_EQ(verdict(withdraw(context(), subject, refused, batch)), "withdrawal_not_allowed requester");
  WithdrawCommand fine{.objection = mine};
  fine.submission.birth_date = kGrownUp;
  EXPECT_EQ(verdict(withdraw(context(), subject, fine, batch)), "") << "a refused one is not remembered";
  EXPECT_EQ(verdict(withdraw(context(), subject, fine, batch)), "already_withdrawn objection");
  EXPECT_EQ(verdict(withdraw(context(), subject, {.all = true}, batch)), "nothing_to_withdraw");
  EXPECT_EQ(batch.events.size(), 1U);
}

}  // namespace
}  // namespace ishi
