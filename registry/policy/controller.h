// Who answers for the registry under the option in force (LAW.md 9.1), as documents say it: on each signed checkpoint,
// and so on each receipt, and beside the policy. Pure; any thread.
#pragma once

#include <string>

#include "registry/policy/policy_book.h"

namespace ishi {

std::string controller_of(const Profile& profile);  // "FUND (STATE)"

}  // namespace ishi
