// Who took a request in, and what was seen of who asks: with objections, withdrawals and consents (LAW.md 4.6, 12.2).
#include "registry/commands/consent.h"
#include "registry/commands/object.h"
#include "registry/commands/withdraw.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct ReceptionTest : CommandTest {
  static ObjectCommand of_a_parent() {
    ObjectCommand command;
    command.submission.requester = RequesterKind::kGuardianParent;
    command.submission.relation = "PARENT";
    command.submission.birth_date = CivilDate::of(2015, 4, 1);
    return command;
  }
  std::string say(ObjectCommand command) {
    return request([&](CommandBatch& batch) { return object(context(), person(1), std::move(command), batch); });
  }
  const Reception& reception(std::size_t index) const { return event<Objection>(index).reception.value(); }
};

TEST_F(ReceptionTest, NothingSaidIsNothingKept) {
  EXPECT_EQ(say({}), "");
  EXPECT_FALSE(event<Objection>(0).reception);
}

TEST_F(ReceptionTest, WhatADeskSawIsKeptWithWhoSawItAndWhen) {
  ObjectCommand command = of_a_parent();
  command.submission.taken_in.staff = token(90);
  command.submission.taken_in.evidence_types = {"FAMILY_REGISTER", "IDENTITY"};
  EXPECT_EQ(say(command), "");
  const Reception expected{
      sample::kAoba, token(90),
      OnBehalf{"PARENT", Assurance::kSeen, {"FAMILY_REGISTER", "IDENTITY"}, token(90), jst_date(now)}, std::nullopt};
  EXPECT_EQ(reception(0), expected);
  command.scope = in_regimes({"NGMIA_ANON"});
  command.submission.taken_in.seen_by = token(91);
  command.submission.taken_in.seen_on = CivilDate::of(2026, 6, 30);
  command.submission.taken_in.accepted_by = "desk 3";
  EXPECT_EQ(say(command), "");
  EXPECT_EQ(reception(1).on_behalf->seen_by, token(91));
  EXPECT_EQ(reception(1).on_behalf->seen_on, CivilDate::of(2026, 6, 30));
  EXPECT_EQ(reception(1).accepted_by, "desk 3");
}

TEST_F(ReceptionTest, OnlyARelationIsTheirWord) {
  EXPECT_EQ(say(of_a_parent()), "");
  EXPECT_EQ(reception(0).on_behalf->relation, "PARENT");
  EXPECT_EQ(reception(0).on_behalf->assurance, Assurance::kSelfDeclared);
  EXPECT_FALSE(reception(0).on_behalf->seen_on);
}

TEST_F(ReceptionTest, OnlineNothingIsSeen) {
  actor.role = Role::kProxy;
  actor.holder.clear();
  ObjectCommand command = of_a_parent();
  command.submission.taken_in.evidence_types = {"FAMILY_REGISTER"};
  EXPECT_EQ(say(command), "");
  EXPECT_EQ(reception(0).on_behalf->assurance, Assurance::kSelfDeclared) << "uploaded, and seen by nobody";
  EXPECT_EQ(reception(0).accepted_by, "");
  command.submission.taken_in.assurance = Assurance::kSeen;
  EXPECT_EQ(say(command), "seen_online assurance");
  command.submission.taken_in.assurance = Assurance::kSelfDeclared;
  command.submission.taken_in.seen_on = jst_date(now);
  EXPECT_EQ(say(command), "seen_online seen_on");
  command.submission.taken_in.seen_on.reset();
  command.submission.taken_in.seen_by = token(90);
  EXPECT_EQ(say(command), "seen_online seen_by");
}

TEST_F(ReceptionTest, IsCheckedFieldByField) {
  const auto with = [&](const std::function<void(Submission&)>& change) {
    ObjectCommand command = of_a_parent();
    change(command.submission);
    return say(command);
  };
  EXPECT_EQ(with([](auto& said) { said.taken_in.evidence_types = {"PASSPORT_COPY"}; }),
            "unknown_evidence evidence_types");
  EXPECT_EQ(with([](auto& said) { said.taken_in.evidence_types.assign(kEvidenceTypesMax + 1, "OTHER"); }),
            "unknown_evidence evidence_types");
  EXPECT_EQ(with([](auto& said) { said.taken_in.seen_on = CivilDate::of(2026, 7, 2); }), "date_in_future seen_on");
  EXPECT_EQ(with([](auto& said) { said.taken_in.accepted_by = sample::kBotan; }), "foreign_holder accepted_by");
  EXPECT_EQ(with([](auto& said) { said.taken_in.accepted_by.assign(kDeskBytesMax + 1, 'x'); }),
            "value_format accepted_by");
  EXPECT_EQ(with([](auto& said) { said.relation.assign(kRelationBytesMax + 1, 'x'); }), "value_format relation");
  EXPECT_EQ(with([&](auto& said) { said.taken_in.electronic_receipt_agreed_at = now.plus_seconds(1); }),
            "date_in_future electronic_receipt_agreed_at");
  EXPECT_TRUE(log.empty());
}

TEST_F(ReceptionTest, TheSameWishElsewhereIsTheSameWish) {
  EXPECT_EQ(say(of_a_parent()), "");
  ObjectCommand again = of_a_parent();
  again.submission.taken_in.accepted_by = "desk 3";
  EXPECT_EQ(say(again), "=already_objected");
}

TEST_F(ReceptionTest, WithdrawalsAndConsentsKeepItToo) {
  EXPECT_EQ(say({}), "");
  TakenIn seen;
  seen.staff = token(90);
  seen.evidence_types = {"IDENTITY"};
  WithdrawCommand withdrawal{.all = true};
  withdrawal.submission.birth_date = CivilDate(0);
  withdrawal.submission.taken_in = seen;
  EXPECT_EQ(request([&](CommandBatch& batch) { return withdraw(context(), person(1), withdrawal, batch); }), "");
  EXPECT_EQ(event<ObjectionWithdrawn>(1).reception->staff, token(90));
  EXPECT_EQ(event<ObjectionWithdrawn>(1).reception->on_behalf->relation, "");
  GiveConsentCommand consent;
  consent.scope = in_regimes({"GENOME"});
  consent.scope.holders = {sample::kAoba};
  consent.submission = withdrawal.submission;
  EXPECT_EQ(request([&](CommandBatch& batch) { return give_consent(context(), person(1), consent, batch); }), "");
  EXPECT_EQ(event<ConsentGiven>(2).reception->on_behalf->assurance, Assurance::kSeen);
  const WithdrawConsentCommand revoked{EventIndex(2), withdrawal.submission};
  EXPECT_EQ(request([&](CommandBatch& batch) { return withdraw_consent(context(), person(1), revoked, batch); }), "");
  EXPECT_EQ(event<ConsentWithdrawn>(3).reception->on_behalf->evidence, std::vector<std::string>{"IDENTITY"});
}

}  // namespace
}  // namespace ishi
