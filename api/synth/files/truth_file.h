// truth.ndjson: what is really so, one person a line, for tests that must know: cards, notices, requests, and what is
// wrong with each hospital's copy. Never loaded into a registry.
#pragma once

#include <span>
#include <string>

#include "api/synth/files/hospital_copy.h"
#include "api/synth/world/history.h"

namespace ishi::synth {

std::string truth_line(const World& world, const Person& person, const Life& life, std::span<const Dirt> dirt);

}  // namespace ishi::synth
