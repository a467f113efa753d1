#include "api/synth/world/insurers.h"

#include <algorithm>
#include <array>

#include "api/synth/random/mathematics.h"
#include "registry/assert.h"
#include "registry/identifiers/check_digit.h"

namespace ishi::synth {
namespace {

// One sign per ten million cards of a municipality's series.
constexpr std::array<std::string_view, 16> kKanji{"千", "東", "西", "南", "北", "中", "本", "新",
                                                  "上", "下", "大", "小", "山", "川", "田", "森"};
constexpr std::array<std::string_view, 16> kKana{"あ", "い", "う", "え", "お", "か", "き", "く",
                                                 "け", "こ", "さ", "し", "す", "せ", "そ", "た"};

std::string branch_of(int member) {
  return zero_padded(static_cast<std::uint64_t>(member), 2);
}

std::string insurer_number(std::string_view law, int prefecture, int serial) {
  return with_check_digit(std::string(law) + zero_padded(static_cast<std::uint64_t>(prefecture), 2) +
                          zero_padded(static_cast<std::uint64_t>(serial), 3));
}

// Head offices gather where people work: three in ten in Tokyo, the others by population.
int prefecture_of_society(Draw& draw) {
  if (draw.chance(0.30)) return 13;
  double u = draw.uniform() * kNationalPopulation;
  for (int prefecture = 1; prefecture < kPrefectureCount; ++prefecture) {
    u -= prefecture_population(prefecture);
    if (u < 0) return prefecture;
  }
  return kPrefectureCount;
}

}  // namespace

std::string with_check_digit(std::string_view payload) {
  const auto digit = luhn_check_digit(payload);
  ISHI_ASSERT(digit.has_value());
  return std::string(payload) + *digit;
}

std::string zero_padded(std::uint64_t value, int width) {
  std::string digits = std::to_string(value);
  if (digits.size() < static_cast<std::size_t>(width))
    digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  return digits;
}

Insurers::Insurers(std::uint64_t seed) {
  std::array<int, kPrefectureCount + 1> used{};
  double total = 0;
  for (std::size_t rank = 0; rank < kSocieties; ++rank) {
    Draw draw(seed, Purpose::kPlace, rank);
    int prefecture = prefecture_of_society(draw);
    const int serial = ++used[static_cast<std::size_t>(prefecture)];
    societies_.push_back({insurer_number("06", prefecture, serial), static_cast<std::uint8_t>(draw.below(4))});
    total += exponential(-1.05 * natural_logarithm(static_cast<double>(rank + 1)));
    society_ends_.push_back(total);
  }
  for (double& end : society_ends_) end /= total;
  for (int i = 0; i < 20; ++i) associations_.push_back(insurer_number("31", 13, i + 1));
  for (int i = 0; i < kPrefectureCount; ++i) associations_.push_back(insurer_number("32", i + 1, 1));
  for (int i = 0; i < 8; ++i) associations_.push_back(insurer_number("33", 13 + i, 1));
  for (int i = 0; i < 10; ++i) associations_.push_back(insurer_number("34", 13 + i, 1));
  ISHI_ASSERT(associations_.size() == kAssociations);
}

Card Insurers::nhi(int prefecture, int municipality, bool association, std::uint64_t household, int member,
                   Generation generation) const {
  const int serial = association ? 300 + 1 + municipality % 4 : municipality;
  Card card{insurer_number("00", prefecture, serial), "", zero_padded(household % 10'000'000, 7), branch_of(member)};
  const std::size_t series = household / 10'000'000;
  ISHI_ASSERT(series < kKanji.size());
  const bool previous = generation == Generation::kPrevious;
  // Each municipality writes in its own manner; "旧" marks the series before the last renewal.
  switch ((prefecture * 31 + municipality) % 4) {
    case 0:
      card.symbol = std::string(previous ? "旧" : "") + std::string(kKanji[series]) + "-" +
                    std::to_string(10 + municipality % 90);
      break;
    case 1: card.symbol = std::string(previous ? "旧" : "国") + std::string(kKana[series]); break;
    case 2: card.symbol = std::to_string((previous ? 50 : 10) + series); break;
    default: card.symbol = std::string(previous ? "旧" : "国") + std::string(kKanji[series]); break;
  }
  return card;
}

Card Insurers::late75(int prefecture, int municipality, std::uint64_t serial, Generation generation) const {
  ISHI_ASSERT(serial < 8'000'000);
  // Present numbers count up from 0, previous ones (from another prefecture's office) from 8,000,000.
  const std::uint64_t payload = generation == Generation::kPresent ? serial : 8'000'000 + serial % 2'000'000;
  return {insurer_number("39", prefecture, municipality), "", with_check_digit(zero_padded(payload, 7)), ""};
}

Card Insurers::assistance(int prefecture, int municipality, std::uint64_t serial) const {
  ISHI_ASSERT(serial < 1'000'000);
  return {insurer_number("12", prefecture, municipality), "", with_check_digit(zero_padded(serial, 6)), ""};
}

Card Insurers::kyokai(int prefecture, std::uint64_t workplace, std::uint64_t number, int member,
                      Generation generation) const {
  ISHI_ASSERT(workplace < 40'000'000);
  const std::uint64_t symbol = (generation == Generation::kPresent ? 10'000'000 : 50'000'000) + workplace;
  return {insurer_number("01", prefecture, 1), std::to_string(symbol), std::to_string(number), branch_of(member)};
}

Card Insurers::kumiai(std::size_t society, std::uint64_t serial, int member, Generation generation) const {
  const Society& of = societies_[society];
  const std::uint64_t series = serial / 1'000'000 + (generation == Generation::kPresent ? 1 : 501);
  const std::uint64_t rest = serial % 1'000'000;
  Card card{of.number, "", "", branch_of(member)};
  switch (of.manner) {
    case 0:
      card.symbol = std::to_string(series);
      card.number = std::to_string(rest + 1);
      break;
    case 1:
      card.symbol = std::to_string(1'000 + series);
      card.number = zero_padded(rest, 6);
      break;
    case 2:
      card.symbol = "A" + std::to_string(series);
      card.number = zero_padded(rest, 7);
      break;
    default:
      card.symbol = std::to_string(series) + "-" + std::to_string(society % 90 + 10);
      card.number = std::to_string(rest + 1);
      break;
  }
  return card;
}

Card Insurers::kyosai(std::size_t association, std::uint64_t serial, int member, Generation generation) const {
  const std::uint64_t series = serial / 10'000'000 + (generation == Generation::kPresent ? 1 : 51);
  return {associations_[association], "公立" + std::to_string(series), std::to_string(serial % 10'000'000 + 1),
          branch_of(member)};
}

std::size_t Insurers::choose_society(double u) const {
  const auto found = std::lower_bound(society_ends_.begin(), society_ends_.end(), u);
  return std::min<std::size_t>(static_cast<std::size_t>(found - society_ends_.begin()), kSocieties - 1);
}

}  // namespace ishi::synth
