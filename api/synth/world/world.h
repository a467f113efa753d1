// World: everything that a scenario decides before the first person is made. Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/synth/world/institution.h"
#include "api/synth/world/neighbourhood.h"
#include "registry/result.h"
#include "registry/time.h"

namespace ishi::synth {

enum class Scenario : std::uint8_t { kTiny, kCity, kNation };

struct WorldParameters {
  Scenario scenario = Scenario::kCity;
  double scale = 1.0;  // of the scenario's population; S-NATION at 1.0 has 123.8 M people
  std::uint64_t seed = 1;
  CivilDate today = CivilDate::of(2026, 11, 20);
  std::string profile = "option_2_2";  // the framework option under ops/policy
};
inline constexpr std::uint64_t kCityPopulation = 300'000;
inline constexpr int kCityPrefecture = 22;
inline constexpr std::uint64_t kTinyPopulation = 161;  // and 39 people of the edge cases

class World {
 public:
  // kInvalidArgument: a scale that leaves fewer than 100 people or more than the nation has.
  static Result<World> create(const WorldParameters& parameters);

  const WorldParameters& parameters() const { return parameters_; }
  const Country& country() const { return country_; }
  const std::vector<OperatorProfile>& operators() const { return operators_; }
  const std::vector<SynthInstitution>& institutions() const { return institutions_; }
  // Institutions of a prefecture, by position.
  const std::vector<std::size_t>& institutions_in(int prefecture) const {
    return by_prefecture_[static_cast<std::size_t>(prefecture)];
  }
  // The chance that a person of that age in its prefecture was told by it.
  double chance_told(std::size_t institution, int age) const;

 private:
  World(const WorldParameters& parameters, Country country);

  WorldParameters parameters_;
  Country country_;
  std::vector<OperatorProfile> operators_;
  std::vector<SynthInstitution> institutions_;
  std::vector<std::vector<std::size_t>> by_prefecture_;
  std::vector<double> base_chance_;
};

}  // namespace ishi::synth
