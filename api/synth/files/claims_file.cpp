#include "api/synth/files/claims_file.h"

#include <iconv.h>
#include <array>
#include <span>
#include <utility>

#include "api/synth/world/insurers.h"
#include "api/synth/world/patient_names.h"

namespace ishi::synth {
namespace {

std::string digits_of(CivilDate date) {  // yyyymmdd
  std::string iso = to_iso(date);
  std::erase(iso, '-');
  return iso;
}

std::string commas(int count) {
  return std::string(static_cast<std::size_t>(count), ',');
}

// The days of the month on which something was done: one field a day.
std::string on_day(int day, int times) {
  return commas(day) + std::to_string(times) + commas(31 - day);
}

struct Code {
  std::string_view group, code;
  int points;
};
constexpr std::array<Code, 6> kMedicalActs{{{"12", "112007410", 75},
                                            {"12", "112011010", 52},
                                            {"13", "113001810", 225},
                                            {"60", "160008010", 21},
                                            {"60", "160054710", 15},
                                            {"80", "120002910", 60}}};
constexpr std::array<Code, 3> kMedicines{{{"21", "620098401", 5}, {"21", "622442201", 12}, {"22", "611170193", 3}}};
constexpr std::array<std::string_view, 5> kDiseases{"8833421", "2500013", "4939008", "7840024", "2720004"};
constexpr std::array<std::string_view, 3> kDentalDiseases{"8843836", "5220063", "8833899"};
constexpr std::array<Code, 4> kDentalActs{
    {{"12", "301001610", 58}, {"13", "302000110", 110}, {"14", "302000610", 80}, {"41", "309000110", 150}}};

}  // namespace

std::string to_cp932(const std::string& text) {
  struct Converter {
    iconv_t handle = iconv_open("CP932", "UTF-8");
    ~Converter() {
      if (handle != iconv_t(-1)) iconv_close(handle);
    }
  };
  thread_local Converter converter;
  std::string out(text.size() * 2 + 4, '\0');
  char* from = const_cast<char*>(text.data());
  char* to = out.data();
  std::size_t from_left = text.size(), to_left = out.size();
  if (converter.handle == iconv_t(-1)) return text;
  iconv(converter.handle, nullptr, nullptr, nullptr, nullptr);
  while (from_left > 0 && iconv(converter.handle, &from, &from_left, &to, &to_left) == std::size_t(-1)) {
    // Skip one character that has no place in CP932.
    do {
      ++from;
      --from_left;
    } while (from_left > 0 && (static_cast<unsigned char>(*from) & 0xC0u) == 0x80u);
    *to++ = static_cast<char>(0x81);
    *to++ = static_cast<char>(0xAC);
    to_left -= 2;
  }
  out.resize(out.size() - to_left);
  return out;
}

Result<ClaimsFile> ClaimsFile::create(const std::string& path, const SynthInstitution& institution, ClaimKind kind,
                                      int payer, CivilDate month) {
  Result<TextFile> file = TextFile::create(path);
  if (!file) return fail(file.error());
  return ClaimsFile(std::move(*file), institution, kind, payer, month);
}

ClaimsFile::ClaimsFile(TextFile file, const SynthInstitution& institution, ClaimKind kind, int payer, CivilDate month)
    : file_(std::move(file)),
      code_(institution.code),
      name_(institution.name),
      kind_(kind),
      payer_(payer),
      first_day_(month) {
  month_ = digits_of(month).substr(0, 6);
  const std::string where = std::to_string(payer_) + "," + code_.substr(0, 2) + ",";
  if (kind_ == ClaimKind::kDental) {
    line("UK," + where + "3," + code_.substr(3) + ",," + name_ + "," + month_ + ",,00");
  } else if (kind_ == ClaimKind::kPharmacy) {
    line("YK," + where + "4," + code_.substr(3) + ",," + name_ + "," + month_ + ",00,054-000-0001");
  } else {
    line(institution_record());
  }
}

std::string ClaimsFile::institution_record() const {
  const std::string where = std::to_string(payer_) + "," + code_.substr(0, 2) + ",";
  if (kind_ == ClaimKind::kDental) return "IR," + where + "3," + code_.substr(3) + ",," + month_ + ",054-000-0001,";
  return "IR," + where + "1," + code_.substr(3) + ",," + name_ + "," + month_ + ",00,054-000-0001";
}

void ClaimsFile::line(const std::string& record) {
  file_.write(to_cp932(record));
  file_.write("\r\n");
}

void ClaimsFile::begin_claim(const std::string& type, std::string_view name, Sex sex, CivilDate birth) {
  ++claims_;
  if (kind_ == ClaimKind::kDental) line(institution_record());
  line("RE," + std::to_string(claims_) + "," + type + "," + month_ + "," + std::string(name) + "," +
       std::to_string(static_cast<int>(sex)) + "," + digits_of(birth) + commas(31));
}

std::uint64_t ClaimsFile::treatment(Draw& draw, std::string& lines) const {
  std::uint64_t points = 0;
  const auto add = [&](const std::string& record) { lines += record + "\r\n"; };
  const auto pick = [&](std::span<const Code> codes) { return codes[draw.below(codes.size())]; };
  const int day = static_cast<int>(draw.between(1, 28));
  const std::string started = digits_of(first_day_.plus_days(-static_cast<std::int32_t>(draw.below(700))));
  switch (kind_) {
    case ClaimKind::kMedical: {
      add("SY," + std::string(kDiseases[draw.below(kDiseases.size())]) + "," + started + ",1,,,01,");
      add("SI,12,1,112007410,,75,1" + commas(6) + on_day(day, 1));
      points += 75;
      for (std::uint64_t i = draw.below(3); i > 0; --i) {
        const Code act = pick(kMedicalActs);
        add("SI," + std::string(act.group) + ",1," + std::string(act.code) + ",," + std::to_string(act.points) + ",1" +
            commas(6) + on_day(day, 1));
        points += static_cast<std::uint64_t>(act.points);
      }
      const Code medicine = pick(kMedicines);
      const int days = static_cast<int>(draw.between(7, 28));
      add("IY," + std::string(medicine.group) + ",1," + std::string(medicine.code) + ",1," +
          std::to_string(medicine.points) + "," + std::to_string(days) + commas(6) + on_day(day, days));
      points += static_cast<std::uint64_t>(medicine.points * days);
      if (draw.chance(0.3)) add("CO,12,1,810000001,経過良好。次回は一か月後に受診");
      break;
    }
    case ClaimKind::kDpc: {
      const std::string admitted = digits_of(first_day_.plus_days(day - 1));
      add("BU,050050xx9910x0," + admitted + ",,,1,,1");
      add("SB,2720004,05," + admitted + ",,,");
      const int stay = static_cast<int>(draw.between(2, 12));
      add("SI,92,1,190117710,,1500," + std::to_string(stay) + commas(6) + on_day(1, stay));
      points += 1'500u * static_cast<std::uint64_t>(stay);
      break;
    }
    case ClaimKind::kDental: {
      add("HS,,,102700," + std::string(kDentalDiseases[draw.below(kDentalDiseases.size())]) + commas(8));
      for (std::uint64_t i = 1 + draw.below(3); i > 0; --i) {
        const Code act = pick(kDentalActs);
        add("SS," + std::string(act.group) + ",1," + std::string(act.code) + commas(73) + std::to_string(act.points) +
            ",1," + on_day(day, 1));
        points += static_cast<std::uint64_t>(act.points);
      }
      break;
    }
    case ClaimKind::kPharmacy: {
      const std::string prescribed = digits_of(first_day_.plus_days(day - 1));
      add("SH,1,1,１日３回毎食後に服用,");
      const Code medicine = pick(kMedicines);
      const int days = static_cast<int>(draw.between(7, 28));
      add("CZ," + prescribed + "," + prescribed + ",1," + std::to_string(days) + ",25,,,");
      add("IY," + std::string(medicine.code) + ",3,," + std::to_string(medicine.points));
      add("KI,410000010,45,1");
      points += 45u + 25u + static_cast<std::uint64_t>(medicine.points * days);
      break;
    }
  }
  return points;
}

void ClaimsFile::claim(const Person& person, const HospitalCopy& copy, Draw& draw) {
  std::string lines;
  const std::uint64_t points = treatment(draw, lines);
  const bool public_only = person.card_on(first_day_).insurer.starts_with("12") || copy.card.insurer.starts_with("12");
  const bool late = copy.card.insurer.starts_with("39");
  const std::string_view first_branch = copy.card.insurer.starts_with("00") ? "01" : "00";  // NHI counts from 01
  const bool family = !late && !copy.card.branch.empty() && copy.card.branch != first_branch;
  const std::string table = std::to_string(kind_ == ClaimKind::kDpc        ? 1
                                           : kind_ == ClaimKind::kPharmacy ? 4
                                                                           : static_cast<int>(kind_));
  const bool inpatient = kind_ == ClaimKind::kDpc;
  const bool with_public = !public_only && draw.chance(0.04);
  const std::string person_kind = late     ? (inpatient ? "7" : "8")
                                  : family ? (inpatient ? "5" : "6")
                                           : (inpatient ? "1" : "2");
  begin_claim(table +
                  (public_only ? "2"
                   : late      ? "3"
                               : "1") +
                  (with_public ? "2" : "1") + person_kind,
              full_name(person), person.sex, person.birth);
  const std::string days_and_points = ",1," + std::to_string(points);
  if (!public_only) {
    // A claim writes 8 digits, NHI's six behind two blanks.
    const std::string insurer =
        copy.card.insurer.starts_with("00") ? "  " + copy.card.insurer.substr(2) : copy.card.insurer;
    line("HO," + insurer + "," + copy.card.symbol + "," + copy.card.number + days_and_points + commas(9));
    ++insurance_records_;
    points_ += points;
  }
  if (public_only) {
    line("KO," + copy.card.insurer + "," + copy.card.number + "," + days_and_points + ",0" + commas(5));
    ++insurance_records_;
    points_ += points;
  } else if (with_public) {
    line("KO," + with_check_digit("54" + code_.substr(0, 2) + "601") + "," +
         with_check_digit(zero_padded(person.index % 1'000'000, 6)) + "," + days_and_points + ",1000" + commas(5));
    ++insurance_records_;
  }
  if (!public_only && !copy.card.branch.empty()) line("SN,1,01,,,," + copy.card.branch + ",,");
  file_.write(to_cp932(lines));
}

void ClaimsFile::claim_without_insurance(Draw& draw) {
  std::string lines;
  treatment(draw, lines);
  const std::string table = std::to_string(kind_ == ClaimKind::kDpc        ? 1
                                           : kind_ == ClaimKind::kPharmacy ? 4
                                                                           : static_cast<int>(kind_));
  begin_claim(table + "112", "身元　不明", Sex::kMale, CivilDate::of(1970, 1, 1));
  file_.write(to_cp932(lines));
}

Result<void> ClaimsFile::close() {
  line("GO," + std::to_string(insurance_records_) + "," + std::to_string(points_) + ",99");
  return file_.close();
}

}  // namespace ishi::synth
