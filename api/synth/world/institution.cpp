#include "api/synth/world/institution.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "api/synth/random/mathematics.h"
#include "api/synth/random/random.h"
#include "api/synth/world/insurers.h"

namespace ishi::synth {
namespace {

constexpr std::array<std::string_view, 10> kOrdinals{"第一", "第二", "第三", "中央",   "東",
                                                     "西",   "南",   "北",   "みなと", "やまて"};

std::string name_of_institution(int prefecture, ClaimKind kind, int serial) {
  const std::string where(prefecture_name(prefecture));
  const std::string which(kOrdinals[static_cast<std::size_t>(serial) % kOrdinals.size()]);
  const std::string round = serial < static_cast<int>(kOrdinals.size())
                                ? ""
                                : std::to_string(serial / static_cast<int>(kOrdinals.size()) + 1);
  switch (kind) {
    case ClaimKind::kMedical: return where + which + "病院" + round;
    case ClaimKind::kDpc: return where + which + "医療センター" + round;
    case ClaimKind::kDental: return where + which + "歯科医院" + round;
    case ClaimKind::kPharmacy: return where + which + "薬局" + round;
  }
  return where;
}

// When it began: most joined in recent years, some are only a few weeks old.
CivilDate start_date(std::size_t rank, std::size_t count, CivilDate earliest, CivilDate today) {
  // The last tenth of all institutions joined within the past ten weeks; the others evenly since certification.
  const double position = (static_cast<double>(rank) + 0.5) / static_cast<double>(count);
  if (position > 0.9) return today.plus_days(-7 - static_cast<std::int32_t>((1.0 - position) * 630));
  const double days = (today.days_since_epoch() - 70 - earliest.days_since_epoch()) * position / 0.9;
  return earliest.plus_days(static_cast<std::int32_t>(std::max(0.0, days)));
}

}  // namespace

std::vector<OperatorProfile> certified_operators() {
  return {
      {"LDI", "一般社団法人ライフデータイニシアティブ", CivilDate::of(2019, 12, 19), std::nullopt, 51'700},
      {"J-MIMO", "一般財団法人日本医師会医療情報管理機構", CivilDate::of(2020, 6, 30), std::nullopt, 23'100},
      {"FAST-HDJ", "一般財団法人匿名加工医療情報公正利用促進機構", CivilDate::of(2022, 4, 27), std::nullopt, 11'800}};
}

std::string institution_code(int prefecture, ClaimKind kind, int district, int serial) {
  const int table = kind == ClaimKind::kDental ? 3 : kind == ClaimKind::kPharmacy ? 4 : 1;
  return with_check_digit(zero_padded(static_cast<std::uint64_t>(prefecture), 2) + std::to_string(table) +
                          zero_padded(static_cast<std::uint64_t>(district), 2) +
                          zero_padded(static_cast<std::uint64_t>(serial), 4));
}

std::vector<SynthInstitution> found_institutions(std::uint64_t seed, CivilDate today, std::size_t count, double people,
                                                 std::span<const int> prefectures) {
  const std::vector<OperatorProfile> operators = certified_operators();
  // 60 : 105 : 11 of them, every operator at least once.
  constexpr std::array<double, 3> kShares{60.0 / 176, 105.0 / 176, 11.0 / 176};
  std::array<std::size_t, 3> counts{};
  counts[2] = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * kShares[2] + 0.5));
  counts[0] = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * kShares[0] + 0.5));
  counts[1] = count - counts[0] - counts[2];

  double national = 0;
  for (const int prefecture : prefectures) national += prefecture_population(prefecture);
  const CivilDate certification = CivilDate::of(2024, 12, 13);  // all three, under Art. 57
  std::vector<SynthInstitution> institutions;
  std::size_t serial = 0;
  for (std::size_t op = 0; op < operators.size(); ++op) {
    for (std::size_t k = 0; k < counts[op]; ++k, ++serial) {
      Draw draw(seed, Purpose::kInstitution, serial);
      SynthInstitution institution;
      institution.operator_index = op;
      // Spread over the prefectures by population, so that none has more patients than people.
      double at = (static_cast<double>(serial * 97 % count) + 0.5) / static_cast<double>(count) * national;
      institution.prefecture = prefectures.back();
      for (const int prefecture : prefectures) {
        at -= prefecture_population(prefecture);
        if (at < 0) {
          institution.prefecture = prefecture;
          break;
        }
      }
      // Of every eight one is a dental clinic and one a pharmacy; a quarter of the hospitals file DPC claims too.
      constexpr std::array<ClaimKind, 8> kKinds{ClaimKind::kDpc,    ClaimKind::kMedical, ClaimKind::kMedical,
                                                ClaimKind::kDental, ClaimKind::kMedical, ClaimKind::kPharmacy,
                                                ClaimKind::kDpc,    ClaimKind::kMedical};
      institution.kind = kKinds[serial % kKinds.size()];
      const int district = 1 + static_cast<int>(draw.below(40));
      institution.code =
          institution_code(institution.prefecture, institution.kind, district, static_cast<int>(serial % 9'000) + 11);
      institution.name = name_of_institution(institution.prefecture, institution.kind, static_cast<int>(serial));
      institution.municipality = zero_padded(static_cast<std::uint64_t>(institution.prefecture), 2) +
                                 std::to_string(200 + draw.between(1, municipality_count(institution.prefecture)));
      institution.medical_area = zero_padded(static_cast<std::uint64_t>(institution.prefecture), 2) +
                                 zero_padded(static_cast<std::uint64_t>(draw.between(1, 12)), 2);
      // Lognormal sizes, sigma 0.8, at evenly spaced quantiles so that the mean holds for a few institutions too.
      const double quantile = (static_cast<double>((k * 7 + 3) % counts[op]) + 0.5) / static_cast<double>(counts[op]);
      institution.people = operators[op].people_per_institution * exponential(0.8 * normal_quantile(quantile));
      institution.anon_from = start_date(k, counts[op], operators[op].certified_from, today);
      if (institution.anon_from >= certification) {
        if (k % 5 != 4) institution.pseudo_from = institution.anon_from;
      } else if (k % 5 < 3) {  // 60 % within twelve months of the certification
        institution.pseudo_from = certification.plus_days(static_cast<std::int32_t>(draw.between(30, 360)));
      }
      institution.waits_a_month = k % 6 == 2;
      institutions.push_back(std::move(institution));
    }
  }
  // Sizes as the operators report them, then as many people in all as this world has told.
  double total = 0;
  for (std::size_t op = 0; op < operators.size(); ++op) {
    double sum = 0;
    for (const SynthInstitution& institution : institutions)
      if (institution.operator_index == op) sum += institution.people;
    for (SynthInstitution& institution : institutions) {
      if (institution.operator_index != op) continue;
      institution.people *= operators[op].people_per_institution * static_cast<double>(counts[op]) / sum;
      total += institution.people;
    }
  }
  for (SynthInstitution& institution : institutions) institution.people *= people / total;
  return institutions;
}

double visit_weight(int age) {
  return age >= 75 ? 2.4 : age < 5 ? 1.8 : 1.0;
}

}  // namespace ishi::synth
