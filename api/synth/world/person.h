// A person of the synthetic world, and the card they carry. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/synth/world/margins.h"
#include "registry/events/event.h"
#include "registry/time.h"

namespace ishi::synth {

// The four parts of an insurance identifier as the insurer issued them (the truth, not a hospital's copy).
struct Card {
  std::string insurer;         // 8 digits, zero-padded, check digit right
  std::string symbol, number;  // symbol may be empty
  std::string branch;          // two digits; empty where the number is personal
  friend bool operator==(const Card&, const Card&) = default;
};

// A change of card within the past year: job, marriage, move, 75th birthday (LAW.md 13.6).
enum class ChangeKind : std::uint8_t { kSeventyFifthBirthday, kEmployment, kMove, kMarriage, kAssistance };
struct CardChange {
  Card previous;
  ChangeKind kind = ChangeKind::kEmployment;
  CivilDate on;                        // first day of the present card
  std::optional<CivilDate> linked_on;  // when the linker learned it; missing = never
  LinkSource source = LinkSource::kHistoryInquiry;
};

struct Person {
  std::uint64_t index = 0;      // 0-based in the world
  std::uint8_t prefecture = 1;  // 1..47
  std::uint16_t municipality = 1;
  std::uint64_t household = 0;  // unique in the world
  Scheme scheme = Scheme::kNhi;
  Sex sex = Sex::kMale;
  std::uint8_t age = 0;    // on the world's day, or would be
  bool dependant = false;  // on an employee's card
  CivilDate birth;
  std::optional<CivilDate> died_on;
  Card card;
  std::optional<CardChange> change;
  // The card that was valid on that day.
  const Card& card_on(CivilDate day) const { return change && day < change->on ? change->previous : card; }
};

}  // namespace ishi::synth
