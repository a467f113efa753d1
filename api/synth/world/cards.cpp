#include "api/synth/world/cards.h"

#include <algorithm>
#include <array>

#include "registry/assert.h"

namespace ishi::synth {
namespace {

constexpr std::uint64_t kWorkplacesMax = 1'024;  // of a neighbourhood, present or previous
constexpr std::uint64_t kLateMax = 2'048;        // people of 75 and over in a neighbourhood
constexpr std::uint64_t kAssistanceMax = 256;
constexpr double kAssociationShare = 0.102;  // of NHI households, insured by a trade association

// Employees' workplaces of a neighbourhood: symbols, and numbers counted up within each.
class Workplaces {
 public:
  Workplaces(std::uint64_t neighbourhood, Draw& draw) : base_(neighbourhood * kWorkplacesMax), draw_(draw) {}

  struct Entry {
    std::uint64_t workplace, number;
  };
  Entry hire() {
    if (left_ == 0) {
      ISHI_ASSERT(used_ < kWorkplacesMax);
      ++used_;
      // Lognormal, mean 12: half of all workplaces have fewer than six people.
      left_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(draw_.lognormal(5.84, 1.2)));
      number_ = draw_.below(3'000);
    }
    --left_;
    number_ += 1 + draw_.below(3);
    return {base_ + used_ - 1, number_};
  }

 private:
  std::uint64_t base_, used_ = 0, left_ = 0, number_ = 0;
  Draw& draw_;
};

class Issuer {
 public:
  Issuer(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed, std::span<Person> people)
      : insurers_(insurers),
        place_(place),
        people_(people),
        draw_(seed, Purpose::kCard, place.number),
        workplaces_(place.number, draw_) {}

  std::vector<CardGroup> issue() {
    for (std::size_t begin = 0; begin < people_.size();) {
      std::size_t end = begin + 1;
      while (end < people_.size() && people_[end].household == people_[begin].household) ++end;
      gather_household(begin, end);
      begin = end;
    }
    move_adults_onto_family_cards();
    for (CardGroup& group : groups_) issue_group(group);
    std::erase_if(groups_, [](const CardGroup& group) { return group.empty(); });
    return std::move(groups_);
  }

 private:
  // One group per household for NHI and per employee scheme; 75 and over and assistance are personal.
  void gather_household(std::size_t begin, std::size_t end) {
    std::array<std::size_t, kSchemeCount> group_of{};
    group_of.fill(SIZE_MAX);
    // Adults open groups before children join them.
    for (const bool adults : {true, false}) {
      for (std::size_t i = begin; i < end; ++i) {
        const Person& person = people_[i];
        if ((person.age >= 18) != adults) continue;
        const std::size_t scheme = static_cast<std::size_t>(person.scheme);
        const bool shares = person.scheme == Scheme::kNhi || (is_employee(person.scheme) && !adults);
        if (shares && group_of[scheme] != SIZE_MAX) {
          groups_[group_of[scheme]].push_back(static_cast<std::uint32_t>(i));
        } else {
          // Another employed adult starts with a card of their own and may join the first one's later.
          if (group_of[scheme] == SIZE_MAX)
            group_of[scheme] = groups_.size();
          else if (is_employee(person.scheme))
            candidates_.push_back({groups_.size(), group_of[scheme], i, groups_[group_of[scheme]].front()});
          groups_.push_back({static_cast<std::uint32_t>(i)});
        }
        if (is_employee(person.scheme) && !adults) people_[i].dependant = true;
      }
    }
  }

  // As many employed-scheme adults become dependants as the ratio of LAW.md 13.4 asks: spouses and students first.
  void move_adults_onto_family_cards() {
    for (const Scheme scheme : {Scheme::kKyokai, Scheme::kKumiai, Scheme::kKyosai}) {
      std::size_t members = 0, dependants = 0;
      for (const Person& person : people_) {
        if (person.scheme != scheme) continue;
        ++members;
        if (person.dependant) ++dependants;
      }
      const double wanted = dependants_share(scheme) * static_cast<double>(members) + draw_.uniform();
      std::vector<Candidate> candidates;
      for (const Candidate& candidate : candidates_) {
        if (people_[candidate.person].scheme == scheme) candidates.push_back(candidate);
      }
      std::stable_sort(candidates.begin(), candidates.end(),
                       [&](const Candidate& a, const Candidate& b) { return readiness(a) > readiness(b); });
      for (const Candidate& candidate : candidates) {
        if (static_cast<double>(dependants + 1) > wanted) break;
        people_[candidate.person].dependant = true;
        groups_[candidate.into].push_back(static_cast<std::uint32_t>(candidate.person));
        groups_[candidate.from].clear();
        ++dependants;
      }
    }
  }

