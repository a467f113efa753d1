#include "registry/commands/permits/approve_permit.h"

#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct ApprovePermit : CommandTest {
  ApprovePermit() {
    book.regimes.at("PUBDB_NDB").cutoff = Cutoff::kPermitApprovalTime;
    actor = {Role::kReviewer, {}};
    wanted.permit_id = "P-1";
    wanted.regime = "PUBDB_NDB";
    wanted.purposes = {"PURPOSE_2", "PURPOSE_1", "PURPOSE_2"};
  }
  std::string approve(const ApprovePermitCommand& command) {
    std::optional<RegisteredPermit> standing;
    for (const EventBody& body : log)
      if (const auto& permit = std::get<PermitApproved>(body);
          permit.permit_id == command.permit_id && permit.regime == command.regime && !standing)
        standing = RegisteredPermit{EventIndex(0), now, permit};
    return request([&](CommandBatch& batch) {
      return approve_permit(context(), standing ? &*standing : nullptr, command, batch);
    });
  }
  std::string with(const std::function<void(ApprovePermitCommand&)>& change) {
    ApprovePermitCommand command = wanted;
    change(command);
    return approve(command);
  }
  ApprovePermitCommand wanted;
};

TEST_F(ApprovePermit, CountsFromItsRegistration) {
  EXPECT_EQ(approve(wanted), "");
  PermitApproved permit;
  permit.token = permit_token("P-1");
  permit.permit_id = "P-1";
  permit.regime = "PUBDB_NDB";
  permit.approved_at = now;
  permit.purposes = {"PURPOSE_1", "PURPOSE_2"};
  EXPECT_EQ(event<PermitApproved>(0), permit);
  EXPECT_EQ((RegisteredPermit{EventIndex(0), now.plus_seconds(7), permit}.cut_off()), now.plus_seconds(7));
}

