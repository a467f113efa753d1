#include "api/synth/random/random.h"

#include <bit>
#include <iterator>

#include "api/synth/random/mathematics.h"

namespace ishi::synth {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;
constexpr double kTwoToMinus53 = 0x1.0p-53;
__extension__ using Wide = unsigned __int128;

double to_unit(std::uint64_t value) {
  return static_cast<double>(value >> 11) * kTwoToMinus53;
}

// sqrt(p) mod 1 for small primes p, as a fraction of 2^64: the steps are independent of one another.
std::uint64_t fraction_of_square_root(std::uint64_t prime) {
  std::uint64_t whole = 0;
  while ((whole + 1) * (whole + 1) <= prime) ++whole;
  const double fraction = square_root(static_cast<double>(prime)) - static_cast<double>(whole);
  return (static_cast<std::uint64_t>(fraction * 0x1.0p52) << 12) | 1u;
}

constexpr std::uint64_t kPrimes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,
                                     59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131};

}  // namespace

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

Draw::Draw(std::uint64_t seed, Purpose purpose, std::uint64_t index)
    : key_(mix(mix(mix(seed + kGolden) + static_cast<std::uint64_t>(purpose) * kGolden) + index)) {}

std::uint64_t Draw::next() {
  return mix(key_ + ++counter_ * kGolden);
}

double Draw::uniform() {
  return to_unit(next());
}

std::uint64_t Draw::below(std::uint64_t bound) {
  // The bias is below bound / 2^64.
  return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
}

std::int64_t Draw::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

double Draw::exponential_with_mean(double mean) {
  return -mean * natural_logarithm(1.0 - uniform());
}

double Draw::lognormal(double median, double sigma) {
  return median * exponential(sigma * normal_quantile(uniform() * (1.0 - 0x1.0p-40) + 0x1.0p-41));
}

EvenSequence::EvenSequence(std::uint64_t seed, std::uint64_t number)
    : state_(mix(mix(seed) + number * kGolden)), step_(fraction_of_square_root(kPrimes[number % std::size(kPrimes)])) {}

double EvenSequence::next() {
  state_ += step_;
  return to_unit(state_);
}

Quota::Quota(std::uint64_t seed, std::uint64_t number)
    : state_(mix(mix(seed ^ kGolden) + number)), account_(to_unit(mix(state_)) - 0.5) {}

bool Quota::take(double expectation) {
  owe(expectation);
  // A threshold that moves at random within [0, 1) keeps two quotas at one rate from taking the same items.
  state_ += kGolden;
  if (account_ <= to_unit(mix(state_))) return false;
  account_ -= 1.0;
  return true;
}

bool Quota::take_if_due() {
  if (account_ < 1.0) return false;
  account_ -= 1.0;
  return true;
}

Permutation::Permutation(std::uint64_t seed, std::uint64_t size) : key_(mix(seed ^ kGolden)), size_(size) {
  const unsigned bits = size <= 2 ? 2u : static_cast<unsigned>(std::bit_width(size - 1));
  low_bits_ = (bits + 1) / 2;
  low_mask_ = (std::uint64_t{1} << low_bits_) - 1;
}

std::uint64_t Permutation::at(std::uint64_t index) const {
  // A balanced Feistel network over the next even number of bits; values outside walk on until they are inside.
  do {
    std::uint64_t high = index >> low_bits_, low = index & low_mask_;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t carried = low;
      low = high ^ (mix(key_ + round * kGolden + low) & low_mask_);
      high = carried;
    }
    index = (high << low_bits_) | low;
  } while (index >= size_);
  return index;
}

}  // namespace ishi::synth
