// What one hospital has on its own machines: patients.csv, coverage.ndjson (FHIR), ids.txt and last month's claims.
// The cards in them are the hospital's copies: sometimes mistyped, sometimes of before a change. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "api/synth/files/claims_file.h"
#include "api/synth/files/hospital_copy.h"
#include "api/synth/files/text_file.h"
#include "api/synth/world/history.h"

namespace ishi::synth {

class HospitalFiles {
 public:
  // Makes the directory. `position` decides by turns whether patients.csv is UTF-8 with a byte order mark or CP932.
  static Result<std::unique_ptr<HospitalFiles>> create(const std::string& directory,
                                                       const SynthInstitution& institution, std::size_t position,
                                                       std::uint64_t seed, CivilDate today);

  // Returns what went wrong with the copy, for the truth file.
  Dirt add(const Person& person, const Patient& patient);
  Result<void> close();
  std::uint64_t rows() const { return rows_; }

  // What hospitals also have: nobody's claims, and a 12-digit number where an insurance number belongs.
  static constexpr int kClaimsWithoutInsurance = 2;
  static constexpr std::string_view kMyNumber = "123456789018";  // the worked example of the check digit; nobody's

 private:
  HospitalFiles(const SynthInstitution& institution, bool cp932, std::uint64_t seed, TextFile patients,
                TextFile coverage, TextFile ids)
      : code_(institution.code),
        cp932_(cp932),
        copyist_(mix(seed ^ std::stoull(institution.code))),
        seed_(seed),
        patients_(std::move(patients)),
        coverage_(std::move(coverage)),
        ids_(std::move(ids)) {}
  void write(const Person& person, const HospitalCopy& copy, CivilDate last_visit);
  ClaimsFile& claims_for(const Card& card, bool inpatient);

  std::string code_;
  bool cp932_;
  Copyist copyist_;
  std::uint64_t seed_, rows_ = 0, serial_ = 0;
  CivilDate today_;
  TextFile patients_, coverage_, ids_;
  std::vector<std::unique_ptr<ClaimsFile>> claims_;  // fund, federation; and again for DPC
  bool dpc_ = false;
  std::optional<Person> sample_;  // whose row carries the My Number
};

}  // namespace ishi::synth
