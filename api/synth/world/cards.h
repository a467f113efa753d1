// Gives the people of a neighbourhood their insurance cards, and to some a card of before (LAW.md 13.3, 13.4, 13.6).
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "api/synth/world/insurers.h"
#include "api/synth/world/neighbourhood.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

// People who share a card and change it together. The first carries branch 00 (employees) or 01 (NHI).
using CardGroup = std::vector<std::uint32_t>;

// REQUIRES: people are grouped by household.
std::vector<CardGroup> issue_cards(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed,
                                   std::span<Person> people);
void change_cards(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed, CivilDate today,
                  std::span<Person> people, std::span<const CardGroup> groups);

}  // namespace ishi::synth
