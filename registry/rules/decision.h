// Decision: one answer about one person.
#pragma once

#include <optional>

#include "registry/reason_code.h"
#include "registry/time.h"

namespace ishi {

struct Decision {
  ReasonCode code = ReasonCode::kDenyUnknown;
  std::optional<CivilDate> allowed_from;  // with kDenyWaiting: first day on which the wait is over
  friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace ishi
