// What was wanted (tests/bench/README.md) beside what was measured.
#pragma once

#include <string>

#include "tests/bench/measure.h"

namespace ishi::bench {

// A table in Markdown; rows whose figures were not measured are left out.
std::string targets_markdown(const Table& table);

}  // namespace ishi::bench
