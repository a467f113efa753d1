#include "api/synth/world/neighbourhood.h"

#include <algorithm>

#include "api/synth/random/mathematics.h"
#include "api/synth/world/cards.h"
#include "api/synth/world/households.h"

namespace ishi::synth {
namespace {

int month_by(double (*share)(int), double u) {
  int month = 1;
  while (month < 12 && u >= share(month)) u -= share(month++);
  return month;
}

CivilDate birth_of(const Stratum& stratum, CivilDate today, Draw& draw) {
  const int month = month_by(month_share_of_births, draw.uniform());
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int day = static_cast<int>(draw.between(1, kDays[month - 1]));
  const int year = static_cast<int>(today.year_month_day().year()) - stratum.age;
  const CivilDate this_year = CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  // Already of that age today? Compare month and day by moving the birthday into this year.
  const CivilDate birthday =
      CivilDate::of(year + stratum.age, static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (birthday <= today) return this_year;
  return CivilDate::of(year - 1, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

CivilDate death_of(CivilDate today, CivilDate birth, Draw& draw) {
  const int month = month_by(month_share_of_deaths, draw.uniform());
  const int day = static_cast<int>(draw.between(1, 28));
  const int year = static_cast<int>(today.year_month_day().year());
  CivilDate date = CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (date >= today) date = CivilDate::of(year - 1, static_cast<unsigned>(month), static_cast<unsigned>(day));
  return std::max(date, birth);
}

}  // namespace

Country::Country(std::uint64_t seed, CivilDate today, std::vector<Place> places)
    : seed_(seed), today_(today), places_(std::move(places)), permutation_(seed, 1), insurers_(seed) {
  std::uint64_t per_prefecture[kPrefectureCount + 1] = {};
  for (const Place& place : places_) {
    for (std::uint64_t done = 0; done < place.population;) {
      const std::uint32_t size =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(kNeighbourhoodMax, place.population - done));
      neighbourhoods_.push_back(
          {neighbourhoods_.size(), per_prefecture[place.prefecture]++, place.prefecture, population_ + done, size});
      done += size;
    }
    population_ += place.population;
  }
  permutation_ = Permutation(seed, std::max<std::uint64_t>(1, population_));
}

std::vector<Person> Country::people_of(const NeighbourhoodPlace& place) const {
  std::vector<Person> people(place.population);
  for (std::uint32_t i = 0; i < place.population; ++i) {
    Person& person = people[i];
    person.index = place.first_index + i;
    person.prefecture = static_cast<std::uint8_t>(place.prefecture);
    const double u = (static_cast<double>(permutation_.at(person.index)) + 0.5) / static_cast<double>(population_);
    const Stratum& stratum = strata_.at(u);
    person.scheme = stratum.scheme;
    person.sex = stratum.sex;
    person.age = stratum.age;
    Draw draw(seed_, Purpose::kBirth, person.index);
    person.birth = birth_of(stratum, today_, draw);
    if (stratum.died) person.died_on = death_of(today_, person.birth, draw);
    // Nobody gets a card for the 75th birthday after their death.
    if (person.scheme == Scheme::kLate75 && person.age == 75 && person.died_on) {
      person.died_on = std::min(std::max(*person.died_on, reaches_age_on(person.birth, 75)), today_.plus_days(-1));
    }
  }

  Draw draw(seed_, Purpose::kHousehold, place.number);
  const std::vector<std::vector<std::uint32_t>> households = form_households(people, draw);
  std::vector<Person> grouped;
  grouped.reserve(people.size());
  const int municipalities = municipality_count(place.prefecture);
  for (std::size_t h = 0; h < households.size(); ++h) {
    // Few large towns and many small ones: log-uniform ranks.
    const double rank = exponential(draw.uniform() * natural_logarithm(municipalities + 1.0));
    const int municipality = std::min(municipalities, std::max(1, static_cast<int>(rank)));
    for (const std::uint32_t who : households[h]) {
      Person& person = people[who];
      person.household = place.number * kNeighbourhoodMax + h;
      person.municipality = static_cast<std::uint16_t>(municipality);
      grouped.push_back(std::move(person));
    }
  }
  const std::vector<CardGroup> groups = issue_cards(insurers_, place, seed_, grouped);
  change_cards(insurers_, place, seed_, today_, grouped, groups);
  return grouped;
}

}  // namespace ishi::synth
