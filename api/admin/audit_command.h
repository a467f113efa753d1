// `ishi audit`: for the operator, on a machine that reaches the database. It goes past the server on purpose: what it
// examines is what the server stands on.
#pragma once

#include <span>
#include <string>

namespace ishi::api {

// Everything after `ishi audit`. 0: everything fits; 1: something does not, each finding named on stdout; 2: the
// options make no sense; 3: the database cannot be reached.
int run_audit(std::span<const std::string> arguments);

}  // namespace ishi::api
