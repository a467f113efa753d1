#include "api/synth/world/margins.h"

#include <algorithm>

#include "api/synth/random/mathematics.h"
#include "registry/assert.h"

namespace ishi::synth {
namespace {

constexpr std::array<double, kAgeBandCount> kBandMillions{3.94,  4.70, 5.19, 5.48, 6.20, 6.50,  6.42,
                                                          6.90,  7.55, 8.80, 9.70, 8.50, 7.678, 7.35,
                                                          8.116, 8.00, 5.95, 4.10, 2.08, 0.552, 0.095};

struct SchemeShares {
  double nhi, assistance, late75;
};
SchemeShares shares_of_band(std::size_t band) {
  const int age = static_cast<int>(band) * 5;
  if (age < 15) return {.13, .010, 0};
  if (age < 20) return {.14, .009, 0};
  if (age < 25) return {.20, .004, 0};
  if (age < 40) return {.15, .005, 0};
  if (age < 50) return {.155, .0095, 0};
  if (age < 55) return {.165, .014, 0};
  if (age < 60) return {.185, .018, 0};
  if (age < 65) return {.30, .021, 0};
  if (age < 70) return {.58, .026, .010};
  if (age < 75) return {.74, .030, .020};
  return {0, .035, .965};
}

constexpr std::array<double, kPrefectureCount> kPrefectureThousands{
    5043, 1164, 1144, 2244, 896,  1011, 1742, 2805, 1885, 1889, 7332, 6250, 14178, 9224, 2097, 994,
    1097, 738,  792,  1989, 1913, 3524, 7465, 1710, 1401, 2521, 8757, 5337, 1285,  880,  531,  642,
    1831, 2714, 1281, 685,  917,  1276, 656,  5092, 788,  1250, 1696, 1085, 1030,  1531, 1467};
// Municipalities by prefecture, Hokkaido less those that insure jointly: 1,716.
constexpr std::array<int, kPrefectureCount> kMunicipalities{
    154, 40, 33, 35, 25, 35, 59, 44, 25, 35, 63, 54, 62, 33, 30, 15, 19, 17, 27, 77, 42, 35, 54, 29,
    19,  26, 43, 41, 39, 30, 19, 19, 27, 23, 19, 24, 17, 20, 34, 60, 20, 21, 45, 18, 26, 43, 41};
constexpr std::array<std::string_view, kPrefectureCount> kPrefectureNames{
    "北海道", "青森",   "岩手", "宮城", "秋田", "山形",   "福島", "茨城", "栃木", "群馬",   "埼玉", "千葉",
    "東京",   "神奈川", "新潟", "富山", "石川", "福井",   "山梨", "長野", "岐阜", "静岡",   "愛知", "三重",
    "滋賀",   "京都",   "大阪", "兵庫", "奈良", "和歌山", "鳥取", "島根", "岡山", "広島",   "山口", "徳島",
    "香川",   "愛媛",   "高知", "福岡", "佐賀", "長崎",   "熊本", "大分", "宮崎", "鹿児島", "沖縄"};
constexpr std::array<double, 12> kBirths{57.7, 54.5, 58.8, 57.8, 62.0, 61.4, 64.0, 65.4, 61.3, 61.9, 59.7, 62.8};
constexpr std::array<double, 12> kDeaths{164.3, 134.2, 132.6, 121.8, 121.0, 112.4,
                                         119.4, 129.7, 126.2, 132.9, 132.8, 148.6};
constexpr std::array<double, 7> kHouseholds{.38, .28, .17, .12, .035, .010, .005};
constexpr double kDeathsInAYear = 1'605'378.0;
constexpr double kBirthsMillions = 0.686;

double share_of(std::span<const double, 12> months, int month) {
  double sum = 0;
  for (const double value : months) sum += value;
  return months[static_cast<std::size_t>(month - 1)] / sum;
}

double unscaled_death_rate(int age, Sex sex) {
  double rate = 0;
  if (age == 0)
    rate = 0.0018;
  else if (age < 15)
    rate = 0.00012;
  else if (age < 20)
    rate = 0.0003;
  else
    rate = 0.004487 * exponential(0.106 * (age - 60)) + 0.0002;
  return std::min(1.0, rate) * (sex == Sex::kMale ? 1.25 : 0.82);
}

int first_age(std::size_t band) {
  return static_cast<int>(band) * 5;
}
int last_age(std::size_t band) {
  return band == kAgeBandCount - 1 ? kAgeMax : static_cast<int>(band) * 5 + 4;
}
double sex_share(std::size_t band, Sex sex) {
  return sex == Sex::kFemale ? female_share(band) : 1.0 - female_share(band);
}

double death_scale() {
  double deaths = 0;
  for (std::size_t band = 0; band < kAgeBandCount; ++band) {
    for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
      for (int age = first_age(band); age <= last_age(band); ++age) {
        deaths += band_population(band) * sex_share(band, sex) * age_share(band, age) * unscaled_death_rate(age, sex);
      }
    }
  }
  return kDeathsInAYear / deaths;
}

}  // namespace

