// When does the time to object end? Pure date arithmetic on 民法 140–143: the first day does not count.
// The table of LAW.md 2.7 is the test (tests/registry/policy/waiting_period.cases).
#pragma once

#include "registry/policy/policy_book.h"

namespace ishi {

// The first day on which provision is allowed after a notice dated `notice`. Monotone in `notice`.
CivilDate allowed_from(const WaitRule& rule, CivilDate notice);
// The later of the regime's rule and the institution's own.
CivilDate allowed_from(const Regime& regime, const Institution* institution, CivilDate notice);

}  // namespace ishi
