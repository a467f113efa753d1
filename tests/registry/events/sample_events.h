// One event of every kind with every field filled, and a maker of random ones.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "registry/events/event.h"

namespace ishi::testing {

Token token_of(std::uint64_t number);
// Name (of the golden file) and event. Every optional is present in "..._full" and absent in "..._bare".
std::vector<std::pair<std::string, Event>> sample_events();
Event random_event(std::mt19937_64& random);

}  // namespace ishi::testing
