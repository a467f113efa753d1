// A clock was wrong, and the log cannot forget what it stamped (LAW.md 10.6): stored times never fall. TimesHealed says
// which times of the log are not to be believed; BelievedTimes reads the log by it. Pure; one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "registry/position.h"
#include "registry/time.h"

namespace ishi {

// Of the events from `first` on, up to this one, nobody knows more than that they were registered between `not_before`
// and `healed_at`. They count as registered at `healed_at`. What was accepted after `healed_at` by the clock that was
// wrong counts as accepted at the end of that time that forbids more: what forbids a use at `not_before`, what allows
// one at `healed_at`.
// From this event on stored times go at half the speed of time, until time has come up with them: an event stored at s
// counts as registered at healed_at + 2 (s - h), h being where this event is stored; from 2 h - healed_at on, at s.
struct TimesHealed {
  EventIndex first;      // the first event that the wrong clock dated
  Timestamp not_before;  // when the event before it was registered, as believed; the earliest there is if it is none
  Timestamp healed_at;   // when this event was written
  std::string ground;    // what happened, for auditors
  friend bool operator==(const TimesHealed&, const TimesHealed&) = default;
};

struct Event;

// What is believed by those who know of these healings: the healing events below the Position that they have seen.
class BelievedTimes {
 public:
  // In the order of the log. `stored`: the time that the healing event itself is stored with.
  void add(EventIndex at, Timestamp stored, const TimesHealed& healed);
  bool empty() const { return healings_.empty(); }

  // When the event at `index` was registered, if it is stored with that time. Never falls from one event to the next.
  Timestamp registered_at(EventIndex index, Timestamp stored) const;
  // The same, for all times that the event holds.
  void correct(EventIndex index, Event& event) const;
  // What time a new event is to be stored with that is registered at `now`; the log's last stored time may be later.
  Timestamp to_store(Timestamp now) const;

 private:
  struct Healing {
    EventIndex at, first;
    Timestamp stored, not_before, healed_at;
  };
  std::vector<Healing> healings_;
};

}  // namespace ishi
