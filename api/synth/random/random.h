// Randomness for synthetic worlds: the same on every machine and for ever, so that a seed names a world.
// Nothing here comes from <random>, whose distributions differ between libraries.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ishi::synth {

std::uint64_t mix(std::uint64_t value);  // SplitMix64's finalizer: a bijection that looks random

// What a stream of draws is for, so that adding a draw in one place changes nothing elsewhere. Never renumber.
enum class Purpose : std::uint64_t {
  kWorld = 1,
  kPermutation,
  kHousehold,
  kPlace,
  kBirth,
  kDeath,
  kCard,
  kChange,
  kInstitution,
  kNotice,
  kObjection,
  kWithdrawal,
  kConsent,
  kHospital,
  kClaim,
  kDirt,
  kKey,
  kTiny,
};

// Counter-based: the n-th draw is a function of (seed, purpose, index, n), so any person can be made alone.
class Draw {
 public:
  Draw(std::uint64_t seed, Purpose purpose, std::uint64_t index);
  std::uint64_t next();
  double uniform();                                           // [0, 1)
  std::uint64_t below(std::uint64_t bound);                   // REQUIRES: bound > 0
  std::int64_t between(std::int64_t low, std::int64_t high);  // inclusive; REQUIRES: low <= high
  bool chance(double probability) { return uniform() < probability; }
  double exponential_with_mean(double mean);
  double lognormal(double median, double sigma);

 private:
  std::uint64_t key_, counter_ = 0;
};

// Evenly spread numbers in [0, 1) (an additive recurrence): any run of n of them meets every interval as often as it
// should, give or take a few. Shares come out as stated, not merely on average. Each `number` is its own sequence.
class EvenSequence {
 public:
  EvenSequence(std::uint64_t seed, std::uint64_t number);
  double next();

 private:
  std::uint64_t state_, step_;
};

// Takes items at a stated rate: after expectations that sum to x it has taken x, give or take two, and yet which
// ones looks random.
class Quota {
 public:
  Quota(std::uint64_t seed, std::uint64_t number);
  bool take(double expectation);  // 0 <= expectation <= 1
  // Adds to the account now, takes later: for items that must fit a condition.
  void owe(double expectation) { account_ += expectation; }
  bool take_if_due();

 private:
  std::uint64_t state_;
  double account_;
};

// A keyed bijection on [0, size): persons meet the strata of the population in an order that looks random, and each
// stratum is met exactly as often as its share says.
class Permutation {
 public:
  Permutation(std::uint64_t seed, std::uint64_t size);  // size >= 1
  std::uint64_t at(std::uint64_t index) const;

 private:
  std::uint64_t key_, size_, low_mask_;
  unsigned low_bits_;
};

}  // namespace ishi::synth
