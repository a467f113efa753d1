#include "api/synth/files/hospital_copy.h"

#include <algorithm>

namespace ishi::synth {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool fits(Dirt dirt, const Card& card) {
  switch (dirt) {
    case Dirt::kMissingBranch: return !card.branch.empty();
    case Dirt::kLeadingZero:
      return all_digits(card.number) && card.branch != "";  // 8-digit personal numbers stay as they are
    case Dirt::kBlanks: return card.number.size() >= 3;
    default: return true;
  }
}

void soil(Dirt dirt, Card& card, Draw& draw) {
  switch (dirt) {
    case Dirt::kNone: break;
    case Dirt::kCheckDigit:
      card.insurer.back() = static_cast<char>('0' + (card.insurer.back() - '0' + draw.between(1, 9)) % 10);
      break;
    case Dirt::kFullWidth:
      card.symbol = full_width(card.symbol);
      card.number = full_width(card.number);
      break;
    case Dirt::kLeadingZero: {
      const std::size_t zeros = std::min(card.number.find_first_not_of('0'), card.number.size() - 1);
      if (zeros > 0)
        card.number.erase(0, zeros);
      else
        card.number.insert(0, "0");
      break;
    }
    case Dirt::kMissingBranch: card.branch.clear(); break;
    case Dirt::kBlanks: card.number.insert(card.number.size() / 2, draw.chance(0.5) ? " " : "-"); break;
  }
}

}  // namespace

std::string_view name_of(Dirt dirt) {
  constexpr std::array<std::string_view, kDirtCount> kNames{
      "", "check_digit", "full_width", "leading_zero", "missing_branch", "blanks"};
  return kNames[static_cast<std::size_t>(dirt)];
}

double rate_of(Dirt dirt) {
  constexpr std::array<double, kDirtCount> kRates{0, 0.002, 0.010, 0.010, 0.005, 0.001};
  return kRates[static_cast<std::size_t>(dirt)];
}

std::string full_width(std::string_view text) {
  std::string wide;
  for (const char c : text) {
    if (c >= 0x21 && c <= 0x7E) {  // U+FF01 … U+FF5E
      const unsigned code = 0xFF00u + static_cast<unsigned>(c) - 0x20u;
      wide += static_cast<char>(0xE0u | (code >> 12));
      wide += static_cast<char>(0x80u | ((code >> 6) & 0x3Fu));
      wide += static_cast<char>(0x80u | (code & 0x3Fu));
    } else {
      wide += c;
    }
  }
  return wide;
}

Copyist::Copyist(std::uint64_t seed)
    : quotas_{Quota(seed, 20), Quota(seed, 21), Quota(seed, 22), Quota(seed, 23), Quota(seed, 24), Quota(seed, 25)} {}

HospitalCopy Copyist::copy(const Card& card, Draw& draw) {
  HospitalCopy copy{card, Dirt::kNone};
  for (std::size_t i = 1; i < kDirtCount; ++i) quotas_[i].owe(rate_of(static_cast<Dirt>(i)));
  for (std::size_t i = 1; i < kDirtCount; ++i) {
    const Dirt dirt = static_cast<Dirt>(i);
    if (!fits(dirt, card) || !quotas_[i].take_if_due()) continue;
    soil(dirt, copy.card, draw);
    copy.dirt = dirt;
    break;
  }
  return copy;
}

}  // namespace ishi::synth
