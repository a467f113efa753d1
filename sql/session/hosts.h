// Reads libpq's connection strings and the names of timelines. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ishi::sql {

// One connection string for each host that this one names ("host=a,b port=1,2 …"), in order; one when it names one or
// none. What libpq cannot read comes back as it is.
std::vector<std::string> each_host(const std::string& connection_string);

std::uint32_t timeline_of(std::string_view hex);  // "0000000A" is 10; 0: unreadable

}  // namespace ishi::sql
