// Why a command is refused, and what else can be said about it: one code per case. A code's name is part of the
// contract ("notice_after_death"); rows, pages and FHIR show it with words of their own. Never rename one.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "registry/result.h"

#include <tl/expected.hpp>

namespace ishi {

enum class RefusalCode : std::uint8_t {
  // fields
  kFieldMissing,
  kDateInFuture,
  kDateImplausible,
  kUnknownRegime,
  kUnknownHolder,
  kUnknownRecipient,
  kUnknownCategory,
  kUnknownPurpose,
  kForeignHolder,
  kForeignRecipient,
  kClosedByOption,
  kDatedBackTooFar,
  kRecordedByAnother,
  kTooManyFacts,
  // notices
  kUnknownTemplate,
  kTemplateRegime,
  kTemplateHolder,
  kTemplateDate,
  kPublicOnlyIsNoNotice,
  kNoticeAfterDeath,
  kNoticeNotFound,
  kNoticeAmbiguous,
  kUnknownCampaign,
  kCampaignMismatch,
  kCampaignMethods,
  kCampaignNotRunning,
  kCampaignOnlyComposite,
  // objections, consents, and taking them back
  kRecordPeriodReversed,
  kAcceptedAtInFuture,
  kObjectionNotApplicable,
  kConsentNotApplicable,
  kRequesterNotAllowed,
  kRelationUnknown,
  kPersonNotDeceased,
  kAgeSelfTooYoung,
  kGuardianAgeExceeded,
  kBirthDateNeeded,
  kPersonHasDied,
  kRequesterDiffers,
  kWithdrawalNotAllowed,
  kRegimeNotReversible,
  kWithdrawalBeforeRequest,
  kObjectionNotFound,
  kConsentNotFound,
  kAlreadyWithdrawn,
  kNothingToWithdraw,
  kObjectionOrAll,
  kExpiresBeforeStart,
  // links and deaths
  kSameIdentity,
  kHouseholdCannotLink,
  kNotLinked,
  kLinkNotFound,
  kOtherOrLink,
  kForeignSource,
  kDeathNotRecorded,
  kDeathAmbiguous,
  // permits
  kPermitExists,
  kRegimeWithoutPermits,
  kUnknownOverride,
  kTwoSignaturesNeeded,
  // who took a request in, what was seen, and receipts
  kUnknownEvidence,
  kSeenOnline,
  kReceiptExists,
  kReceiptNotFound,
  kReceiptConsentNeeded,
  kReceiptBeforeRequest,
  kValueFormat,
  kRefused,  // by a rule that has no code of its own here
};
constexpr std::size_t kRefusalCodeCount = static_cast<std::size_t>(RefusalCode::kRefused) + 1;

// Accepted, and the log already says all there is to say.
enum class NothingWritten : std::uint8_t { kNoEffect, kAlreadyRecorded, kAlreadyLinked, kAlreadyObjected };
constexpr std::size_t kNothingWrittenCount = 4;

// Accepted and written, but …
enum class Remark : std::uint8_t {
  kClockAdjusted,     // accepted_at lay slightly in the future; the arrival counts
  kDeathDateDiffers,  // another date of death is on record; it stays
  kFieldIgnored,      // a field that does not apply to this request had no effect
  kScopeNarrowed,     // it binds only under the regimes where the requester decides
  kScopeWidened,      // so many objections stand that this one stops everything
  kStillObjected,     // where an objection cannot be taken back, it stands
  kStillLinked,       // another source confirms the link, so it stands
  kTooManyLinked,     // more identifiers than one person can have: denied until somebody has looked
  kDeathNotKept,      // the date of death judged this request only; who records deaths must record it
};
constexpr std::size_t kRemarkCount = 9;

std::string_view name_of(RefusalCode code);  // "notice_after_death"
std::string_view name_of(NothingWritten reason);
std::string_view name_of(Remark remark);
std::optional<RefusalCode> parse_refusal_code(std::string_view name);

struct Refusal {
  RefusalCode code = RefusalCode::kRefused;
  std::string_view field;  // the field that can mend it, as the contract names it; static; empty: the whole command
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// The answer of a command. It must be used, as Result.
template <typename T>
class [[nodiscard]] CommandResult : public tl::expected<T, Refusal> {
 public:
  using Base = tl::expected<T, Refusal>;
  using Base::Base;
};

[[nodiscard]] inline tl::unexpected<Refusal> refuse(RefusalCode code, std::string_view field = {}) {
  return tl::unexpected<Refusal>(Refusal{code, field});
}
// A complaint of registry/rules/requests.h, with the field that can mend it.
[[nodiscard]] tl::unexpected<Refusal> refuse(const Error& complaint);

}  // namespace ishi
