// WishHistory: what writers were told and what askers were answered, with the instants between which it happened, and
// a judge of the whole. Pure. A person is a register that holds "objects" or "does not", the registry is all of them
// on one log, and it must look as if everything happened at one instant each, inside its own interval (linearizable).
//
// Judged twice. By the clock alone, believing nothing the servers say: an answer must be one of the values the person
// may have had at some instant between question and answer. And by Positions: the answer is exactly what the events
// below its Position say, whatever began after something was told is at a Position no lower, and nobody has seen a
// write before it was asked for.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace ishi::testing {

using Nanoseconds = std::int64_t;  // of one steady clock
constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();

struct WishWrite {
  std::uint32_t person = 0;
  bool objects = false;
  Nanoseconds invoked = 0, acknowledged = kNever;  // kNever: nobody knows whether it happened
  std::uint64_t event = 0;                         // its place in the log; meaningless unless acknowledged
};

struct WishRead {
  Nanoseconds invoked = 0, answered = 0;
  std::uint64_t position = 0;
  std::uint32_t first_person = 0;  // the people asked about are first_person, first_person + 1, …
  std::vector<bool> allowed;
  std::size_t server = 0;  // who said so; for the words only
};

struct WishVerdict {
  std::uint64_t checks = 0, writes = 0;  // people answered for; acknowledged writes
  std::uint64_t stale_allows = 0;        // by the clock: the one thing that must never be
  std::uint64_t stale_denials = 0;       // by the clock
  std::uint64_t not_at_position = 0;     // an answer that the events below its Position contradict
  std::uint64_t went_back = 0;           // began after something was told, and is at a lower Position
  std::uint64_t from_the_future = 0;     // saw a write that had not been asked for
  std::uint64_t malformed = 0;           // two writes of one place, or overlapping writes of one person
  std::vector<std::string> examples;     // the first few, in words
  bool linearizable() const {
    return stale_allows + stale_denials + not_at_position + went_back + from_the_future + malformed == 0;
  }
};

class WishHistory {
 public:
  explicit WishHistory(std::uint32_t people) : people_(people) {}  // nobody objects at first
  void add(WishWrite write) { writes_.push_back(write); }
  void add(WishRead read) { reads_.push_back(std::move(read)); }
  WishVerdict judge() const;

 private:
  std::uint32_t people_;
  std::vector<WishWrite> writes_;
  std::vector<WishRead> reads_;
};

// How well a service answered between two instants.
struct Attempt {
  Nanoseconds at = 0;  // when it ended
  bool answered = false;
};
struct Availability {
  std::uint64_t asked = 0, answered = 0;
  Nanoseconds longest_gap = 0;  // without an answer, the edges of the stretch counted
  double share() const { return asked ? static_cast<double>(answered) / static_cast<double>(asked) : 0; }
};
Availability availability(std::vector<Attempt> attempts, Nanoseconds from, Nanoseconds upto);

}  // namespace ishi::testing
