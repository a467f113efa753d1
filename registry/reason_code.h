// ReasonCode: why an answer is what it is. The reason is the smallest code that applies (LAW.md 8.1: first hit wins);
// the numbers are the wire format of `answer=reasons` and of receipts: never change one.
#pragma once

#include <cstdint>
#include <string_view>

namespace ishi {

enum class ReasonCode : std::uint8_t {
  kAllow = 0,
  kDenyOptout = 1,
  kDenyOptoutAmbiguous = 2,
  kDenyAmbiguous = 3,
  kDenyNoConsent = 4,
  kDenyNotFiled = 5,
  kDenyNoticeScope = 6,
  kDenyNoNotice = 7,
  kDenyWaiting = 8,
  kDenyNoticeContent = 9,
  kDenyDeceasedUnnotified = 10,
  kDenyWeakMatch = 11,
  kDenyRecipientBlocked = 12,
  kDenyUnknown = 13,
  kInvalidId = 14,
  kOverride = 15,
};

std::string_view name_of(ReasonCode code);  // "DENY_OPTOUT"
// The one place that says what may be used: ALLOW, and OVERRIDE (a logged statutory exception).
constexpr bool may_use(ReasonCode code) {
  return code == ReasonCode::kAllow || code == ReasonCode::kOverride;
}

}  // namespace ishi
