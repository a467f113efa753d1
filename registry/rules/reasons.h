// Reasons: the codes that apply to one person, gathered before one is chosen, so that an exception lifts what it
// names and nothing behind it. Pure.
#pragma once

#include <algorithm>
#include <bitset>
#include <optional>

#include "registry/policy/policy_book.h"
#include "registry/rules/decision.h"

namespace ishi {

class Reasons {
 public:
  void add(ReasonCode code) { codes_.set(static_cast<std::size_t>(code)); }
  // Adds DENY_WAITING; of several waits the longest counts.
  void add_wait(CivilDate allowed_from) {
    add(ReasonCode::kDenyWaiting);
    allowed_from_ = std::max(allowed_from_.value_or(allowed_from), allowed_from);
  }

  // The smallest code that no exception lifts; else OVERRIDE if one was lifted; else ALLOW.
  Decision choose(const OverrideRule* exception) const {
    bool lifted = false;
    for (std::size_t number = 1; number < kReasonCodeCount; ++number) {
      if (!codes_.test(number)) continue;
      const auto code = static_cast<ReasonCode>(number);
      // Who the person is cannot be settled by an exception.
      const bool liftable = code != ReasonCode::kDenyWeakMatch;
      if (liftable && exception != nullptr && exception->lifts.contains(code)) {
        lifted = true;
      } else {
        return Decision{code, code == ReasonCode::kDenyWaiting ? allowed_from_ : std::nullopt};
      }
    }
    return Decision{lifted ? ReasonCode::kOverride : ReasonCode::kAllow, std::nullopt};
  }

 private:
  std::bitset<kReasonCodeCount> codes_;
  std::optional<CivilDate> allowed_from_;
};

}  // namespace ishi
