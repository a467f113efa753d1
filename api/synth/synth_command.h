// `ishi synth`: a synthetic world on disk, from a scenario and a seed. The same options give the same bytes on any
// machine. Streams: memory does not grow with the population.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "api/synth/world/world.h"
#include "registry/result.h"

namespace ishi::synth {

struct SynthRequest {
  WorldParameters world;
  std::string directory;
  bool truth = false;          // write truth.ndjson too
  std::size_t hospitals = 12;  // at most so many get files of their own under hospital/ (each needs nine open files)
};
struct SynthSummary {
  std::uint64_t people = 0, registry_rows = 0, hospital_rows = 0, objections = 0, notified = 0, notice_rows = 0;
};

// kInvalidArgument (a scale or date out of bounds), kUnavailable (a file cannot be written). One thread.
Result<SynthSummary> make_world(const SynthRequest& request);

// Everything after `ishi synth`. Prints to stdout and stderr. 0: done; 1: it failed; 2: the options make no sense.
int run_synth(std::span<const std::string> arguments);

}  // namespace ishi::synth
