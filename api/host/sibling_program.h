// The programs of ours that are installed together, starting one another: `ishi audit fsck` is `ishi-admin audit fsck`.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace ishi::api {

// Where the program `name` is: in the folder of the running executable, else in the first folder of PATH that has it.
// A relative folder in PATH does not count, so that no file of the current folder is ever run. Empty = nowhere.
std::optional<std::string> find_sibling(const std::string& name);

// Becomes that program: the same process, terminal, environment and ignored signals, so that Ctrl-C and the exit status
// are its own. No shell reads the arguments. Returns only if it cannot be started: then a sentence on stderr has named
// the program, and the result is 127, as a shell says it.
int become_sibling(const std::string& name, std::span<const std::string> arguments);

}  // namespace ishi::api
