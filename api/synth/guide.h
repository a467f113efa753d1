// The two files that explain a world: README.txt for people, world.json for programs.
#pragma once

#include <string>

#include "api/synth/synth_command.h"
#include "api/synth/world/world.h"

namespace ishi::synth {

std::string guide_text(const World& world, const SynthSummary& summary, bool truth);
std::string world_json(const World& world, const SynthSummary& summary);

}  // namespace ishi::synth
