#include "api/synth/world/households.h"

#include <algorithm>
#include <array>
#include <optional>

#include "api/synth/world/adult_pool.h"
#include "api/synth/world/margins.h"

namespace ishi::synth {
namespace {

using Household = std::vector<std::uint32_t>;
constexpr int kAdultAge = 18;
constexpr double kSpouseOnSameInsurance = 0.78;
constexpr double kFamilyHasMinors = 0.72;  // of households of three and more

std::vector<int> sizes_that_sum_to(std::size_t people, Draw& draw) {
  std::vector<int> sizes;
  // Evenly spread, so that a neighbourhood has each size as often as it should.
  EvenSequence even(draw.next(), 0);
  std::size_t left = people;
  while (left > 0) {
    double u = even.next();
    int size = 1;
    while (size < 7 && u >= household_share(size)) u -= household_share(size++);
    size = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(size), left));
    sizes.push_back(size);
    left -= static_cast<std::size_t>(size);
  }
  return sizes;
}

// Children of one scheme, siblings near in age next to each other.
std::vector<std::uint32_t> children_in_order(std::span<const Person> people, Draw& draw) {
  struct Entry {
    double key;
    std::uint32_t who;
  };
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < people.size(); ++i) {
    if (people[i].age >= kAdultAge) continue;
    entries.push_back({static_cast<double>(people[i].scheme) * 1'000 + people[i].age + 4 * draw.uniform(), i});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.key != b.key ? a.key < b.key : a.who < b.who; });
  std::vector<std::uint32_t> children;
  for (const Entry& entry : entries) children.push_back(entry.who);
  return children;
}

class Matchmaker {
 public:
  Matchmaker(std::span<const Person> people, AdultPool& pool, Draw& draw) : people_(people), pool_(pool), draw_(draw) {}

  // Parents for children already in the household, in front of them.
  void add_parents(Household& household, int size) {
    const Scheme scheme = people_[household.front()].scheme;
    int eldest = 0;
    for (const std::uint32_t child : household) eldest = std::max<int>(eldest, people_[child].age);
    const int age = std::min<int>(62, eldest + static_cast<int>(draw_.between(22, 36)));
    Household adults;
    if (const auto head = pool_.take_near(age, std::nullopt, scheme))
      adults.push_back(*head);
    else if (const auto other = pool_.take_near(age, std::nullopt, std::nullopt))
      adults.push_back(*other);
    if (!adults.empty() && static_cast<std::size_t>(size) > household.size() + 1) add_spouse(adults);
    household.insert(household.begin(), adults.begin(), adults.end());
    fill(household, size);
  }

  void add_couple(Household& household, int size) {
    const auto head = size >= 3 ? pool_.take_near(static_cast<int>(draw_.between(45, 70)), std::nullopt, std::nullopt)
                                : pool_.take_any();
    if (!head) return;
    household.push_back(*head);
    if (size >= 2) add_spouse(household);
    fill(household, size);
  }

 private:
  void add_spouse(Household& household) {
    const Person& head = people_[household.front()];
    const Sex sex = head.sex == Sex::kMale ? Sex::kFemale : Sex::kMale;
    const int age = head.age + static_cast<int>(draw_.between(-4, 3));
    std::optional<std::uint32_t> spouse;
    if (draw_.chance(kSpouseOnSameInsurance)) spouse = pool_.take_near(age, sex, head.scheme);
    if (!spouse) spouse = pool_.take_near(age, sex, std::nullopt);
    if (!spouse) spouse = pool_.take_any();
    if (spouse) household.push_back(*spouse);
  }

  // Grown children and aged parents.
  void fill(Household& household, int size) {
    while (household.size() < static_cast<std::size_t>(size) && !pool_.empty()) {
      const Person& head = people_[household.front()];
      const int age = draw_.chance(0.75) ? std::max(kAdultAge, head.age - static_cast<int>(draw_.between(24, 36)))
                                         : head.age + static_cast<int>(draw_.between(24, 34));
      const bool same = draw_.chance(0.6);
      auto other = pool_.take_near(age, std::nullopt, same ? std::optional(head.scheme) : std::nullopt);
      if (!other) other = pool_.take_any();
      household.push_back(*other);
    }
  }

  std::span<const Person> people_;
  AdultPool& pool_;
  Draw& draw_;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> form_households(std::span<const Person> people, Draw& draw) {
  std::vector<int> sizes = sizes_that_sum_to(people.size(), draw);
  // Families first, while there are adults of every kind to choose from; then couples; then those who live alone.
  std::stable_sort(sizes.begin(), sizes.end(), [](int a, int b) { return std::min(a, 3) > std::min(b, 3); });
  const std::vector<std::uint32_t> children = children_in_order(people, draw);
  std::vector<std::uint32_t> adults;
  for (std::uint32_t i = 0; i < people.size(); ++i) {
    if (people[i].age >= kAdultAge) adults.push_back(i);
  }
  AdultPool pool(people, adults, draw);
  Matchmaker matchmaker(people, pool, draw);

  std::vector<Household> households(sizes.size());
  std::size_t next_child = 0;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    const int size = sizes[h];
    Household& household = households[h];
    // One child in a household of two now and then: a parent alone.
    const int room = size >= 3 && draw.chance(kFamilyHasMinors) ? size - 2 : size == 2 && draw.chance(0.05) ? 1 : 0;
    while (next_child < children.size() && household.size() < static_cast<std::size_t>(room)) {
      const std::uint32_t child = children[next_child];
      if (!household.empty() && people[household.front()].scheme != people[child].scheme) break;
      household.push_back(child);
      ++next_child;
    }
    if (!household.empty())
      matchmaker.add_parents(household, size);
    else
      matchmaker.add_couple(household, size);
  }
  std::erase_if(households, [](const Household& household) { return household.empty(); });
  // In a very small neighbourhood some may be left over: they move in with the first households.
  for (std::size_t h = 0; next_child < children.size() && !households.empty(); ++h) {
    households[h % households.size()].push_back(children[next_child++]);
  }
  for (std::size_t h = 0; !households.empty(); ++h) {
    const auto who = pool.take_any();
    if (!who) break;
    households[h % households.size()].push_back(*who);
  }
  if (households.empty() && !children.empty()) households.push_back(children);
  return households;
}

}  // namespace ishi::synth
