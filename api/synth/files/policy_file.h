// policy.toml and keys.json of a world: its institutions with their filings, operators, letters, campaigns and callers.
// Read together with ops/policy/regimes.toml and one ops/policy/option_*.toml. The registry gets digests of the keys;
// keys.json has the keys themselves, which open nothing but this made-up world.
#pragma once

#include <string>

#include "api/synth/world/world.h"
#include "registry/result.h"

namespace ishi::synth {

std::string policy_toml(const World& world);
std::string keys_json(const World& world);

// An operator that lost its certification; only S-TINY has one.
inline constexpr std::string_view kFormerOperator = "FORMER-OPERATOR";

}  // namespace ishi::synth
