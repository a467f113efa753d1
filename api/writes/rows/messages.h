// What a write can say about a line: one code per case, with words in Japanese and English for people. Codes are
// part of the contract: never rename one. No message repeats what the line held: identifiers must not come back.
// Some codes are about the row (it cannot be read, or names nobody); the others are those of
// registry/commands/refusal.h, under the same names. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/messages/problem.h"
#include "registry/commands/refusal.h"

namespace ishi::api {

enum class LineCode : std::uint8_t {
  // the row itself
  kRowTooLong,
  kTooManyFields,
  kInvalidUtf8,
  kMalformedRow,
  kTooDeep,
  kDuplicateName,
  kFieldCount,
  kUnknownField,
  // who
  kMyNumberRefused,
  kIdentityMissing,
  kIdentityAmbiguous,
  kTokenFormat,
  kInsurerFormat,
  kSymbolFormat,
  kNumberFormat,
  kNumberMissing,
  kBranchFormat,
  kCheckDigit,
  // fields
  kFieldMissing,
  kValueUnknown,
  kValueFormat,
  kEmptyList,
  kListTooLong,
  kDateFormat,
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
  kRefused,
  // accepted, but nothing had to be written
  kNoEffect,
  kAlreadyRecorded,
  kAlreadyLinked,
  kAlreadyObjected,
  // accepted, with a remark
  kCheckDigitFailed,
  kHouseholdCard,
  kClockAdjusted,
  kDeathDateDiffers,
  kFieldIgnored,
  kScopeNarrowed,
  kScopeWidened,
  kStillObjected,
  kStillLinked,
  kTooManyLinkedDenied,
  kDeathNotKept,
};
constexpr std::size_t kLineCodeCount = static_cast<std::size_t>(LineCode::kDeathNotKept) + 1;

std::string_view name_of(LineCode code);  // "notice_after_death"
std::string_view words_for(LineCode code, Language language);
std::optional<LineCode> parse_line_code(std::string_view name);
// The code of a line for a code of the registry (Error::code); kRefused for one that has no words here.
LineCode line_code_of(std::string_view error_code);
LineCode line_code_of(NothingWritten reason);
LineCode line_code_of(Remark remark);

struct LineRefusal {
  LineCode code = LineCode::kRefused;
  std::string_view field;  // a name from the list of known fields (static); empty for the line as a whole
};
LineRefusal line_refusal_of(const Refusal& refusal);

}  // namespace ishi::api
