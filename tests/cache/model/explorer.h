// Explorer: walks every world that can be reached from a first one, each once, nearest first, until it has seen all or
// met one that must never be. A model is small and written in the plainest way; what it leaves out it must not need. It
// proves nothing unless it can fail: every rule that a model holds has a test beside it in which the rule is left out
// and a wrong world is found.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ishi::cache::model {

// World: a value with operator<. Steps: (const World&, go) calls go("what happens", next world) for everything that
// can happen next. Wrong: (const World&) returns what is wrong with it; empty: nothing.
template <typename World>
class Explorer {
 public:
  static constexpr std::size_t kWorldsMax = 3'000'000;

  template <typename Steps, typename Wrong>
  void walk(const World& first, Steps&& steps, Wrong&& wrong) {
    arrive(first, {nullptr, "it begins"});
    while (!to_visit_.empty() && worlds() < kWorldsMax) {
      const World* world = to_visit_.front();
      to_visit_.pop_front();
      if (const std::string why = wrong(*world); !why.empty()) {
        trail_ = trail_to(world) + "  wrong: " + why + "\n";
        return;
      }
      steps(*world, [&](const char* what, const World& next) { arrive(next, {world, what}); });
    }
    EXPECT_LT(worlds(), kWorldsMax) << "too many worlds to see them all";
  }

  std::size_t worlds() const { return seen_.size(); }
  // How to get to a wrong world, by the fewest steps; empty: there is none.
  const std::string& trail() const { return trail_; }

 private:
  struct Arrival {
    const World* from;
    const char* step;
  };
  void arrive(const World& world, Arrival arrival) {
    if (const auto [at, is_new] = seen_.emplace(world, arrival); is_new) to_visit_.push_back(&at->first);
  }
  std::string trail_to(const World* world) const {
    std::vector<const char*> steps;
    while (world != nullptr) {
      const Arrival& arrival = seen_.at(*world);
      steps.push_back(arrival.step);
      world = arrival.from;
    }
    std::string text;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) text += "  " + std::string(*step) + "\n";
    return text;
  }

  std::map<World, Arrival> seen_;
  std::deque<const World*> to_visit_;
  std::string trail_;
};

// What the rules promise, and that enough was seen to promise it.
template <typename World>
void expect_never_wrong(const Explorer<World>& explorer, std::size_t worlds_min) {
  std::cout << explorer.worlds() << " worlds\n";
  EXPECT_EQ(explorer.trail(), "");
  EXPECT_GT(explorer.worlds(), worlds_min) << "too few to prove anything";
}

// What goes wrong when a rule is left out.
template <typename World>
void expect_wrong(const Explorer<World>& explorer, const char* otherwise) {
  std::cout << explorer.trail();
  EXPECT_NE(explorer.trail(), "") << "then " << otherwise;
}

}  // namespace ishi::cache::model
