// `ishi audit replay`: for auditors, over a server; the rest of `ishi audit` goes past it.
#pragma once

#include <span>
#include <string>

namespace ishi::client {

// Everything after `ishi audit replay`. 0: the same; 1: it differs, or the receipt proves nothing; else as other
// commands.
int run_replay(std::span<const std::string> arguments);

}  // namespace ishi::client
