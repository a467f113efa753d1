// A month's claims as a hospital's billing software files them (レセプト電算, RECEIPTC.UKE): CP932, CRLF, one record a
// line. Medical, DPC, dental (UK first, IR before every claim) and pharmacy. GO at the end: the number of HO and KO
// records, and the sum of HO's points (of KO's where a claim has no HO). One thread.
#pragma once

#include <cstdint>
#include <string>

#include "api/synth/files/hospital_copy.h"
#include "api/synth/files/text_file.h"
#include "api/synth/world/institution.h"

namespace ishi::synth {

// UTF-8 to CP932. Characters without a place there become 〓.
std::string to_cp932(const std::string& text);

class ClaimsFile {
 public:
  // `payer`: 1 for claims to the employees' fund, 2 for claims to the NHI federation. `month` is a day of that month.
  static Result<ClaimsFile> create(const std::string& path, const SynthInstitution& institution, ClaimKind kind,
                                   int payer, CivilDate month);

  // The copy is what the hospital has on file. `draw` decides what was done.
  void claim(const Person& person, const HospitalCopy& copy, Draw& draw);
  // A claim of which nobody wrote down the insurance.
  void claim_without_insurance(Draw& draw);
  Result<void> close();
  std::uint64_t claims() const { return claims_; }

 private:
  ClaimsFile(TextFile file, const SynthInstitution& institution, ClaimKind kind, int payer, CivilDate month);
  void line(const std::string& record);
  std::string institution_record() const;
  void begin_claim(const std::string& type, std::string_view name, Sex sex, CivilDate birth);
  struct Item {
    std::string record;
    int points = 0;
  };
  std::uint64_t treatment(Draw& draw, std::string& lines) const;

  TextFile file_;
  std::string code_, name_, month_;
  ClaimKind kind_;
  int payer_;
  CivilDate first_day_;
  std::uint64_t claims_ = 0, insurance_records_ = 0, points_ = 0;
};

}  // namespace ishi::synth