std::string_view name_of(Scheme scheme) {
  constexpr std::array<std::string_view, kSchemeCount> kNames{"NHI",    "ASSISTANCE", "LATE75",
                                                              "KYOKAI", "KUMIAI",     "KYOSAI"};
  return kNames[static_cast<std::size_t>(scheme)];
}

double band_population(std::size_t band) {
  double sum = 0;
  for (const double millions : kBandMillions) sum += millions;
  return kBandMillions[band] / sum * kNationalPopulation;
}

double female_share(std::size_t band) {
  if (band < 3) return 0.487;
  if (band < 13) return 0.490;
  if (band < 15) return 0.545;
  return band < 18 ? 0.605 : 0.76;
}

double scheme_share(std::size_t band, Scheme scheme) {
  const SchemeShares shares = shares_of_band(band);
  const double employees = 1.0 - shares.nhi - shares.assistance - shares.late75;
  constexpr double kParts = 50.9 + 36.2 + 12.8;
  switch (scheme) {
    case Scheme::kNhi: return shares.nhi;
    case Scheme::kAssistance: return shares.assistance;
    case Scheme::kLate75: return shares.late75;
    case Scheme::kKyokai: return employees < 1e-9 ? 0 : employees * 50.9 / kParts;
    case Scheme::kKumiai: return employees < 1e-9 ? 0 : employees * 36.2 / kParts;
    case Scheme::kKyosai: return employees < 1e-9 ? 0 : employees * 12.8 / kParts;
  }
  return 0;
}

double age_share(std::size_t band, int age) {
  if (band == 0) {
    const double newborn = kBirthsMillions / kBandMillions[0];
    return age == 0 ? newborn : (1.0 - newborn) / 4;
  }
  if (band == kAgeBandCount - 1) {  // 100 and over: halves every year
    constexpr std::array<double, 7> kShares{.50, .25, .125, .0625, .03125, .015625, .015625};
    return kShares[static_cast<std::size_t>(age - 100)];
  }
  return 0.2;
}

double death_rate(int age, Sex sex) {
  static const double kScale = death_scale();
  return std::min(1.0, kScale * unscaled_death_rate(age, sex));
}

double household_share(int size) {
  return kHouseholds[static_cast<std::size_t>(size - 1)];
}

double dependants_share(Scheme scheme) {
  // Dependants per insured person: 0.59 and 0.70; the mutual aid associations are taken to lie between.
  switch (scheme) {
    case Scheme::kKyokai: return 0.59 / 1.59;
    case Scheme::kKumiai: return 0.70 / 1.70;
    case Scheme::kKyosai: return 0.65 / 1.65;
    default: return 0;
  }
}

double month_share_of_births(int month) {
  return share_of(kBirths, month);
}
double month_share_of_deaths(int month) {
  return share_of(kDeaths, month);
}

double prefecture_population(int prefecture) {
  double sum = 0;
  for (const double thousands : kPrefectureThousands) sum += thousands;
  return kPrefectureThousands[static_cast<std::size_t>(prefecture - 1)] / sum * kNationalPopulation;
}
int municipality_count(int prefecture) {
  return kMunicipalities[static_cast<std::size_t>(prefecture - 1)];
}
std::string_view prefecture_name(int prefecture) {
  return kPrefectureNames[static_cast<std::size_t>(prefecture - 1)];
}

Strata::Strata() {
  // Strata that lie side by side come out exact together; those that the law asks about most are kept together.
  double end = 0;
  for (std::size_t s = 0; s < kSchemeCount; ++s) {
    const Scheme scheme = static_cast<Scheme>(s);
    for (std::size_t band = 0; band < kAgeBandCount; ++band) {
      const double share = band_population(band) / kNationalPopulation * scheme_share(band, scheme);
      if (share <= 0) continue;
      for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
        for (const bool died : {false, true}) {
          for (int age = first_age(band); age <= last_age(band); ++age) {
            const double rate = death_rate(age, sex);
            end += share * sex_share(band, sex) * age_share(band, age) * (died ? rate : 1.0 - rate);
            ends_.push_back(end);
            strata_.push_back({scheme, static_cast<std::uint8_t>(age), sex, died});
          }
        }
      }
    }
  }
  ISHI_ASSERT(end > 0.999999 && end < 1.000001);
  ends_.back() = 2.0;  // whatever rounding left over
  std::uint32_t stratum = 0;
  for (std::size_t k = 0; k < index_.size(); ++k) {
    while (ends_[stratum] <= static_cast<double>(k) / 4096.0) ++stratum;
    index_[k] = stratum;
  }
}

const Stratum& Strata::at(double u) const {
  std::uint32_t stratum = index_[static_cast<std::size_t>(u * 4096.0)];
  while (ends_[stratum] <= u) ++stratum;
  return strata_[stratum];
}

}  // namespace ishi::synth