TEST_F(ApprovePermit, AnEarlierApprovalTakesTwoSignatures) {
  const auto a_month_ago = [&](ApprovePermitCommand& command) { command.approved_at = now.plus_seconds(-30 * 86'400); };
  EXPECT_EQ(with(a_month_ago), "two_signatures_needed approved_at");
  actor.role = Role::kRegistryKeyholder;
  EXPECT_EQ(with(a_month_ago), "");
  const PermitApproved& permit = event<PermitApproved>(0);
  EXPECT_EQ(permit.counts_from, PermitStart::kApproval);
  EXPECT_EQ((RegisteredPermit{EventIndex(0), now, permit}.cut_off()), now.plus_seconds(-30 * 86'400));
}

TEST_F(ApprovePermit, AClockThatIsAFewMinutesOffGainsNothing) {
  EXPECT_EQ(with([&](auto& command) { command.approved_at = now.plus_seconds(-299); }), "");
  EXPECT_EQ(event<PermitApproved>(0).approved_at, now.plus_seconds(-299));
  EXPECT_EQ(event<PermitApproved>(0).counts_from, PermitStart::kRegistration);
  wanted.permit_id = "P-2";
  EXPECT_EQ(with([&](auto& command) { command.approved_at = now.plus_seconds(299); }), "+clock_adjusted");
  EXPECT_EQ(event<PermitApproved>(1).approved_at, now);
  wanted.permit_id = "P-3";
  EXPECT_EQ(with([&](auto& command) { command.approved_at = now.plus_seconds(301); }), "date_in_future approved_at");
  EXPECT_EQ(with([&](auto& command) { command.approved_at = now.plus_seconds(-301); }),
            "two_signatures_needed approved_at");
  actor.role = Role::kRegistryKeyholder;
  EXPECT_EQ(with([&](auto& command) { command.approved_at = parse_timestamp("2009-03-31"); }),
            "date_implausible approved_at")
      << "before the law of the regime";
}

TEST_F(ApprovePermit, SaysForWhatAndUnderWhichLaw) {
  EXPECT_EQ(with([](auto& command) { command.permit_id = ""; }), "field_missing permit_id");
  EXPECT_EQ(with([](auto& command) { command.permit_id = "two words"; }), "value_format permit_id");
  EXPECT_EQ(with([](auto& command) { command.permit_id = std::string(129, 'x'); }), "value_format permit_id");
  EXPECT_EQ(with([](auto& command) { command.regime = ""; }), "field_missing regime");
  EXPECT_EQ(with([](auto& command) { command.regime = "NOPE"; }), "unknown_regime regime");
  EXPECT_EQ(with([](auto& command) { command.regime = "NGMIA_ANON"; }), "regime_without_permits regime");
  EXPECT_EQ(with([](auto& command) { command.purposes = {}; }), "field_missing purposes");
  EXPECT_EQ(with([](auto& command) { command.purposes = {"FUN"}; }), "unknown_purpose purposes");
  EXPECT_EQ(with([](auto& command) { command.recipient = "OP-NOBODY"; }), "unknown_recipient recipient");
  EXPECT_EQ(with([](auto& command) { command.recipient = sample::kKiku; }), "") << "a former code will do";
  EXPECT_TRUE(log.size() == 1);
}

TEST_F(ApprovePermit, StatesAnExceptionWithItsReasonOrNone) {
  EXPECT_EQ(with([](auto& command) { command.exception = "LAW"; }), "field_missing ground");
  EXPECT_EQ(with([](auto& command) { command.ground = "because"; }), "field_missing exception");
  const auto both = [](auto& command) { command.exception = "LAW", command.ground = "public body, no alternative"; };
  EXPECT_EQ(with([&](auto& command) { both(command), command.exception = "MAGIC"; }), "unknown_override exception");
  EXPECT_EQ(with([&](auto& command) { both(command), command.ground = std::string(501, 'x'); }), "value_format ground");
  EXPECT_EQ(with(both), "");
}

TEST_F(ApprovePermit, IsNotChanged) {
  EXPECT_EQ(approve(wanted), "");
  now = now.plus_seconds(3'600);
  EXPECT_EQ(approve(wanted), "=already_recorded");
  EXPECT_EQ(with([](auto& command) { command.purposes = {"PURPOSE_1"}; }), "permit_exists permit_id");
  EXPECT_EQ(with([&](auto& command) { command.approved_at = now; }), "permit_exists permit_id");
  CommandBatch batch;
  wanted.permit_id = "P-2";
  EXPECT_EQ(verdict(approve_permit(context(), nullptr, wanted, batch)), "");
  EXPECT_EQ(verdict(approve_permit(context(), nullptr, wanted, batch)), "permit_exists permit_id") << "in one request";
}

// Where the option asks for permits at F4, a regime without a cut-off has permits too: one id, one for each regime.
TEST_F(ApprovePermit, IsForEachOfTheRegimesWhoseDataItOpens) {
  book.profile.permit_readers = {"OPERATOR"};
  EXPECT_EQ(approve(wanted), "");
  EXPECT_EQ(with([](auto& command) { command.regime = "NGMIA_ANON"; }), "");
  EXPECT_EQ(event<PermitApproved>(1).regime, "NGMIA_ANON");
  EXPECT_EQ(event<PermitApproved>(1).token, event<PermitApproved>(0).token);
  EXPECT_EQ(with([](auto& command) { command.regime = "NGMIA_ANON"; }), "=already_recorded");
  EXPECT_EQ(with([](auto& command) { command.regime = "NGMIA_ANON", command.purposes = {"PURPOSE_1"}; }),
            "permit_exists permit_id");
}

TEST_F(ApprovePermit, OfAnOperatorThatReviewsIsItsOwn) {
  book.profile.permit_readers = {"OPERATOR"};
  book.profile.filters = {{FilterPoint::kReview, {{"OPERATOR", {"NGMIA_*"}}}}};
  actor = {Role::kOperatorAdmin, {}, "sakura", "", sample::kSakura};
  wanted.regime = "NGMIA_ANON";
  EXPECT_EQ(approve(wanted), "foreign_recipient recipient") << "for anybody";
  EXPECT_EQ(with([](auto& command) { command.recipient = sample::kUme; }), "foreign_recipient recipient");
  EXPECT_EQ(with([](auto& command) { command.recipient = sample::kSakura; }), "");
  EXPECT_EQ(with([](auto& command) { command.recipient = sample::kSakura, command.regime = "PUBDB_NDB"; }),
            "closed_by_option regime")
      << "others review there";
  actor = {Role::kReviewer, {}};
  EXPECT_EQ(with([](auto& command) { command.permit_id = "P-2"; }), "closed_by_option regime");
  actor = {Role::kRegistryKeyholder, {}};
  EXPECT_EQ(with([](auto& command) { command.permit_id = "P-2"; }), "") << "two people, under any option";
}

}  // namespace
}  // namespace ishi
