// Successions must end: A -> B -> A has no code in force. Internal to registry/policy.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

namespace ishi {

// One code of each cycle in `aliases` (old code -> something with a new_code), the first in the map's order.
template <typename Map>
std::vector<std::string> alias_cycles(const Map& aliases) {
  std::vector<std::string> cycles;
  std::unordered_set<std::string> finished;
  for (const auto& [start, unused] : aliases) {
    std::unordered_set<std::string> on_this_walk;
    std::string current = start;
    while (!finished.contains(current)) {
      if (!on_this_walk.insert(current).second) {
        cycles.push_back(current);
        break;
      }
      const auto next = aliases.find(current);
      if (next == aliases.end()) break;
      current = next->second.new_code;
    }
    finished.insert(on_this_walk.begin(), on_this_walk.end());
  }
  return cycles;
}

}  // namespace ishi
