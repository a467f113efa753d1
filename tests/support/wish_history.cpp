#include "tests/support/wish_history.h"

#include <algorithm>
#include <set>

namespace ishi::testing {
namespace {

constexpr std::size_t kExamplesMax = 10;

class LineHandler {
 public:
  LineHandler(std::uint32_t people, const std::vector<WishWrite>& writes, const std::vector<WishRead>& reads)
      : reads_(reads), writes_(writes), by_person_(people) {
    for (const WishWrite& write : writes) by_person_.at(write.person).push_back(write);
    for (auto& of_one : by_person_)
      std::sort(of_one.begin(), of_one.end(), [](const auto& a, const auto& b) { return a.invoked < b.invoked; });
  }

  WishVerdict judge() {
    check_form();
    check_order();
    for (const WishRead& read : reads_)
      for (std::uint32_t i = 0; i < read.allowed.size(); ++i)
        check_answer(read, read.first_person + i, read.allowed[i]);
    return std::move(verdict_);
  }

 private:
  static std::string description_of(const WishRead& read) {
    return "asked of server " + std::to_string(read.server + 1) + " at " + std::to_string(read.invoked) +
           ", answered at " + std::to_string(read.answered) + ", Position " + std::to_string(read.position);
  }
  void found(std::uint64_t& count, std::string words) {
    ++count;
    if (verdict_.examples.size() < kExamplesMax) verdict_.examples.push_back(std::move(words));
  }

  void check_form() {
    std::set<std::uint64_t> places;
    for (const auto& of_one : by_person_)
      for (std::size_t i = 0; i < of_one.size(); ++i) {
        const WishWrite& write = of_one[i];
        const std::string who = "person " + std::to_string(write.person);
        if (i > 0 && of_one[i - 1].acknowledged > write.invoked)
          found(verdict_.malformed, who + ": a write begins before the one before it is known to have happened");
        if (write.acknowledged == kNever) continue;
        ++verdict_.writes;
        if (!places.insert(write.event).second)
          found(verdict_.malformed, who + ": two writes have the place " + std::to_string(write.event));
        if (i > 0 && of_one[i - 1].event >= write.event)
          found(verdict_.malformed, who + ": a later write has an earlier place");
      }
  }

  // Whatever begins after something was told is not below it: of answers and of acknowledgements alike.
  void check_order() {
    struct MatchSink {
      Nanoseconds at;
      std::uint64_t position;
    };
    struct Begun {
      Nanoseconds at;
      std::uint64_t position_least;  // that it reached
      std::string words;
    };
    std::vector<MatchSink> told_at;
    std::vector<Begun> begun;
    for (const WishRead& read : reads_) {
      told_at.push_back({read.answered, read.position});
      begun.push_back({read.invoked, read.position, description_of(read)});
    }
    for (const WishWrite& write : writes_) {
      if (write.acknowledged == kNever) continue;
      told_at.push_back({write.acknowledged, write.event + 1});
      begun.push_back({write.invoked, write.event, "a write of person " + std::to_string(write.person)});
    }
    std::sort(told_at.begin(), told_at.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    std::sort(begun.begin(), begun.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    std::size_t next = 0;
    std::uint64_t highest = 0;
    for (const Begun& one : begun) {
      for (; next < told_at.size() && told_at[next].at < one.at; ++next)
        highest = std::max(highest, told_at[next].position);
      if (one.position_least < highest)
        found(verdict_.went_back, one.words + ": Position " + std::to_string(highest) + " had been told before");
    }
  }

  void check_answer(const WishRead& read, std::uint32_t person, bool allowed) {
    ++verdict_.checks;
    const auto& writes = by_person_.at(person);
    // By the clock: the last write that was over before the question, and those that may have happened since.
    const auto over = std::partition_point(writes.begin(), writes.end(),
                                           [&](const WishWrite& write) { return write.acknowledged < read.invoked; });
    bool possible = (over == writes.begin() || !std::prev(over)->objects) == allowed;
    for (auto at = over; at != writes.end() && at->invoked < read.answered; ++at)
      possible = possible || !at->objects == allowed;
    const std::string who = "person " + std::to_string(person);
    if (!possible && allowed)
      found(verdict_.stale_allows, who + ": ALLOW after an acknowledged objection; " + description_of(read));
    if (!possible && !allowed)
      found(verdict_.stale_denials, who + ": DENY after an acknowledged withdrawal; " + description_of(read));
    // By Position. A write without a known place says nothing here, nor does what came after it.
    bool objects = false;
    std::uint64_t since = 0;
    for (const WishWrite& write : writes) {
      if (write.acknowledged == kNever) return;
      if (write.event >= read.position) break;
      objects = write.objects;
      since = write.event;
      if (write.invoked > read.answered)
        found(verdict_.from_the_future,
              who + ": the Position covers a write that was not asked for yet; " + description_of(read));
    }
    if (objects == allowed)
      found(verdict_.not_at_position, who + ": not what the log says at that Position since event " +
                                          std::to_string(since) + "; " + description_of(read));
  }

  const std::vector<WishRead>& reads_;
  const std::vector<WishWrite>& writes_;
  std::vector<std::vector<WishWrite>> by_person_;
  WishVerdict verdict_;
};

}  // namespace

WishVerdict WishHistory::judge() const {
  return LineHandler(people_, writes_, reads_).judge();
}

Availability availability(std::vector<Attempt> attempts, Nanoseconds from, Nanoseconds upto) {
  std::sort(attempts.begin(), attempts.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  Availability result;
  Nanoseconds last = from;
  for (const Attempt& attempt : attempts) {
    if (attempt.at < from || attempt.at > upto) continue;
    ++result.asked;
    if (!attempt.answered) continue;
    ++result.answered;
    result.longest_gap = std::max(result.longest_gap, attempt.at - last);
    last = attempt.at;
  }
  result.longest_gap = std::max(result.longest_gap, upto - last);
  return result;
}

}  // namespace ishi::testing
