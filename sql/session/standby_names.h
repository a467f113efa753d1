// Reads PostgreSQL's synchronous_standby_names: whom does every commit wait for? Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ishi::sql {

// The standbys that are always waited for, all of them, in small letters; empty when any of those listed may be
// missed: none are listed, fewer are waited for than listed ("FIRST 1 (a, b)", "ANY 1 (a, b)", "a, b"), or '*'.
std::vector<std::string> standbys_always_waited_for(std::string_view synchronous_standby_names);

std::string small_letters(std::string_view name);  // as PostgreSQL compares standby names

}  // namespace ishi::sql
