// EventIndex says where an event sits (0-based); Position says how many events one has seen. Position is
// the one clock of the whole system: Merkle tree size, feed cursor, cache version, freshness barrier,
// receipt. It only grows. The two do not mix: Position::after is the only bridge.
#pragma once

#include <compare>
#include <cstdint>

namespace ishi {

class EventIndex {
 public:
  constexpr EventIndex() = default;
  constexpr explicit EventIndex(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  friend constexpr auto operator<=>(EventIndex, EventIndex) = default;

 private:
  std::uint64_t value_ = 0;
};

class Position {
 public:
  constexpr Position() = default;
  constexpr explicit Position(std::uint64_t events) : events_(events) {}
  static constexpr Position after(EventIndex index) { return Position(index.value() + 1); }
  constexpr std::uint64_t events() const { return events_; }
  constexpr bool covers(EventIndex index) const { return index.value() < events_; }
  constexpr EventIndex next_index() const { return EventIndex(events_); }
  friend constexpr auto operator<=>(Position, Position) = default;

 private:
  std::uint64_t events_ = 0;
};

}  // namespace ishi
