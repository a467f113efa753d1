#include "registry/commands/promises/issue_receipt.h"

#include "registry/commands/link.h"
#include "registry/commands/object.h"
#include "registry/commands/withdraw.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {
namespace {

struct IssueReceipt : CommandTest {
  IssueReceipt() { book.callers["aoba-machine"] = caller_of(sample::kAoba); }
  static Caller caller_of(const char* holder) {
    Caller caller;
    caller.role = Role::kHolderBatch;
    caller.holder = holder;
    return caller;
  }
  EventIndex objection_of(int number, std::optional<Timestamp> electronic_agreed_at = {}) {
    ObjectCommand command;
    command.submission.accepted_at = now.plus_seconds(-3'600);
    command.submission.taken_in.electronic_receipt_agreed_at = electronic_agreed_at;
    CommandBatch batch;
    EXPECT_EQ(verdict(object(context(), person(number), std::move(command), batch)), "");
    return append(std::move(batch));
  }
  static IssueReceiptCommand paper(EventIndex objection, std::uint8_t document = 1) {
    IssueReceiptCommand command;
    command.objection = objection;
    command.document_digest.emplace().fill(document);
    return command;
  }
  static IssueReceiptCommand electronic(EventIndex objection) {
    IssueReceiptCommand command = paper(objection);
    command.form = ReceiptForm::kElectronic;
    return command;
  }
  static IssueReceiptCommand further(EventIndex objection, std::uint8_t document) {
    IssueReceiptCommand command = paper(objection, document);
    command.reissue = true;
    return command;
  }
  std::string issue(int number, const IssueReceiptCommand& command) {
    return request([&](CommandBatch& batch) { return issue_receipt(context(), person(number), command, batch); });
  }
  void be_botan() {
    actor.holder = sample::kBotan;
    actor.id = "botan-machine";
    actor.may_act_for = [](std::string_view code) { return code == sample::kBotan; };
    book.callers["botan-machine"] = caller_of(sample::kBotan);
  }
};

TEST_F(IssueReceipt, KeepsNumberFormTimeHashAndWhoGaveItAndNoName) {
  const EventIndex objection = objection_of(1);
  IssueReceiptCommand command = paper(objection);
  command.staff = token(90);
  EXPECT_EQ(issue(1, command), "");
  ReceiptIssued expected;
  expected.token = token(1);
  expected.objection = objection;
  expected.number = "0-0";
  expected.issued_at = now;
  expected.issuer = sample::kAoba;
  expected.staff = token(90);
  expected.document_digest.fill(1);
  EXPECT_EQ(event<ReceiptIssued>(1), expected);
}

TEST_F(IssueReceipt, ANumberIsThePlaceOfTheObjectionAndACheckDigit) {
  EXPECT_EQ(receipt_number(EventIndex(0)), "0-0");
  EXPECT_EQ(receipt_number(EventIndex(3312001)), "3312001-5") << "the check digit of LAW.md 5.1";
  EXPECT_EQ(receipt_number(EventIndex((std::uint64_t{1} << 63) - 1)).size(), 21U);
  const EventIndex one = objection_of(1), other = objection_of(2);
  EXPECT_EQ(issue(1, paper(one)), "");
  EXPECT_EQ(issue(2, paper(other)), "");
  EXPECT_NE(event<ReceiptIssued>(2).number, event<ReceiptIssued>(3).number);
}

TEST_F(IssueReceipt, ElectronicNeedsConsentThatWasGivenBefore) {  // T22
  const EventIndex objection = objection_of(1);
  EXPECT_EQ(issue(1, electronic(objection)), "receipt_consent_needed consent_at");
  IssueReceiptCommand late = electronic(objection);
  late.issued_at = now.plus_seconds(-60);
  late.consent_at = now.plus_seconds(-59);
  EXPECT_EQ(issue(1, late), "receipt_consent_needed consent_at") << "consent after the fact is none";
  late.consent_at = late.issued_at;
  EXPECT_EQ(issue(1, late), "");
  EXPECT_EQ(event<ReceiptIssued>(1).consent_at, now.plus_seconds(-60));
  EXPECT_EQ(event<ReceiptIssued>(1).form, ReceiptForm::kElectronic);
  IssueReceiptCommand on_paper = paper(objection, 2);
  on_paper.consent_at = now;
  EXPECT_EQ(issue(1, on_paper), "value_format consent_at") << "paper needs none";
}

TEST_F(IssueReceipt, ConsentMayHaveComeWithTheObjection) {
  const EventIndex objection = objection_of(1, now.plus_seconds(-3'600));
  EXPECT_EQ(issue(1, electronic(objection)), "");
  EXPECT_EQ(event<ReceiptIssued>(1).consent_at, now.plus_seconds(-3'600));
}

TEST_F(IssueReceipt, IsGivenOnceAndAFurtherCopyIsSaidToBeOne) {  // R29
  const EventIndex objection = objection_of(1);
  EXPECT_EQ(issue(1, further(objection, 1)), "receipt_not_found reissue");
  EXPECT_EQ(issue(1, paper(objection)), "");
  EXPECT_EQ(issue(1, paper(objection)), "=already_recorded");
  EXPECT_EQ(issue(1, paper(objection, 2)), "receipt_exists reissue");
  EXPECT_EQ(issue(1, further(objection, 2)), "");
  EXPECT_EQ(issue(1, further(objection, 3)), "");
  EXPECT_EQ(event<ReceiptIssued>(2).number, event<ReceiptIssued>(1).number);
  EXPECT_EQ(event<ReceiptIssued>(2).reissue_of, EventIndex(1));
  EXPECT_EQ(event<ReceiptIssued>(3).reissue_of, EventIndex(2));
}

TEST_F(IssueReceipt, OneRequestGivesOneOfEachObjection) {
  const EventIndex objection = objection_of(1);
  CommandBatch batch;
  EXPECT_EQ(verdict(issue_receipt(context(), person(1), paper(objection), batch)), "");
  EXPECT_EQ(verdict(issue_receipt(context(), person(1), paper(objection, 2), batch)), "receipt_exists reissue");
  EXPECT_EQ(batch.events.size(), 1U);
}

TEST_F(IssueReceipt, IsOfAnObjectionOfThisPerson) {
  const EventIndex objection = objection_of(1);
  EXPECT_EQ(issue(2, paper(objection)), "objection_not_found objection");
  EXPECT_EQ(issue(1, paper(EventIndex(7))), "objection_not_found objection");
  IssueReceiptCommand of_nothing = paper(objection);
  of_nothing.objection.reset();
  EXPECT_EQ(issue(1, of_nothing), "field_missing objection");
  IssueReceiptCommand of_no_document = paper(objection);
  of_no_document.document_digest.reset();
  EXPECT_EQ(issue(1, of_no_document), "field_missing document_digest");
}

TEST_F(IssueReceipt, IsGivenAfterAWithdrawalTooAndByAnotherCardOfThePerson) {
  const EventIndex objection = objection_of(1);
  WithdrawCommand withdrawal{.objection = objection};
  withdrawal.submission.birth_date = CivilDate(0);
  CommandBatch batch;
  ASSERT_EQ(verdict(withdraw(context(), person(1), withdrawal, batch)), "");
  batch.events.emplace_back(TokensLinked{token(1), token(2), LinkSource::kInsurer, std::nullopt});
  append(std::move(batch));
  EXPECT_EQ(issue(2, paper(objection)), "");
  EXPECT_EQ(event<ReceiptIssued>(3).token, token(1)) << "it stays with the objection if the link is undone";
}

TEST_F(IssueReceipt, IsTheDutyOfThoseWhoTookTheRequestIn) {
  const EventIndex objection = objection_of(1);
  be_botan();
  EXPECT_EQ(issue(1, paper(objection)), "recorded_by_another evidence");
  actor.role = Role::kRegistryOps;
  EXPECT_EQ(issue(1, paper(objection)), "");
  actor.role = Role::kHolderBatch;
  EXPECT_EQ(issue(1, further(objection, 2)), "recorded_by_another evidence");
  IssueReceiptCommand seen = further(objection, 2);
  seen.evidence = ProofSeen::kIdentity;
  EXPECT_EQ(issue(1, seen), "") << "a desk elsewhere sees who asks";
}

TEST_F(IssueReceipt, IsNotGivenBeforeTheRequestNorInTheFuture) {
  const EventIndex objection = objection_of(1);
  IssueReceiptCommand command = paper(objection);
  command.issued_at = now.plus_seconds(-3'601);
  EXPECT_EQ(issue(1, command), "receipt_before_request issued_at");
  command.issued_at = now.plus_seconds(301);
  EXPECT_EQ(issue(1, command), "date_in_future issued_at");
  command.issued_at = now.plus_seconds(300);
  EXPECT_EQ(issue(1, command), "+clock_adjusted");
  EXPECT_EQ(event<ReceiptIssued>(1).issued_at, now);
}

TEST_F(IssueReceipt, NamesADeskOrAnInstitutionOfItsOwn) {
  const EventIndex objection = objection_of(1);
  IssueReceiptCommand command = paper(objection);
  command.issuer = sample::kBotan;
  EXPECT_EQ(issue(1, command), "foreign_holder issuer");
  command.issuer = std::string(kDeskBytesMax + 1, 'x');
  EXPECT_EQ(issue(1, command), "value_format issuer");
  command.issuer = "desk 3";
  EXPECT_EQ(issue(1, command), "");
  EXPECT_EQ(event<ReceiptIssued>(1).issuer, "desk 3");
}

TEST_F(IssueReceipt, ThereIsAnEndToCopies) {
  const EventIndex objection = objection_of(1);
  ASSERT_EQ(issue(1, paper(objection, 0)), "");
  for (std::size_t i = 1; i < kReceiptsOfOneMax; ++i)
    ASSERT_EQ(issue(1, further(objection, static_cast<std::uint8_t>(i))), "");
  EXPECT_EQ(issue(1, further(objection, 99)), "too_many_facts");
}

}  // namespace
}  // namespace ishi
