// Random values of the types that events are made of. For tests of the codec; nothing here is like real data.
#pragma once

#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "tests/registry/events/sample_events.h"

namespace ishi::testing {

inline std::string random_name(std::mt19937_64& random) {
  std::string name(random() % 12, '\0');
  for (char& letter : name) letter = static_cast<char>(random());
  return name;
}
inline std::vector<std::string> random_names(std::mt19937_64& random, std::size_t items_min = 0) {
  std::vector<std::string> names(items_min + random() % 4);
  for (auto& name : names) name = random_name(random);
  return names;
}
inline CivilDate random_date(std::mt19937_64& random) {
  return CivilDate(static_cast<std::int32_t>(random() % 60'000) - 20'000);
}
inline Timestamp random_instant(std::mt19937_64& random) {
  return Timestamp(static_cast<std::int64_t>(random() % 4'000'000'000'000'000));
}
inline EventIndex random_index(std::mt19937_64& random) {
  return EventIndex(random() >> 1);
}
inline std::array<std::uint8_t, 32> random_digest(std::mt19937_64& random) {
  std::array<std::uint8_t, 32> digest{};
  for (auto& byte : digest) byte = static_cast<std::uint8_t>(random());
  return digest;
}
inline Token random_token(std::mt19937_64& random) {
  return token_of(random());
}
inline std::uint64_t random_number(std::mt19937_64& random) {
  return random();
}
// maybe(random, random_date): nothing, or one of them.
template <typename Make>
auto maybe(std::mt19937_64& random, Make make) -> std::optional<decltype(make(random))> {
  if (random() % 2 == 0) return std::nullopt;
  return make(random);
}
template <typename Enum>
Enum random_choice(std::mt19937_64& random, Enum min, Enum max) {
  const unsigned low = static_cast<unsigned>(min), high = static_cast<unsigned>(max);
  return static_cast<Enum>(low + random() % (high - low + 1));
}
inline Channel random_channel(std::mt19937_64& random) {
  return random_choice(random, Channel::kCounterPaper, Channel::kAgentApi);
}

}  // namespace ishi::testing
