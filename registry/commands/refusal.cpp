#include "registry/commands/refusal.h"

#include <algorithm>
#include <array>

#include "registry/assert.h"

namespace ishi {
namespace {

struct Named {
  RefusalCode code;
  std::string_view name;
};

constexpr std::array<Named, kRefusalCodeCount> kRefusals = {{
    {RefusalCode::kFieldMissing, "field_missing"},
    {RefusalCode::kDateInFuture, "date_in_future"},
    {RefusalCode::kDateImplausible, "date_implausible"},
    {RefusalCode::kUnknownRegime, "unknown_regime"},
    {RefusalCode::kUnknownHolder, "unknown_holder"},
    {RefusalCode::kUnknownRecipient, "unknown_recipient"},
    {RefusalCode::kUnknownCategory, "unknown_category"},
    {RefusalCode::kUnknownPurpose, "unknown_purpose"},
    {RefusalCode::kForeignHolder, "foreign_holder"},
    {RefusalCode::kForeignRecipient, "foreign_recipient"},
    {RefusalCode::kClosedByOption, "closed_by_option"},
    {RefusalCode::kDatedBackTooFar, "dated_back_too_far"},
    {RefusalCode::kRecordedByAnother, "recorded_by_another"},
    {RefusalCode::kTooManyFacts, "too_many_facts"},
    {RefusalCode::kUnknownTemplate, "unknown_template"},
    {RefusalCode::kTemplateRegime, "template_regime"},
    {RefusalCode::kTemplateHolder, "template_holder"},
    {RefusalCode::kTemplateDate, "template_date"},
    {RefusalCode::kPublicOnlyIsNoNotice, "public_only_is_no_notice"},
    {RefusalCode::kNoticeAfterDeath, "notice_after_death"},
    {RefusalCode::kNoticeNotFound, "notice_not_found"},
    {RefusalCode::kNoticeAmbiguous, "notice_ambiguous"},
    {RefusalCode::kUnknownCampaign, "unknown_campaign"},
    {RefusalCode::kCampaignMismatch, "campaign_mismatch"},
    {RefusalCode::kCampaignMethods, "campaign_methods"},
    {RefusalCode::kCampaignNotRunning, "campaign_not_running"},
    {RefusalCode::kCampaignOnlyComposite, "campaign_only_composite"},
    {RefusalCode::kRecordPeriodReversed, "record_period_reversed"},
    {RefusalCode::kAcceptedAtInFuture, "accepted_at_in_future"},
    {RefusalCode::kObjectionNotApplicable, "objection_not_applicable"},
    {RefusalCode::kConsentNotApplicable, "consent_not_applicable"},
    {RefusalCode::kRequesterNotAllowed, "requester_not_allowed"},
    {RefusalCode::kRelationUnknown, "relation_unknown"},
    {RefusalCode::kPersonNotDeceased, "person_not_deceased"},
    {RefusalCode::kAgeSelfTooYoung, "age_self_too_young"},
    {RefusalCode::kGuardianAgeExceeded, "guardian_age_exceeded"},
    {RefusalCode::kBirthDateNeeded, "birth_date_needed"},
    {RefusalCode::kPersonHasDied, "person_has_died"},
    {RefusalCode::kRequesterDiffers, "requester_differs"},
    {RefusalCode::kWithdrawalNotAllowed, "withdrawal_not_allowed"},
    {RefusalCode::kRegimeNotReversible, "regime_not_reversible"},
    {RefusalCode::kWithdrawalBeforeRequest, "withdrawal_before_request"},
    {RefusalCode::kObjectionNotFound, "objection_not_found"},
    {RefusalCode::kConsentNotFound, "consent_not_found"},
    {RefusalCode::kAlreadyWithdrawn, "already_withdrawn"},
    {RefusalCode::kNothingToWithdraw, "nothing_to_withdraw"},
    {RefusalCode::kObjectionOrAll, "objection_or_all"},
    {RefusalCode::kExpiresBeforeStart, "expires_before_start"},
    {RefusalCode::kSameIdentity, "same_identity"},
    {RefusalCode::kHouseholdCannotLink, "household_cannot_link"},
    {RefusalCode::kNotLinked, "not_linked"},
    {RefusalCode::kLinkNotFound, "link_not_found"},
    {RefusalCode::kOtherOrLink, "other_or_link"},
    {RefusalCode::kForeignSource, "foreign_source"},
    {RefusalCode::kDeathNotRecorded, "death_not_recorded"},
    {RefusalCode::kDeathAmbiguous, "death_ambiguous"},
    {RefusalCode::kPermitExists, "permit_exists"},
    {RefusalCode::kRegimeWithoutPermits, "regime_without_permits"},
    {RefusalCode::kUnknownOverride, "unknown_override"},
    {RefusalCode::kTwoSignaturesNeeded, "two_signatures_needed"},
    {RefusalCode::kUnknownEvidence, "unknown_evidence"},
    {RefusalCode::kSeenOnline, "seen_online"},
    {RefusalCode::kReceiptExists, "receipt_exists"},
    {RefusalCode::kReceiptNotFound, "receipt_not_found"},
    {RefusalCode::kReceiptConsentNeeded, "receipt_consent_needed"},
    {RefusalCode::kReceiptBeforeRequest, "receipt_before_request"},
    {RefusalCode::kValueFormat, "value_format"},
    {RefusalCode::kRefused, "refused"},
}};
constexpr std::array<std::string_view, kNothingWrittenCount> kNothingWritten = {"no_effect", "already_recorded",
                                                                                "already_linked", "already_objected"};
constexpr std::array<std::string_view, kRemarkCount> kRemarks = {
    "clock_adjusted", "death_date_differs", "field_ignored",          "scope_narrowed", "scope_widened",
    "still_objected", "still_linked",       "too_many_linked_denied", "death_not_kept"};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRefusals.size(); ++i) {
    if (static_cast<std::size_t>(kRefusals[i].code) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one name per code, in the order of RefusalCode");

std::string_view field_that_mends(RefusalCode code) {
  switch (code) {
    case RefusalCode::kUnknownRegime:
    case RefusalCode::kObjectionNotApplicable:
    case RefusalCode::kConsentNotApplicable:
    case RefusalCode::kRegimeNotReversible: return "regimes";
    case RefusalCode::kRelationUnknown: return "relation";
    case RefusalCode::kPersonNotDeceased: return "death_date";
    case RefusalCode::kAgeSelfTooYoung:
    case RefusalCode::kBirthDateNeeded: return "birth_date";
    case RefusalCode::kWithdrawalBeforeRequest: return "accepted_at";
    case RefusalCode::kPersonHasDied:
    case RefusalCode::kRequesterNotAllowed:
    case RefusalCode::kGuardianAgeExceeded:
    case RefusalCode::kWithdrawalNotAllowed: return "requester";
    default: return {};
  }
}

template <typename Names, typename Code>
std::string_view name_in(const Names& names, Code code) {
  const auto at = static_cast<std::size_t>(code);
  ISHI_ASSERT(at < names.size());
  return names[at];
}

}  // namespace

std::string_view name_of(RefusalCode code) {
  const auto at = static_cast<std::size_t>(code);
  ISHI_ASSERT(at < kRefusals.size());
  return kRefusals[at].name;
}
std::string_view name_of(NothingWritten reason) {
  return name_in(kNothingWritten, reason);
}
std::string_view name_of(Remark remark) {
  return name_in(kRemarks, remark);
}

std::optional<RefusalCode> parse_refusal_code(std::string_view name) {
  const auto found =
      std::find_if(kRefusals.begin(), kRefusals.end(), [name](const Named& named) { return named.name == name; });
  return found == kRefusals.end() ? std::nullopt : std::optional(found->code);
}

tl::unexpected<Refusal> refuse(const Error& complaint) {
  const RefusalCode code = parse_refusal_code(complaint.code).value_or(RefusalCode::kRefused);
  return refuse(code, field_that_mends(code));
}

}  // namespace ishi