  struct Candidate {
    std::size_t from, into;  // groups
    std::size_t person, holder;
  };
  int readiness(const Candidate& candidate) const {
    const Person &person = people_[candidate.person], &holder = people_[candidate.holder];
    if (person.age < 23) return 4;
    const int apart = person.age > holder.age ? person.age - holder.age : holder.age - person.age;
    if (apart < 16) return person.age >= 60 ? 3 : 2;  // a spouse; pensioners no longer have a job of their own
    return person.age >= 65 ? 3 : 1;
  }

  void issue_group(const CardGroup& group) {
    if (group.empty()) return;
    const Person& holder = people_[group.front()];
    const bool held_here = holder.age >= 18;  // a child whose insured parent lives elsewhere has branch 01
    const bool association = draw_.chance(kAssociationShare);
    const std::size_t society = insurers_.choose_society(draw_.uniform());
    const std::size_t kyosai = draw_.below(Insurers::kAssociations);
    Workplaces::Entry workplace{};
    if (holder.scheme == Scheme::kKyokai) workplace = workplaces_.hire();
    for (std::size_t member = 0; member < group.size(); ++member) {
      Person& person = people_[group[member]];
      const int branch = static_cast<int>(member) + (held_here ? 0 : 1);
      switch (holder.scheme) {
        case Scheme::kNhi:
          person.card = insurers_.nhi(place_.prefecture, holder.municipality, association, holder.household,
                                      static_cast<int>(member) + 1, Generation::kPresent);
          break;
        case Scheme::kAssistance:
          ISHI_ASSERT(assistance_ < kAssistanceMax);
          person.card = insurers_.assistance(place_.prefecture, holder.municipality,
                                             place_.number_in_prefecture * kAssistanceMax + assistance_++);
          break;
        case Scheme::kLate75:
          ISHI_ASSERT(late_ < kLateMax);
          person.card = insurers_.late75(place_.prefecture, holder.municipality,
                                         place_.number_in_prefecture * kLateMax + late_++, Generation::kPresent);
          break;
        case Scheme::kKyokai:
          person.card =
              insurers_.kyokai(place_.prefecture, workplace.workplace, workplace.number, branch, Generation::kPresent);
          break;
        case Scheme::kKumiai:
          person.card = insurers_.kumiai(society, holder.index, branch, Generation::kPresent);
          break;
        case Scheme::kKyosai: person.card = insurers_.kyosai(kyosai, holder.index, branch, Generation::kPresent); break;
      }
    }
  }

  const Insurers& insurers_;
  const NeighbourhoodPlace& place_;
  std::span<Person> people_;
  Draw draw_;
  Workplaces workplaces_;
  std::vector<CardGroup> groups_;
  std::vector<Candidate> candidates_;
  std::uint64_t late_ = 0, assistance_ = 0;
};

// Changes of the past year.
class Changer {
 public:
  Changer(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed, CivilDate today,
          std::span<Person> people)
      : insurers_(insurers),
        place_(place),
        today_(today),
        people_(people),
        draw_(seed, Purpose::kChange, place.number),
        quota_(seed, place.number),
        workplaces_(place.number, draw_),
        delays_(seed ^ mix(place.number), 1) {}

  void change(const CardGroup& group) {
    Person& holder = people_[group.front()];
    if (holder.scheme == Scheme::kLate75) return change_late(holder);
    const double rate = rate_of(holder);
    if (!quota_.take(rate)) return;
    const CivilDate on = day_of_change();
    const ChangeKind kind = holder.scheme == Scheme::kNhi
                                ? (draw_.chance(0.7) ? ChangeKind::kMove : ChangeKind::kEmployment)
                            : holder.scheme == Scheme::kAssistance                      ? ChangeKind::kAssistance
                            : holder.age >= 20 && holder.age < 40 && draw_.chance(0.12) ? ChangeKind::kMarriage
                                                                                        : ChangeKind::kEmployment;
    give_previous(group, kind, on);
  }

 private:
  // Per person-year, LAW.md 13.6; dependants come along.
  double rate_of(const Person& holder) const {
    const int age = holder.age;
    if (holder.scheme == Scheme::kNhi) return age >= 20 && age < 30 ? 0.09 : age < 40 ? 0.05 : 0.025;
    if (holder.scheme == Scheme::kAssistance) return 0.08;
    if (age < 18) return 0.03;
    if (age < 25) return 0.28;
    if (age < 35) return 0.16;
    if (age < 45) return 0.11;
    if (age < 55) return 0.09;
    if (age < 60) return 0.10;
    return age < 65 ? 0.25 : 0.03;
  }

  CivilDate day_of_change() {
    // April has three times the mean of all months, once the even stream of 75th birthdays has joined.
    const int month = draw_.chance(0.28) ? 4 : 1 + static_cast<int>((3 + 1 + draw_.below(11)) % 12);
    const int day = draw_.chance(0.6) ? 1 : static_cast<int>(draw_.between(1, 28));
    return latest(today_, month, day);
  }

  static CivilDate latest(CivilDate today, int month, int day) {
    const int year = static_cast<int>(today.year_month_day().year());
    const CivilDate date = CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    return date < today ? date : CivilDate::of(year - 1, static_cast<unsigned>(month), static_cast<unsigned>(day));
  }

