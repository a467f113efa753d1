// Insurers and the cards they issue (LAW.md 5.1 to 5.4, 13.3): numbers with valid check digits, symbols and numbers
// in each insurer's own manner. A card number is a function of the place and of a serial number that is unique
// there, so no two cards of the world are equal and none has to be remembered. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/synth/random/random.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

// Appends the check digit (LAW.md 5.1) to digits.
std::string with_check_digit(std::string_view payload);
std::string zero_padded(std::uint64_t value, int width);

// Cards issued before the latest change live in their own number space.
enum class Generation : std::uint8_t { kPresent, kPrevious };

class Insurers {
 public:
  explicit Insurers(std::uint64_t seed);

  // Serial numbers, each unique in the space that its function names, over the whole world.
  Card nhi(int prefecture, int municipality, bool association, std::uint64_t household, int member,
           Generation generation) const;
  Card late75(int prefecture, int municipality, std::uint64_t serial_in_prefecture, Generation generation) const;
  Card assistance(int prefecture, int municipality, std::uint64_t serial_in_prefecture) const;
  // A workplace's serial (< 31 M) and the number of the insured person within it.
  Card kyokai(int prefecture, std::uint64_t workplace, std::uint64_t number, int member, Generation generation) const;
  Card kumiai(std::size_t society, std::uint64_t serial, int member, Generation generation) const;
  Card kyosai(std::size_t association, std::uint64_t serial, int member, Generation generation) const;

  std::size_t choose_society(double u) const;  // by size: Zipf, exponent 1.05, 1,380 of them
  static constexpr std::size_t kSocieties = 1'380;
  static constexpr std::size_t kAssociations = 85;

 private:
  struct Society {
    std::string number;
    std::uint8_t manner;  // how it writes symbols and numbers
  };
  std::vector<Society> societies_;
  std::vector<double> society_ends_;
  std::vector<std::string> associations_;
};

}  // namespace ishi::synth
