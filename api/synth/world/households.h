// Puts the people of a neighbourhood into households (LAW.md 13.4): sizes as the nation has them, children with
// adults who share their insurance, couples near in age. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "api/synth/random/random.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

// Each household lists positions in `people`; the head comes first, then the spouse if there is one.
std::vector<std::vector<std::uint32_t>> form_households(std::span<const Person> people, Draw& draw);

}  // namespace ishi::synth
