#include "registry/commands/consent.h"

#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct ConsentTest : CommandTest {
  static GiveConsentCommand to(Scope scope) {
    GiveConsentCommand command;
    command.scope = std::move(scope);
    command.scope.holders = {sample::kAoba};
    command.submission.birth_date = CivilDate::of(1980, 4, 1);
    return command;
  }
  std::string give(int number, GiveConsentCommand command) {
    return request([&](CommandBatch& batch) { return give_consent(context(), person(number), command, batch); });
  }
  std::string take_back(int number, const WithdrawConsentCommand& command) {
    return request([&](CommandBatch& batch) { return withdraw_consent(context(), person(number), command, batch); });
  }
};

TEST_F(ConsentTest, IsGivenWithItsLimits) {
  GiveConsentCommand command = to(in_regimes({"APPI_CONSENT"}));
  command.scope.recipients = {sample::kSakura};
  command.expires_on = CivilDate::of(2026, 7, 1);
  EXPECT_EQ(give(1, command), "") << "it holds on its last day";
  EXPECT_EQ(event<ConsentGiven>(0), (ConsentGiven{token(1), command.scope, RequesterKind::kSelf, now,
                                                  CivilDate::of(2026, 7, 1), Channel::kCounterPaper}));
}

TEST_F(ConsentTest, MustBeAllowedWhereverItTouches) {
  EXPECT_EQ(give(1, to(in_regimes({"NGMIA_ANON"}))), "consent_not_applicable regimes");
  EXPECT_EQ(give(1, to(in_regimes({"APPI_CONSENT", "X"}))), "unknown_regime regimes");
  GiveConsentCommand command = to(in_regimes({"GENOME"}));
  command.submission.requester = RequesterKind::kOtherCarer;
  EXPECT_EQ(give(1, command), "requester_not_allowed requester");
  command.submission.requester = RequesterKind::kSelf;
  command.submission.birth_date = CivilDate::of(2015, 5, 5);
  EXPECT_EQ(give(1, command), "age_self_too_young birth_date");
}

TEST_F(ConsentTest, EndsAfterItBegins) {
  GiveConsentCommand command = to(in_regimes({"GENOME"}));
  command.expires_on = CivilDate::of(2026, 6, 30);
  EXPECT_EQ(give(1, command), "expires_before_start expires_on");
}

TEST_F(ConsentTest, IsTakenBackByItsReceiptNumber) {
  give(1, to(in_regimes({"APPI_CONSENT"})));
  EXPECT_EQ(take_back(2, {EventIndex(0), {}}), "consent_not_found withdraw");
  EXPECT_EQ(take_back(1, {EventIndex(1), {}}), "consent_not_found withdraw");
  WithdrawConsentCommand early{EventIndex(0), {}};
  early.submission.accepted_at = now.plus_seconds(-1);
  EXPECT_EQ(take_back(1, early), "withdrawal_before_request accepted_at");
  EXPECT_EQ(take_back(1, {EventIndex(0), {}}), "");
  EXPECT_EQ(event<ConsentWithdrawn>(1),
            (ConsentWithdrawn{token(1), {EventIndex(0)}, RequesterKind::kSelf, now, Channel::kCounterPaper}));
  EXPECT_EQ(take_back(1, {EventIndex(0), {}}), "already_withdrawn withdraw");
}

TEST_F(ConsentTest, OneRequestTakesItBackOnce) {
  give(1, to(in_regimes({"APPI_CONSENT"})));
  const Subject subject = person(1);
  CommandBatch batch;
  EXPECT_EQ(verdict(withdraw_consent(context(), subject, {EventIndex(0), {}}, batch)), "");
  EXPECT_EQ(verdict(withdraw_consent(context(), subject, {EventIndex(0), {}}, batch)), "already_withdrawn withdraw");
  EXPECT_EQ(batch.events.size(), 1U);
}

}  // namespace
}  // namespace ishi
