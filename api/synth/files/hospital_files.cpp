#include "api/synth/files/hospital_files.h"

#include <filesystem>

#include "api/synth/world/insurers.h"
#include "api/synth/world/patient_names.h"

namespace ishi::synth {
namespace {

constexpr std::string_view kMemberSystem = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
constexpr std::string_view kCoverageSystem = "http://jpfhir.jp/fhir/core/IdSystem/JP_Coverage_id";

bool all_ascii(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0x80u) != 0) return false;
  return true;
}

// The national string wants symbol and number either both half or both full width.
std::string member_id(const Card& card) {
  const bool wide = !all_ascii(card.symbol) || !all_ascii(card.number);
  const auto form = [wide](const std::string& text) { return wide ? full_width(text) : text; };
  return card.insurer + ":" + form(card.symbol) + ":" + form(card.number) + ":" + card.branch;
}

std::string json_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

CivilDate first_of_last_month(CivilDate today) {
  const auto ymd = today.year_month_day();
  const unsigned month = static_cast<unsigned>(ymd.month());
  const int year = static_cast<int>(ymd.year());
  return month == 1 ? CivilDate::of(year - 1, 12, 1) : CivilDate::of(year, month - 1, 1);
}

}  // namespace

Result<std::unique_ptr<HospitalFiles>> HospitalFiles::create(const std::string& directory,
                                                             const SynthInstitution& institution, std::size_t position,
                                                             std::uint64_t seed, CivilDate today) {
  std::error_code error;
  for (const char* payer : {"/fund", "/federation"}) {
    std::filesystem::create_directories(directory + payer, error);
    if (error)
      return fail(ErrorKind::kUnavailable, "file", "cannot make " + directory + payer + ": " + error.message());
  }
  Result<TextFile> patients = TextFile::create(directory + "/patients.csv");
  if (!patients) return fail(patients.error());
  Result<TextFile> coverage = TextFile::create(directory + "/coverage.ndjson");
  if (!coverage) return fail(coverage.error());
  Result<TextFile> ids = TextFile::create(directory + "/ids.txt");
  if (!ids) return fail(ids.error());
  std::unique_ptr<HospitalFiles> files(new HospitalFiles(institution, position % 2 == 1, seed, std::move(*patients),
                                                         std::move(*coverage), std::move(*ids)));
  files->today_ = today;
  files->dpc_ = institution.kind == ClaimKind::kDpc;
  const CivilDate month = first_of_last_month(today);
  // A hospital under DPC files its outpatients' claims in the medical form.
  const ClaimKind outpatient = files->dpc_ ? ClaimKind::kMedical : institution.kind;
  const auto open = [&](ClaimKind kind, int payer) -> Result<void> {
    const std::string name = kind == ClaimKind::kDpc        ? "/RECEIPTD.UKE"
                             : kind == ClaimKind::kPharmacy ? "/RECEIPTY.UKE"
                             : kind == ClaimKind::kDental   ? "/RECEIPTS.UKE"
                                                            : "/RECEIPTC.UKE";
    auto file =
        ClaimsFile::create(directory + (payer == 1 ? "/fund" : "/federation") + name, institution, kind, payer, month);
    if (!file) return fail(file.error());
    files->claims_.push_back(std::make_unique<ClaimsFile>(std::move(*file)));
    return {};
  };
  for (const int payer : {1, 2})
    if (auto opened = open(outpatient, payer); !opened) return fail(opened.error());
  if (files->dpc_) {
    for (const int payer : {1, 2})
      if (auto opened = open(ClaimKind::kDpc, payer); !opened) return fail(opened.error());
  }
  const std::string header = "患者番号,氏名,カナ氏名,生年月日,性別,保険者番号,記号,番号,枝番,最終来院日\r\n";
  files->patients_.write(files->cp932_ ? to_cp932(header) : "\xEF\xBB\xBF" + header);
  return files;
}

Dirt HospitalFiles::add(const Person& person, const Patient& patient) {
  Draw draw(seed_, Purpose::kClaim, person.index * 1'024 + patient.institution);
  const bool stale = person.change && !patient.knows_new_card;
  const HospitalCopy copy = copyist_.copy(stale ? person.change->previous : person.card, draw);
  const CivilDate until = person.died_on ? std::min(*person.died_on, today_) : today_;
  write(person, copy, until.plus_days(-static_cast<std::int32_t>(draw.below(300)) - 1));
  if (patient.claims_this_month) claims_for(copy.card, dpc_ && draw.chance(0.06)).claim(person, copy, draw);
  if (!sample_) sample_ = person;
  return copy.dirt;
}

ClaimsFile& HospitalFiles::claims_for(const Card& card, bool inpatient) {
  const bool federation = card.insurer.starts_with("00") || card.insurer.starts_with("39");
  return *claims_[(inpatient ? 2u : 0u) + (federation ? 1u : 0u)];
}

void HospitalFiles::write(const Person& person, const HospitalCopy& copy, CivilDate last_visit) {
  ++serial_;
  ++rows_;
  const Card& card = copy.card;
  // Six digits for NHI, as printed on the card.
  const std::string insurer = card.insurer.starts_with("00") ? card.insurer.substr(2) : card.insurer;
  const std::string local = zero_padded(serial_, 8);
  const std::string shown_insurer = copy.dirt == Dirt::kFullWidth ? full_width(insurer) : insurer;
  const std::string row = local + "," + full_name(person) + "," + full_kana(person) + "," + to_iso(person.birth) + "," +
                          (person.sex == Sex::kMale ? "男" : "女") + "," + shown_insurer + "," + card.symbol + "," +
                          card.number + "," + card.branch + "," + to_iso(last_visit) + "\r\n";
  patients_.write(cp932_ ? to_cp932(row) : row);

  const std::string member = member_id(card);
  ids_.write(member + "\n");
  std::string value = member;
  std::string_view system = kMemberSystem;
  if (serial_ % 2 == 0) {
    system = kCoverageSystem;
    value = "\"" + card.insurer + "\",\"" + card.symbol + "\",\"" + card.number + "\",\"" + card.branch + "\"";
  }
  coverage_.write("{\"resourceType\":\"Coverage\",\"id\":\"c" + local +
                  "\",\"status\":\"active\",\"identifier\":[{\"system\":\"" + std::string(system) + "\",\"value\":\"" +
                  json_escaped(value) + "\"}],\"beneficiary\":{\"reference\":\"Patient/p" + local +
                  "\"},\"payor\":[{\"reference\":\"Organization/o" + card.insurer + "\"}]}\n");
}

Result<void> HospitalFiles::close() {
  Draw draw(seed_, Purpose::kClaim, mix(std::stoull(code_)));
  for (int i = 0; i < kClaimsWithoutInsurance; ++i) claims_.front()->claim_without_insurance(draw);
  if (sample_) {
    HospitalCopy copy{sample_->card, Dirt::kNone};
    copy.card.number = kMyNumber;
    write(*sample_, copy, today_.plus_days(-1));
    claims_.front()->claim(*sample_, copy, draw);
  }
  for (const std::unique_ptr<ClaimsFile>& claims : claims_)
    if (Result<void> closed = claims->close(); !closed) return closed;
  for (TextFile* file : {&patients_, &coverage_, &ids_})
    if (Result<void> closed = file->close(); !closed) return closed;
  return {};
}

}  // namespace ishi::synth
