#include "tests/registry/events/sample_facts.h"

#include <algorithm>
#include <iterator>

#include "tests/registry/events/random_parts.h"

namespace ishi::testing {
namespace {

const Timestamp kFactInstant(1'795'132'800'123'456);  // 2026-11-20T00:00:00.123456Z

std::array<std::uint8_t, 32> digest_from(std::uint8_t first) {
  std::array<std::uint8_t, 32> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(first + i);
  return digest;
}
Reception full_reception() {
  return {
      "1312345678", token_of(7),
      OnBehalf{"PARENT", Assurance::kSeen, {"FAMILY_REGISTER", "IDENTITY"}, token_of(8), CivilDate::of(2026, 11, 19)},
      kFactInstant.plus_seconds(-60)};
}

using Samples = std::vector<std::pair<std::string, EventBody>>;

Samples later_formats() {
  const Token a = token_of(1), b = token_of(2);
  Samples samples;
  NoticeGiven notice{a, "1312345678", "JISEDAI", "T-1", NoticeMethod::kPosted, CivilDate::of(2026, 11, 20), ""};
  notice.details = NoticeDetails{CivilDate::of(2026, 11, 15), NoticeEvidence::kPostingList, "L-7", b, "ja-Hira"};
  samples.emplace_back("notice_2", notice);
  NoticeVoided voided{a, "1312345678", "JISEDAI", CivilDate::of(2026, 11, 20)};
  voided.reason = VoidReason::kReturnedMail;
  samples.emplace_back("notice_voided_3_bare", voided);
  voided.letter = VoidedLetter{NoticeMethod::kPosted, "T-1"};
  samples.emplace_back("notice_voided_3", voided);
  Objection objection{.token = a, .scope = {}, .relation = "CHILD", .accepted_at = kFactInstant, .reaffirm_on = {}};
  objection.requester = RequesterKind::kBereaved;
  objection.reception = Reception{};
  samples.emplace_back("objection_3_bare", objection);
  objection.made_by = RequesterMark{MarkKind::kDesk, b};
  objection.reception = full_reception();
  samples.emplace_back("objection_3", objection);
  ObjectionWithdrawn withdrawal{a, {EventIndex(4)}, RequesterKind::kSelf, kFactInstant, Channel::kPortal};
  withdrawal.reception = full_reception();
  samples.emplace_back("withdrawal_3_bare", withdrawal);
  withdrawal.proof = WithdrawalProof{ProofSeen::kConsensus, RequesterMark{MarkKind::kPortal, b}};
  samples.emplace_back("withdrawal_3", withdrawal);
  ConsentGiven consent{.token = b, .scope = {}, .accepted_at = kFactInstant, .expires_on = {}};
  consent.reception = full_reception();
  samples.emplace_back("consent_2", consent);
  ConsentWithdrawn revoked{b, {EventIndex(8)}, RequesterKind::kSelf, kFactInstant, Channel::kPhone};
  revoked.reception = full_reception();
  samples.emplace_back("consent_withdrawn_2", revoked);
  return samples;
}

Samples promises() {
  const Token a = token_of(1), b = token_of(2);
  return {
      {"receipt_bare",
       ReceiptIssued{.token = a, .objection = EventIndex(9), .number = "9-3", .issued_at = kFactInstant, .issuer = ""}},
      {"receipt_full", ReceiptIssued{a, EventIndex(9), "9-3", ReceiptForm::kElectronic, kFactInstant,
                                     kFactInstant.plus_seconds(5), "1312345678", b, digest_from(1), EventIndex(12)}},
      {"letter_code_bare", LetterCodeIssued{a, b, std::nullopt, "", CivilDate::of(2027, 3, 31)}},
      {"letter_code_full", LetterCodeIssued{a, b, EventIndex(3), "RUN-1", CivilDate::of(2027, 3, 31)}},
      {"erasure_ordered_bare",
       ErasureOrdered{b, std::nullopt, "OP-1", {}, ErasureCause::kCertificationLost, CivilDate::of(2026, 12, 20)}},
      {"erasure_ordered_full",
       ErasureOrdered{
           a, EventIndex(9), "OP-1", {"JISEDAI", "APPI"}, ErasureCause::kObjection, CivilDate::of(2026, 12, 20)}},
      {"erasure_acknowledged_bare",
       ErasureAcknowledged{.token = a, .order = EventIndex(13), .erased_at = kFactInstant}},
      {"erasure_acknowledged_full", ErasureAcknowledged{a, EventIndex(13), ErasureOutcome::kProductsRemain,
                                                        kFactInstant, 1'000'000'007, digest_from(2)}},
      {"reaffirm_due", ReaffirmDue{a, EventIndex(9), CivilDate::of(2031, 2, 28)}},
      {"reaffirm_done_bare",
       ReaffirmDone{.token = a, .objection = EventIndex(9), .answered_at = kFactInstant, .reception = {}}},
      {"reaffirm_done_full",
       ReaffirmDone{a, EventIndex(9), ReaffirmAnswer::kChanges, kFactInstant, Channel::kPortal, full_reception()}},
  };
}

Samples uses() {
  const Token a = token_of(1);
  ProvisionRecorded full{a,
                         "PR-1",
                         "JISEDAI",
                         "1312345678",
                         "OP-1",
                         "PURPOSE_5",
                         "一般社団法人",
                         "東京都千代田区",
                         CivilDate::of(2026, 11, 20),
                         kFactInstant,
                         {"RECEIPT", "LAB"},
                         CivilDate::of(2025, 4, 1),
                         CivilDate::of(2026, 3, 31),
                         EventIndex(41),
                         PersonCount{2091, digest_from(3)},
                         70'123};
  ProvisionRecorded bare;
  bare.token = a;
  bare.provision_id = "PR-2";
  bare.provided_on = CivilDate::of(2026, 11, 20);
  ConfirmationRecorded confirmation{a,
                                    "PR-1",
                                    "JISEDAI",
                                    "1312345678",
                                    "OP-1",
                                    kFactInstant,
                                    "意思病院",
                                    "東京都港区",
                                    "病院長",
                                    "診療の過程で取得",
                                    {"CONTRACT", "REGISTER"}};
  return {
      {"provision_bare", bare},
      {"provision_full", full},
      {"confirmation", confirmation},
      {"visits_reported_bare", VisitsReported{.token = a,
                                              .holder = "1312345678",
                                              .from = CivilDate::of(2026, 10, 1),
                                              .to = CivilDate::of(2026, 10, 31),
                                              .persons = {},
                                              .visits = {}}},
      {"visits_reported_full", VisitsReported{a, "1312345678", CivilDate::of(2026, 10, 1), CivilDate::of(2026, 10, 31),
                                              PersonCount{5'000, digest_from(4)}, 7'200}},
      {"patient_list_bare", PatientListReported{a, "1312345678", CivilDate::of(2026, 10, 31), {}, PersonCount{90, {}}}},
      {"patient_list_full", PatientListReported{a, "1312345678", CivilDate::of(2026, 10, 31),
                                                CivilDate::of(2021, 11, 1), PersonCount{90, digest_from(5)}}},
  };
}

Samples holders() {
  const Token a = token_of(1);
  const CivilDate day = CivilDate::of(2026, 11, 20);
  return {
      {"filing_bare", FilingPublished{a, "F-2", "1312345678", "JISEDAI", day, {}, day, {}, "", "", {}}},
      {"filing_full", FilingPublished{a, "F-2", "1312345678", "JISEDAI", day, day, day, CivilDate::of(2027, 3, 31),
                                      "F-1", "https://example.go.jp/f-2", digest_from(6)}},
      {"holder_changed",
       HolderChanged{a, "1312345678", {"JISEDAI"}, HolderChange::kSucceeded, 0xb5, day, "1310000001", "T-2"}},
      {"change_notified_bare", ChangeNotified{.token = a,
                                              .change = EventIndex(50),
                                              .regime = "JISEDAI",
                                              .notified_on = day,
                                              .template_id = "",
                                              .filing_id = "",
                                              .persons = {}}},
      {"change_notified_full", ChangeNotified{a, EventIndex(50), ChangeAudience::kMinisters, "JISEDAI",
                                              NoticeMethod::kPosted, day, "T-2", "F-3", 1'800}},
      {"campaign_started_bare", CampaignStarted{a, "C-9", "1312345678", {"JISEDAI"}, {"T-1"}, {"POSTER"}, day, {}}},
      {"campaign_started_full",
       CampaignStarted{
           a, "C-9", "1312345678", {"JISEDAI", "KAMEI"}, {"T-1", "T-2"}, {"POSTER", "WEB"}, day, digest_from(7)}},
      {"campaign_stopped", CampaignStopped{a, "C-9", CivilDate::of(2027, 3, 31), "letter replaced"}},
  };
}

Samples oversight() {
  const Token a = token_of(1), b = token_of(2);
  return {
      {"complaint_bare", ComplaintReceived{.token = a,
                                           .complaint_id = "Q-1",
                                           .person = {},
                                           .holder = "",
                                           .recipient = "",
                                           .regime = "",
                                           .received_at = kFactInstant,
                                           .authority = ""}},
      {"complaint_full", ComplaintReceived{a, "Q-1", b, ComplaintAbout::kUse, "1312345678", "OP-1", "EHDS_71",
                                           kFactInstant, Channel::kPhone, "PPC"}},
      {"complaint_closed",
       ComplaintClosed{a, EventIndex(60), ComplaintOutcome::kPassedOn, kFactInstant, "not ours to decide", "PPC"}},
      {"case_viewed_bare", CaseViewed{{}, {}, CaseContent::kRun, "Art. 59", {}}},
      {"case_viewed_full", CaseViewed{a, EventIndex(9), CaseContent::kReceipt, "Art. 59", b}},
      {"figure", FigurePublished{"K05", 3, Position(41'827), CivilDate::of(2026, 10, 1), CivilDate::of(2026, 10, 31),
                                 FigureAudience::kRegulators, digest_from(8), "https://example.go.jp/k05.csv"}},
      {"person_described",
       PersonDescribed{a, InsurerGroup::kLateElderly, Sex::kFemale, 17, CivilDate::of(2026, 11, 20)}},
  };
}

PersonCount random_count(std::mt19937_64& random) {
  return {random(), maybe(random, random_digest)};
}
OnBehalf random_claim(std::mt19937_64& random) {
  return {random_name(random), random_choice(random, Assurance::kSelfDeclared, Assurance::kSeen), random_names(random),
          maybe(random, random_token), maybe(random, random_date)};
}
Reception random_reception(std::mt19937_64& random) {
  return {random_name(random), maybe(random, random_token), maybe(random, random_claim), maybe(random, random_instant)};
}
NoticeDetails random_notice_details(std::mt19937_64& random) {
  return {maybe(random, random_date), random_choice(random, NoticeEvidence::kNone, NoticeEvidence::kVisit),
          random_name(random), maybe(random, random_token), random_name(random)};
}

EventBody random_promise(EventKind kind, std::mt19937_64& random) {
  const Token token = random_token(random);
  switch (kind) {
    case EventKind::kReceiptIssued:
      return ReceiptIssued{token,
                           random_index(random),
                           random_name(random),
                           random_choice(random, ReceiptForm::kPaper, ReceiptForm::kElectronic),
                           maybe(random, random_instant),
                           random_instant(random),
                           random_name(random),
                           maybe(random, random_token),
                           random_digest(random),
                           maybe(random, random_index)};
    case EventKind::kLetterCodeIssued:
      return LetterCodeIssued{token, random_token(random), maybe(random, random_index), random_name(random),
                              random_date(random)};
    case EventKind::kErasureOrdered:
      return ErasureOrdered{token,
                            maybe(random, random_index),
                            random_name(random),
                            random_names(random),
                            random_choice(random, ErasureCause::kObjection, ErasureCause::kCertificationLost),
                            random_date(random)};
    case EventKind::kErasureAcknowledged:
      return ErasureAcknowledged{token,
                                 random_index(random),
                                 random_choice(random, ErasureOutcome::kErased, ErasureOutcome::kProductsRemain),
                                 random_instant(random),
                                 maybe(random, random_number),
                                 maybe(random, random_digest)};
    case EventKind::kReaffirmDue: return ReaffirmDue{token, random_index(random), random_date(random)};
    default:
      return ReaffirmDone{token,
                          random_index(random),
                          random_choice(random, ReaffirmAnswer::kKeeps, ReaffirmAnswer::kChanges),
                          random_instant(random),
                          random_channel(random),
                          maybe(random, random_reception)};
  }
}

EventBody random_use(EventKind kind, std::mt19937_64& random) {
  const Token token = random_token(random);
  switch (kind) {
    case EventKind::kProvisionRecorded: {
      ProvisionRecorded provision;
      provision.token = token;
      provision.provision_id = random_name(random);
      provision.regime = random_name(random);
      provision.purpose = random_name(random);
      provision.recipient_address = random_name(random);
      provision.provided_on = random_date(random);
      provision.provided_at = maybe(random, random_instant);
      provision.items = random_names(random);
      provision.record_to = maybe(random, random_date);
      provision.run = maybe(random, random_index);
      provision.persons = random_count(random);
      provision.records = maybe(random, random_number);
      return provision;
    }
    case EventKind::kConfirmationRecorded: {
      ConfirmationRecorded confirmation;
      confirmation.token = token;
      confirmation.provision_id = random_name(random);
      confirmation.confirmed_at = random_instant(random);
      confirmation.representative = random_name(random);
      confirmation.evidence = random_names(random);
      return confirmation;
    }
    case EventKind::kVisitsReported:
      return VisitsReported{token,
                            random_name(random),
                            random_date(random),
                            random_date(random),
                            random_count(random),
                            maybe(random, random_number)};
    default:
      return PatientListReported{token, random_name(random), random_date(random), maybe(random, random_date),
                                 random_count(random)};
  }
}

EventBody random_holder_fact(EventKind kind, std::mt19937_64& random) {
  const Token token = random_token(random);
  switch (kind) {
    case EventKind::kFilingPublished:
      return FilingPublished{token,
                             random_name(random),
                             random_name(random),
                             random_name(random),
                             random_date(random),
                             maybe(random, random_date),
                             random_date(random),
                             maybe(random, random_date),
                             random_name(random),
                             random_name(random),
                             maybe(random, random_digest)};
    case EventKind::kHolderChanged:
      return HolderChanged{token,
                           random_name(random),
                           random_names(random),
                           random_choice(random, HolderChange::kItems, HolderChange::kResumed),
                           static_cast<std::uint8_t>(random()),
                           random_date(random),
                           random_name(random),
                           random_name(random)};
    case EventKind::kChangeNotified:
      return ChangeNotified{token,
                            random_index(random),
                            random_choice(random, ChangeAudience::kPersons, ChangeAudience::kMinisters),
                            random_name(random),
                            random_choice(random, NoticeMethod::kHanded, NoticeMethod::kPublicOnly),
                            random_date(random),
                            random_name(random),
                            random_name(random),
                            maybe(random, random_number)};
    case EventKind::kCampaignStarted:
      return CampaignStarted{token,
                             random_name(random),
                             random_name(random),
                             random_names(random, 1),
                             random_names(random, 1),
                             random_names(random, 1),
                             random_date(random),
                             maybe(random, random_digest)};
    default: return CampaignStopped{token, random_name(random), random_date(random), random_name(random)};
  }
}

EventBody random_oversight(EventKind kind, std::mt19937_64& random) {
  const Token token = random_token(random);
  switch (kind) {
    case EventKind::kComplaintReceived:
      return ComplaintReceived{token,
                               random_name(random),
                               maybe(random, random_token),
                               random_choice(random, ComplaintAbout::kNotice, ComplaintAbout::kOther),
                               random_name(random),
                               random_name(random),
                               random_name(random),
                               random_instant(random),
                               random_channel(random),
                               random_name(random)};
    case EventKind::kComplaintClosed:
      return ComplaintClosed{token,
                             random_index(random),
                             random_choice(random, ComplaintOutcome::kUpheld, ComplaintOutcome::kTakenBack),
                             random_instant(random),
                             random_name(random),
                             random_name(random)};
    case EventKind::kCaseViewed:
      return CaseViewed{maybe(random, random_token), maybe(random, random_index),
                        random_choice(random, CaseContent::kStatus, CaseContent::kUseHistory), random_name(random),
                        maybe(random, random_token)};
    case EventKind::kFigurePublished:
      return FigurePublished{
          random_name(random),     static_cast<std::uint32_t>(random()),
          Position(random() >> 1), random_date(random),
          random_date(random),     random_choice(random, FigureAudience::kPublic, FigureAudience::kRegulators),
          random_digest(random),   random_name(random)};
    default:
      return PersonDescribed{token, random_choice(random, InsurerGroup::kUnknown, InsurerGroup::kNone),
                             random_choice(random, Sex::kUnknown, Sex::kFemale),
                             static_cast<std::uint8_t>(random() % (kAgeClassMax + 1)), random_date(random)};
  }
}

}  // namespace

std::vector<std::pair<std::string, EventBody>> sample_facts() {
  Samples all = later_formats();
  for (Samples part : {promises(), uses(), holders(), oversight()})
    std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

EventBody random_fact(EventKind kind, std::mt19937_64& random) {
  if (kind < EventKind::kProvisionRecorded) return random_promise(kind, random);
  if (kind < EventKind::kFilingPublished) return random_use(kind, random);
  if (kind < EventKind::kComplaintReceived) return random_holder_fact(kind, random);
  return random_oversight(kind, random);
}

std::optional<Reception> maybe_reception(std::mt19937_64& random) {
  return maybe(random, random_reception);
}

std::optional<NoticeDetails> maybe_notice_details(std::mt19937_64& random) {
  return maybe(random, random_notice_details);
}

}  // namespace ishi::testing
