#include "api/synth/world/adult_pool.h"

#include <utility>

namespace ishi::synth {

AdultPool::AdultPool(std::span<const Person> people, std::span<const std::uint32_t> adults, Draw& draw)
    : buckets_((kAgeMax + 1) * 2 * kSchemeCount),
      shuffled_(adults.begin(), adults.end()),
      taken_(people.size()),
      left_(adults.size()) {
  for (std::size_t i = shuffled_.size(); i > 1; --i) std::swap(shuffled_[i - 1], shuffled_[draw.below(i)]);
  for (const std::uint32_t who : shuffled_) bucket(people[who].age, people[who].sex, people[who].scheme).push_back(who);
}

std::optional<std::uint32_t> AdultPool::take_from(int age, std::optional<Sex> sex, std::optional<Scheme> scheme) {
  for (const Sex of_sex : {Sex::kMale, Sex::kFemale}) {
    if (sex && *sex != of_sex) continue;
    for (std::size_t s = 0; s < kSchemeCount; ++s) {
      if (scheme && static_cast<std::size_t>(*scheme) != s) continue;
      std::vector<std::uint32_t>& candidates = bucket(age, of_sex, static_cast<Scheme>(s));
      while (!candidates.empty()) {
        const std::uint32_t who = candidates.back();
        candidates.pop_back();
        if (taken_[who]) continue;
        taken_[who] = true;
        --left_;
        return who;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> AdultPool::take_near(int age, std::optional<Sex> sex, std::optional<Scheme> scheme) {
  for (int distance = 0; distance <= kAgeMax; ++distance) {
    for (const int at : {age - distance, age + distance}) {
      if (at < 0 || at > kAgeMax) continue;
      if (const auto who = take_from(at, sex, scheme)) return who;
      if (distance == 0) break;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> AdultPool::take_any() {
  while (next_ < shuffled_.size() && taken_[shuffled_[next_]]) ++next_;
  if (next_ == shuffled_.size()) return std::nullopt;
  taken_[shuffled_[next_]] = true;
  --left_;
  return shuffled_[next_++];
}

}  // namespace ishi::synth
