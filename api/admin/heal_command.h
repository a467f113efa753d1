// `ishi audit heal`: a clock was wrong, and the log is ahead of time; an event says which times are not to be believed.
// It speaks to the database itself, because no server answers while the log is ahead of time.
#pragma once

#include <span>
#include <string>

namespace ishi::api {

// Everything after `ishi audit heal`. 0: healed, or nothing is to be healed; 1: something is (--dry-run);
// 2: the options make no sense, or the key is not that of a REGISTRY_KEYHOLDER; 3: the database cannot be reached, or
// its clock and this machine's differ.
int run_heal(std::span<const std::string> arguments);

}  // namespace ishi::api
