// On which days a source owes a delivery. Pure; any thread. Days are JST.
#pragma once

#include <optional>
#include <set>

#include "registry/policy/policy_book.h"
#include "registry/time.h"

namespace ishi {

int weekday_of(CivilDate day);  // 1 Monday … 7 Sunday

// Never, for kIrregular and outside source.valid.
bool owes_on(const ExpectedSource& source, const std::set<CivilDate>& holidays, CivilDate day);

// The last day up to `today` on which something was owed, looking back a year; nothing if there is none.
std::optional<CivilDate> last_owed(const ExpectedSource& source, const std::set<CivilDate>& holidays, CivilDate today);

// How many deliveries were owed on days after `after` (missing: ever) and before `before`, looking back a year.
int owed_between(const ExpectedSource& source, const std::set<CivilDate>& holidays, std::optional<CivilDate> after,
                 CivilDate before);

}  // namespace ishi
