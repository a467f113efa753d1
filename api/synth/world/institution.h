// The institutions and operators of a synthetic world (LAW.md 13.7), and the rate at which people go to each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/synth/world/margins.h"
#include "api/synth/world/person.h"
#include "registry/time.h"

namespace ishi::synth {

// What kind of claims it files.
enum class ClaimKind : std::uint8_t { kMedical = 1, kDpc, kDental = 3, kPharmacy = 4 };

struct OperatorProfile {
  std::string code, name;
  CivilDate certified_from;
  std::optional<CivilDate> certified_to;
  double people_per_institution = 0;
};

struct SynthInstitution {
  std::string code, name;  // 10 digits
  int prefecture = 1;
  std::string municipality, medical_area;
  ClaimKind kind = ClaimKind::kMedical;
  std::size_t operator_index = 0;
  double people = 0;                     // who were told, as expected
  CivilDate anon_from;                   // when it began to tell people, under Art. 52
  std::optional<CivilDate> pseudo_from;  // and under Art. 57
  bool waits_a_month = false;            // promises a month rather than 30 days
};

// LDI, J-MIMO and FAST-HDJ, with their sizes of 2025-11.
std::vector<OperatorProfile> certified_operators();
// `count` institutions in those prefectures, sized by operator so that they told `people` persons in all.
std::vector<SynthInstitution> found_institutions(std::uint64_t seed, CivilDate today, std::size_t count, double people,
                                                 std::span<const int> prefectures);
// 10 digits with the right check digit.
std::string institution_code(int prefecture, ClaimKind kind, int district, int serial);

// How often people of an age go to hospital, relative to others.
double visit_weight(int age);

}  // namespace ishi::synth
