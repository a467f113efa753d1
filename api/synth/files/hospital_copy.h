// A hospital's copy of a card: mostly right, now and then mistyped (LAW.md 13.3). Rates are of all copies; kept exact
// by running accounts. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "api/synth/random/random.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

enum class Dirt : std::uint8_t { kNone, kCheckDigit, kFullWidth, kLeadingZero, kMissingBranch, kBlanks };
constexpr std::size_t kDirtCount = 6;
std::string_view name_of(Dirt dirt);  // "check_digit"
double rate_of(Dirt dirt);            // of all copies

struct HospitalCopy {
  Card card;
  Dirt dirt = Dirt::kNone;
};

class Copyist {
 public:
  explicit Copyist(std::uint64_t seed);
  HospitalCopy copy(const Card& card, Draw& draw);

 private:
  std::array<Quota, kDirtCount> quotas_;
};

// ASCII to full width (０１２Ａ－); the rest stays.
std::string full_width(std::string_view text);

}  // namespace ishi::synth
