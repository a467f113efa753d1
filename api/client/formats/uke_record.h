// Records of a claims file (レセプト電算, 記録条件仕様 for 医科, DPC, 歯科, 調剤): comma-separated, the record name
// first. Pure. Only what a filter must know: who the insured person is, and what a claim adds to GO.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/client/formats/item.h"
#include "api/client/text/charset.h"

namespace ishi::client {

// The two letters at the front of a line, or "" where there are none (blank lines, end marks).
std::string_view record_name(std::string_view line);
// The nth value, 0 = the record name; "" beyond the last.
std::string_view record_value(std::string_view line, std::size_t index);

// Gathers the records of one claim.
class ClaimPerson {
 public:
  void clear() { *this = ClaimPerson(); }
  void see(std::string_view line);
  // Sets identifiers or problem, and what the claim adds to GO (one per HO and KO; points of HO, else of the first
  // KO). HO names the person; KO does where there is no HO, 生活保護 (12) before the others. SN (of the insurance,
  // not of a public payer) gives the branch number.
  void describe(Charset charset, Piece& piece) const;

 private:
  void see_payer(std::string_view line, bool insurance);
  void see_check(std::string_view line);
  struct Payer {
    bool present = false;
    std::string insurer, symbol, number;  // bytes as written
  };
  Payer insurance_, public_payer_;
  std::string branch_, checked_insurer_;
  bool insurance_conflict_ = false, branch_conflict_ = false, public_is_assistance_ = false;
  std::uint64_t records_ = 0, insurance_points_ = 0, public_points_ = 0;
};

}  // namespace ishi::client
