// AdultPool: the adults of a neighbourhood who have no household yet, found by age, sex and scheme. Each is taken
// once. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "api/synth/random/random.h"
#include "api/synth/world/person.h"

namespace ishi::synth {

class AdultPool {
 public:
  AdultPool(std::span<const Person> people, std::span<const std::uint32_t> adults, Draw& draw);

  bool empty() const { return left_ == 0; }
  // The adult nearest in age, of that sex and scheme where given. Nothing if there is none at all.
  std::optional<std::uint32_t> take_near(int age, std::optional<Sex> sex, std::optional<Scheme> scheme);
  std::optional<std::uint32_t> take_any();

 private:
  std::optional<std::uint32_t> take_from(int age, std::optional<Sex> sex, std::optional<Scheme> scheme);
  std::vector<std::uint32_t>& bucket(int age, Sex sex, Scheme scheme) {
    return buckets_[(static_cast<std::size_t>(age) * 2 + static_cast<std::size_t>(sex) - 1) * kSchemeCount +
                    static_cast<std::size_t>(scheme)];
  }

  std::vector<std::vector<std::uint32_t>> buckets_;
  std::vector<std::uint32_t> shuffled_;
  std::vector<bool> taken_;
  std::size_t next_ = 0, left_ = 0;
};

}  // namespace ishi::synth
