// The numbers that a synthetic population must show: LAW.md 13.1 to 13.5, as tables. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ishi::synth {

enum class Sex : std::uint8_t { kMale = 1, kFemale = 2 };  // as claims files write it

// Who insures a person. A municipal and a trade association's NHI differ by household only.
enum class Scheme : std::uint8_t { kNhi, kAssistance, kLate75, kKyokai, kKumiai, kKyosai };
constexpr std::size_t kSchemeCount = 6;
std::string_view name_of(Scheme scheme);  // "NHI", "LATE75", …
constexpr bool is_employee(Scheme scheme) {
  return scheme == Scheme::kKyokai || scheme == Scheme::kKumiai || scheme == Scheme::kKyosai;
}

constexpr std::size_t kAgeBandCount = 21;  // 0-4, 5-9, …, 95-99, 100+
constexpr int kAgeMax = 106;
constexpr std::size_t band_of(int age) {
  return age >= 100 ? 20 : static_cast<std::size_t>(age) / 5;
}

constexpr double kNationalPopulation = 123'800'000.0;
double band_population(std::size_t band);  // persons, both sexes
double female_share(std::size_t band);
double scheme_share(std::size_t band, Scheme scheme);
double age_share(std::size_t band, int age);  // of a year of age in its band
double death_rate(int age, Sex sex);          // within a year; the nation's total is 1,605,378
double household_share(int size);             // of households; sizes 1..7
double dependants_share(Scheme scheme);       // of an employee scheme's members who are dependants
double month_share_of_births(int month);      // 1..12
double month_share_of_deaths(int month);

constexpr int kPrefectureCount = 47;
double prefecture_population(int prefecture);  // 1..47, persons
int municipality_count(int prefecture);        // insurers of the municipal NHI; 1,716 in all
std::string_view prefecture_name(int prefecture);

// One stratum: everybody in it is alike in scheme, age, sex and in whether they died within the past year.
struct Stratum {
  Scheme scheme;
  std::uint8_t age;
  Sex sex;
  bool died;
};
// The population as consecutive strata on [0, 1): the u-th person belongs to the stratum that holds u.
class Strata {
 public:
  Strata();
  const Stratum& at(double u) const;  // 0 <= u < 1

 private:
  std::vector<double> ends_;
  std::vector<Stratum> strata_;
  std::array<std::uint32_t, 4097> index_{};  // first stratum that may hold k/4096
};

}  // namespace ishi::synth
