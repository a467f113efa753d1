#include "registry/reason_code.h"

#include "registry/assert.h"

namespace ishi {

std::string_view name_of(ReasonCode code) {
  switch (code) {
    case ReasonCode::kAllow: return "ALLOW";
    case ReasonCode::kDenyOptout: return "DENY_OPTOUT";
    case ReasonCode::kDenyOptoutAmbiguous: return "DENY_OPTOUT_AMBIG";
    case ReasonCode::kDenyAmbiguous: return "DENY_AMBIGUOUS";
    case ReasonCode::kDenyNoConsent: return "DENY_NO_CONSENT";
    case ReasonCode::kDenyNotFiled: return "DENY_NOT_FILED";
    case ReasonCode::kDenyNoticeScope: return "DENY_NOTICE_SCOPE";
    case ReasonCode::kDenyNoNotice: return "DENY_NO_NOTICE";
    case ReasonCode::kDenyWaiting: return "DENY_WAITING";
    case ReasonCode::kDenyNoticeContent: return "DENY_NOTICE_CONTENT";
    case ReasonCode::kDenyDeceasedUnnotified: return "DENY_DECEASED_UNNOTIFIED";
    case ReasonCode::kDenyWeakMatch: return "DENY_WEAK_MATCH";
    case ReasonCode::kDenyRecipientBlocked: return "DENY_RECIPIENT_BLOCKED";
    case ReasonCode::kDenyUnknown: return "DENY_UNKNOWN";
    case ReasonCode::kInvalidId: return "INVALID_ID";
    case ReasonCode::kOverride: return "OVERRIDE";
  }
  ISHI_ASSERT(false);
  return "";
}

}  // namespace ishi
