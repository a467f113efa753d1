// What happened to each person: who told them, what they asked for, whether they took it back (LAW.md 13.7, 13.8).
// Shares come out as stated over the whole world: the historian keeps running accounts, a few numbers per
// institution, so it must meet people in order. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/synth/random/random.h"
#include "api/synth/world/person.h"
#include "api/synth/world/world.h"
#include "registry/events/event.h"

namespace ishi::synth {

// The two regimes of the Act; the world's letters are for these.
enum class Act : std::uint8_t { kAnon, kPseudo };
std::string_view regime_code(Act act);  // NGMIA_ANON, NGMIA_PSEUDO

struct SynthNotice {  // one notice
  std::size_t institution = 0;
  Act act = Act::kAnon;
  NoticeMethod method = NoticeMethod::kHanded;
  CivilDate date;
  bool outdated = false;  // by a letter of 2018 that lacks items
  bool voided = false;    // posted, and came back
};
struct Visit {  // the first since a campaign began: what makes a composite notice
  std::size_t institution = 0;
  CivilDate date;
};
struct Request {                                          // to stop
  std::vector<std::string> regimes, holders, categories;  // empty = all
  RequesterKind requester = RequesterKind::kSelf;
  std::string relation;
  Timestamp accepted_at;
  bool erase = false;
  Channel channel = Channel::kCounterPaper;
  CivilDate registered_on;  // after the paper backlog; may lie after the world's day
};
struct TakenBack {
  RequesterKind requester = RequesterKind::kSelf;
  std::string relation;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
};
struct Consent {
  std::string regime;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
};
struct Patient {  // on an institution's books
  std::size_t institution = 0;
  bool knows_new_card = true;  // false: its copy is the card of before
  bool claims_this_month = false;
};

struct Life {
  std::vector<Patient> patient_of;
  std::vector<SynthNotice> notices;  // composite ones too; those the registry makes from visits
  std::vector<Visit> visits;
  std::optional<Request> objection;
  std::optional<TakenBack> withdrawal;
  std::optional<Consent> consent;
};

class Historian {
 public:
  explicit Historian(const World& world);
  Life of(const Person& person);

 private:
  void tell(const Person& person, std::size_t institution, Life& life);
  void object(const Person& person, Life& life);
  double objection_chance(const Person& person) const;
  std::optional<CivilDate> first_told(const Person& person, std::size_t institution, Draw& draw) const;

  const World& world_;
  CivilDate today_;
  std::vector<Quota> on_the_books_, told_;  // per institution
  Quota void_, outdated_, only_anon_, unprompted_, withdrawal_, consent_;
  std::vector<Quota> objection_;  // of minors, the dead, adults
  EvenSequence method_, timing_, channel_, scope_, erase_, guardian_;
  // Expected number of objections per unit of weight, by prefecture and class of person.
  struct Rates {
    double minor = 0, dead = 0, adult = 0;
  };
  std::vector<Rates> rates_;
};

}  // namespace ishi::synth
