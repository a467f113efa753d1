#include "api/synth/world/world.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ishi::synth {
namespace {

constexpr double kToldNationwide = 60 * 51'700.0 + 105 * 23'100.0 + 11 * 11'800.0;  // 2025-11
constexpr std::size_t kInstitutionsNationwide = 176;

double mean_visit_weight() {
  double sum = 0;
  for (std::size_t band = 0; band < kAgeBandCount; ++band) {
    sum += band_population(band) / kNationalPopulation * visit_weight(static_cast<int>(band) * 5);
  }
  return sum;
}

std::vector<Place> places_of(const WorldParameters& parameters) {
  std::vector<Place> places;
  if (parameters.scenario != Scenario::kNation) {
    const double people = parameters.scenario == Scenario::kTiny ? kTinyPopulation : kCityPopulation;
    places.push_back({kCityPrefecture, static_cast<std::uint64_t>(people * parameters.scale + 0.5)});
    return places;
  }
  double exact = 0;
  std::uint64_t given = 0;
  for (int prefecture = 1; prefecture <= kPrefectureCount; ++prefecture) {
    exact += prefecture_population(prefecture) * parameters.scale;
    const std::uint64_t upto = static_cast<std::uint64_t>(exact + 0.5);
    places.push_back({prefecture, upto - given});
    given = upto;
  }
  return places;
}

// The three hospitals of S-TINY: general, dental, pharmacy; people enough go to each for every kind of record.
std::vector<SynthInstitution> tiny_hospitals(CivilDate today) {
  std::vector<SynthInstitution> hospitals;
  const std::array<ClaimKind, 3> kinds{ClaimKind::kDpc, ClaimKind::kDental, ClaimKind::kPharmacy};
  const std::array<std::string_view, 3> names{"静岡いし総合病院", "静岡いし歯科医院", "静岡いし薬局"};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    SynthInstitution hospital;
    hospital.code = institution_code(kCityPrefecture, kinds[i], 1, static_cast<int>(i) + 1);
    hospital.name = names[i];
    hospital.prefecture = kCityPrefecture;
    hospital.municipality = "22101";
    hospital.medical_area = "2205";
    hospital.kind = kinds[i];
    hospital.operator_index = i;
    hospital.people = 60;
    hospital.anon_from = today.plus_days(-700 + static_cast<std::int32_t>(i) * 100);
    if (i != 2) hospital.pseudo_from = today.plus_days(-400);
    hospital.waits_a_month = i == 1;
    hospitals.push_back(std::move(hospital));
  }
  return hospitals;
}

}  // namespace

Result<World> World::create(const WorldParameters& parameters) {
  if (!(parameters.scale > 0) || parameters.scale > 1'000) {
    return fail(ErrorKind::kInvalidArgument, "scale", "the scale must be above 0; 1.0 is the scenario's own size");
  }
  std::vector<Place> places = places_of(parameters);
  std::uint64_t people = 0;
  for (const Place& place : places) people += place.population;
  if (people < 100 || people > static_cast<std::uint64_t>(kNationalPopulation)) {
    return fail(ErrorKind::kInvalidArgument, "scale",
                "this scale makes " + std::to_string(people) + " people; choose one that makes 100 to 123800000");
  }
  return World(parameters, Country(parameters.seed, parameters.today, std::move(places)));
}

World::World(const WorldParameters& parameters, Country country)
    : parameters_(parameters),
      country_(std::move(country)),
      operators_(certified_operators()),
      by_prefecture_(kPrefectureCount + 1) {
  const double people = static_cast<double>(country_.population());
  std::vector<int> prefectures;
  for (const Place& place : country_.places()) prefectures.push_back(place.prefecture);
  switch (parameters.scenario) {
    case Scenario::kTiny: institutions_ = tiny_hospitals(parameters.today); break;
    case Scenario::kCity:
      // A city where nearly everybody has been told somewhere: twelve institutions of the sizes the operators report.
      institutions_ = found_institutions(parameters.seed, parameters.today, 12, people * 1.2, prefectures);
      break;
    case Scenario::kNation: {
      const std::size_t count =
          std::clamp<std::size_t>(static_cast<std::size_t>(people / 1'000), 12, kInstitutionsNationwide);
      institutions_ = found_institutions(parameters.seed, parameters.today, count,
                                         people * kToldNationwide / kNationalPopulation, prefectures);
      break;
    }
  }
  const double mean_weight = mean_visit_weight();
  for (std::size_t i = 0; i < institutions_.size(); ++i) {
    by_prefecture_[static_cast<std::size_t>(institutions_[i].prefecture)].push_back(i);
    double around = 0;
    for (const Place& place : country_.places()) {
      if (place.prefecture == institutions_[i].prefecture) around += static_cast<double>(place.population);
    }
    base_chance_.push_back(around < 1 ? 0 : institutions_[i].people / around / mean_weight);
  }
}

double World::chance_told(std::size_t institution, int age) const {
  return std::min(0.80, base_chance_[institution] * visit_weight(age));
}

}  // namespace ishi::synth
