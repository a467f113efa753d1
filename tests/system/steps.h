// How far a system test goes: briefly in CI, at full length with ISHI_HUNT=full (tests/README.md).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string_view>

namespace ishi::testing {

inline bool full_hunt() {
  const char* text = std::getenv("ISHI_HUNT");
  return text && std::string_view(text) == "full";
}
inline std::uint64_t steps(std::uint64_t brief, std::uint64_t full) {
  return full_hunt() ? full : brief;
}
inline std::uint64_t seed_of_this_run() {
  const char* text = std::getenv("ISHI_SEED");
  return text ? std::strtoull(text, nullptr, 10) : std::random_device{}();
}

}  // namespace ishi::testing
