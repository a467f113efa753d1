// Neighbourhood: up to 4,096 people of one prefecture, living in households, each with a card. A function of the
// world's seed and the neighbourhood's number alone: any one can be made without the others, and only one is in
// memory at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "api/synth/random/random.h"
#include "api/synth/world/insurers.h"
#include "api/synth/world/margins.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

// Where the people live, and how many.
struct Place {
  int prefecture = 1;
  std::uint64_t population = 0;
};

struct NeighbourhoodPlace {
  std::uint64_t number = 0;  // in the world
  std::uint64_t number_in_prefecture = 0;
  int prefecture = 1;
  std::uint64_t first_index = 0;
  std::uint32_t population = 0;
};

// What all neighbourhoods share.
class Country {
 public:
  static constexpr std::uint32_t kNeighbourhoodMax = 4'096;
  Country(std::uint64_t seed, CivilDate today, std::vector<Place> places);

  std::uint64_t population() const { return population_; }
  std::uint64_t seed() const { return seed_; }
  CivilDate today() const { return today_; }
  const std::vector<Place>& places() const { return places_; }
  const std::vector<NeighbourhoodPlace>& neighbourhoods() const {
    return neighbourhoods_;
  }  // 24 bytes per 4,096 people
  // Its people, grouped by household.
  std::vector<Person> people_of(const NeighbourhoodPlace& place) const;

 private:
  std::uint64_t seed_;
  CivilDate today_;
  std::vector<Place> places_;
  std::uint64_t population_ = 0;
  std::vector<NeighbourhoodPlace> neighbourhoods_;
  Permutation permutation_;
  Strata strata_;
  Insurers insurers_;
};

}  // namespace ishi::synth