  void change_late(Person& person) {
    if (person.age == 75) {
      const CivilDate birthday = reaches_age_on(person.birth, 75);
      if (today_ <= birthday) return;
      const std::array<std::uint32_t, 1> group{static_cast<std::uint32_t>(&person - people_.data())};
      give_previous(group, ChangeKind::kSeventyFifthBirthday, birthday);
      return;
    }
    if (!quota_.take(0.010)) return;
    const CivilDate on = day_of_change();
    if (person.died_on && *person.died_on <= on) return;
    Card previous = person.card;
    const int elsewhere = 1 + (person.municipality % municipality_count(place_.prefecture));
    if (draw_.chance(0.7)) {  // within the prefecture the number stays
      previous.insurer = insurers_.late75(place_.prefecture, elsewhere, 0, Generation::kPresent).insurer;
      if (previous.insurer == person.card.insurer) return;
    } else {
      const int from = place_.prefecture % kPrefectureCount + 1;
      ISHI_ASSERT(late_movers_ < 512);
      previous = insurers_.late75(from, 1, place_.number_in_prefecture * 512 + late_movers_++, Generation::kPrevious);
    }
    set_change(person, std::move(previous), ChangeKind::kMove, on);
  }

  void give_previous(std::span<const std::uint32_t> group, ChangeKind kind, CivilDate on) {
    const Person& holder = people_[group.front()];
    // What they had before: mostly another employer's insurance; NHI for movers, and for most who turn 75.
    const double u = draw_.uniform();
    Scheme before = u < 0.25 ? Scheme::kNhi : u < 0.63 ? Scheme::kKyokai : u < 0.90 ? Scheme::kKumiai : Scheme::kKyosai;
    if (kind == ChangeKind::kMove || kind == ChangeKind::kAssistance) before = Scheme::kNhi;
    if (kind == ChangeKind::kSeventyFifthBirthday)
      before = u < 0.78 ? Scheme::kNhi : u < 0.92 ? Scheme::kKyokai : Scheme::kKumiai;
    Workplaces::Entry workplace{};
    if (before == Scheme::kKyokai) workplace = workplaces_.hire();
    const std::size_t society = insurers_.choose_society(draw_.uniform());
    const std::size_t kyosai = draw_.below(Insurers::kAssociations);
    const int municipality =
        1 + static_cast<int>(draw_.below(static_cast<std::uint64_t>(municipality_count(place_.prefecture))));
    for (std::size_t member = 0; member < group.size(); ++member) {
      Person& person = people_[group[member]];
      if (person.birth >= on) continue;  // not born then
      if (person.died_on && *person.died_on <= on) continue;
      const int branch = static_cast<int>(member);
      Card previous;
      if (before == Scheme::kNhi) {
        previous =
            insurers_.nhi(place_.prefecture, municipality, false, holder.index, branch + 1, Generation::kPrevious);
      } else if (before == Scheme::kKyokai) {
        previous =
            insurers_.kyokai(place_.prefecture, workplace.workplace, workplace.number, branch, Generation::kPrevious);
      } else if (before == Scheme::kKumiai) {
        previous = insurers_.kumiai(society, holder.index, branch, Generation::kPrevious);
      } else {
        previous = insurers_.kyosai(kyosai, holder.index, branch, Generation::kPrevious);
      }
      set_change(person, std::move(previous), kind, on);
    }
  }

  void set_change(Person& person, Card previous, ChangeKind kind, CivilDate on) {
    CardChange change;
    change.previous = std::move(previous);
    change.kind = kind;
    change.on = on;
    // 60 % reach the linker within 14 days, 90 % within 45, 98 % within 120; 2 % never by themselves.
    if (delays_.next() >= 0.02)
      change.linked_on = on.plus_days(1 + static_cast<std::int32_t>(draw_.lognormal(10.0, 1.1355)));
    const double u = draw_.uniform();
    change.source = u < 0.70 ? LinkSource::kHistoryInquiry : u < 0.90 ? LinkSource::kInsurer : LinkSource::kHospital;
    person.change = std::move(change);
  }

  const Insurers& insurers_;
  const NeighbourhoodPlace& place_;
  CivilDate today_;
  std::span<Person> people_;
  Draw draw_;
  Quota quota_;
  Workplaces workplaces_;
  EvenSequence delays_;
  std::uint64_t late_movers_ = 0;
};

}  // namespace

std::vector<CardGroup> issue_cards(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed,
                                   std::span<Person> people) {
  return Issuer(insurers, place, seed, people).issue();
}

void change_cards(const Insurers& insurers, const NeighbourhoodPlace& place, std::uint64_t seed, CivilDate today,
                  std::span<Person> people, std::span<const CardGroup> groups) {
  Changer changer(insurers, place, seed, today, people);
  for (const CardGroup& group : groups) changer.change(group);
}

}  // namespace ishi::synth
