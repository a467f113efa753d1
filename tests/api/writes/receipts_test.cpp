#include <gtest/gtest.h>

#include "tests/api/writes/desk.h"

namespace ishi::api::testing {
namespace {

constexpr const char* kDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

struct Receipts : ::testing::Test {
  std::uint64_t objection_of(int person, nlohmann::json more = nlohmann::json::object()) {
    more["token"] = token_text(person);
    const Answered answered = desk.post(kObjections, more);
    EXPECT_EQ(answered.status, 200) << answered.text;
    return answered.receipt();
  }
  static nlohmann::json document(int person, std::uint64_t objection) {
    return {{"token", token_text(person)}, {"objection", std::to_string(objection)}, {"document_digest", kDigest}};
  }
  Desk desk;
};

TEST_F(Receipts, AreRecordedAsRowsWithTheNumberOfTheObjection) {
  const std::uint64_t objection = objection_of(1);
  nlohmann::json row = document(1, objection);
  row["staff"] = "A-1041";
  const Answered given = desk.post(kReceipts, row);
  ASSERT_EQ(given.status, 200) << given.text;
  const auto receipt = desk.event<ReceiptIssued>(1);
  EXPECT_EQ(receipt.token, token(1));
  EXPECT_EQ(receipt.objection, EventIndex(objection));
  EXPECT_EQ(to_hex(receipt.document_digest), kDigest);
  EXPECT_EQ(receipt.issuer, sample::kAoba);
  EXPECT_EQ(receipt.staff, desk.tokenizer.staff_mark(sample::kAoba, "A-1041"));
  EXPECT_NE(receipt.staff, desk.tokenizer.staff_mark(sample::kBotan, "A-1041"));
  EXPECT_EQ(desk.post(kReceipts, row).code(), "already_recorded");
  row["document_digest"] = std::string(64, 'a');
  EXPECT_EQ(desk.post(kReceipts, row).code(), "receipt_exists");
  row["reissue"] = "true";
  EXPECT_EQ(desk.post(kReceipts, row).status, 200);
  EXPECT_EQ(desk.event<ReceiptIssued>(2).reissue_of, EventIndex(1));
}

TEST_F(Receipts, ElectronicOnesNeedConsentGivenBefore) {  // T22
  nlohmann::json row = document(1, objection_of(1));
  row["form"] = "ELECTRONIC";
  const Answered refused = desk.post(kReceipts, row);
  EXPECT_EQ(refused.code(), "receipt_consent_needed");
  EXPECT_EQ(refused.field(), "consent_at");
  EXPECT_EQ(desk.event_count(), 1U);
  row["consent_at"] = "2026-07-01T11:59:00+09:00";
  EXPECT_EQ(desk.post(kReceipts, row).status, 200);
  nlohmann::json agreed = {{"electronic_receipt_agreed_at", "2026-07-01T11:00:00+09:00"}};
  row = document(2, objection_of(2, agreed));
  row["form"] = "ELECTRONIC";
  EXPECT_EQ(desk.post(kReceipts, row).status, 200);
}

TEST_F(Receipts, AreReadStrictly) {
  const std::uint64_t objection = objection_of(1);
  nlohmann::json row = document(1, objection);
  row["document_digest"] = "9f86";
  EXPECT_EQ(desk.post(kReceipts, row).code(), "value_format");
  row = document(1, objection);
  row["form"] = "FAX";
  const Answered refused = desk.post(kReceipts, row);
  EXPECT_EQ(refused.code(), "value_unknown");
  EXPECT_NE(refused.text.find("PAPER or ELECTRONIC"), std::string::npos) << refused.text;
  row = document(1, objection);
  row["name"] = "someone";
  EXPECT_EQ(desk.post(kReceipts, row).code(), "unknown_field") << "no name is taken";
  row = document(1, objection);
  row["staff"] = std::string(65, 'x');
  EXPECT_EQ(desk.post(kReceipts, row).field(), "staff");
  EXPECT_EQ(desk.post(kReceipts, document(2, objection)).code(), "objection_not_found");
}

TEST_F(Receipts, ADeskSaysWhoSawWhatWithTheObjection) {
  objection_of(1, {{"requester", "GUARDIAN_PARENT"},
                   {"relation", "PARENT"},
                   {"birth_date", "2015-04-01"},
                   {"accepted_by", "desk 3"},
                   {"staff", "A-1041"},
                   {"evidence_types", {"FAMILY_REGISTER", "IDENTITY"}},
                   {"seen_by", "A-1042"},
                   {"seen_on", "2026-06-30"}});
  const Reception reception = desk.event<Objection>(0).reception.value();
  EXPECT_EQ(reception.accepted_by, "desk 3");
  EXPECT_EQ(reception.staff, desk.tokenizer.staff_mark(sample::kAoba, "A-1041"));
  const OnBehalf expected{"PARENT",
                          Assurance::kSeen,
                          {"FAMILY_REGISTER", "IDENTITY"},
                          desk.tokenizer.staff_mark(sample::kAoba, "A-1042"),
                          CivilDate::of(2026, 6, 30)};
  EXPECT_EQ(reception.on_behalf, expected);
  nlohmann::json wrong = {{"token", token_text(2)}, {"evidence_types", {"PASSPORT"}}};
  EXPECT_EQ(desk.post(kObjections, wrong).code(), "unknown_evidence");
  wrong = {{"token", token_text(2)}, {"assurance", "MAYBE"}};
  EXPECT_EQ(desk.post(kObjections, wrong).code(), "value_unknown");
}

TEST_F(Receipts, WithdrawalsAndConsentsSayItToo) {
  const std::uint64_t objection = objection_of(1);
  const nlohmann::json withdrawal = {{"token", token_text(1)},     {"objection", std::to_string(objection)},
                                     {"birth_date", "1980-04-01"}, {"staff", "A-1041"},
                                     {"assurance", "SEEN"},        {"evidence_types", {"IDENTITY"}}};
  ASSERT_EQ(desk.post(kWithdrawals, withdrawal).status, 200);
  EXPECT_EQ(desk.event<ObjectionWithdrawn>(1).reception->on_behalf->assurance, Assurance::kSeen);
  const nlohmann::json consent = {{"token", token_text(1)},
                                  {"regimes", {"GENOME"}},
                                  {"holders", {sample::kAoba}},
                                  {"birth_date", "1980-04-01"},
                                  {"staff", "A-1041"}};
  const Answered given = desk.post(kConsents, consent);
  ASSERT_EQ(given.status, 200) << given.text;
  EXPECT_EQ(desk.event<ConsentGiven>(2).reception->staff, desk.tokenizer.staff_mark(sample::kAoba, "A-1041"));
}

TEST_F(Receipts, NoticesSayWhatShowsThemAndVoidsWhy) {
  nlohmann::json told = notice(1);
  told["notice_evidence"] = "TERMINAL";
  told["notice_reference"] = "T-4";
  told["staff"] = "A-1041";
  told["language"] = "en";
  ASSERT_EQ(desk.post(kNotices, told).status, 200);
  const NoticeDetails details = desk.event<NoticeGiven>(0).details.value();
  EXPECT_EQ(details.evidence, NoticeEvidence::kTerminal);
  EXPECT_EQ(details.reference, "T-4");
  EXPECT_EQ(details.staff, desk.tokenizer.staff_mark(sample::kAoba, "A-1041"));
  EXPECT_EQ(details.language, "en");
  nlohmann::json returned = notice(1);
  returned["void"] = "true";
  returned["void_reason"] = "WHIM";
  const Answered refused = desk.post(kNotices, returned);
  EXPECT_EQ(refused.code(), "value_unknown");
  EXPECT_NE(refused.text.find("RETURNED_MAIL"), std::string::npos) << refused.text;
  returned["void_reason"] = "RETURNED_MAIL";
  ASSERT_EQ(desk.post(kNotices, returned).status, 200);
  EXPECT_EQ(desk.event<NoticeVoided>(1).reason, VoidReason::kReturnedMail);
  ASSERT_EQ(desk.post(kNotices, notice(2)).status, 200);
  EXPECT_FALSE(desk.event<NoticeGiven>(2).details);
}

}  // namespace
}  // namespace ishi::api::testing
