// Facts: what the events said of one token, kept as they were said. Nothing is worked out here: a voided notice,
// a withdrawn objection and an undone link stay, next to the event that took them back, so that an erased event
// can be forgotten and the rest comes out as if it had never been. status/population.cpp reads them.
// Notices and identities are the many, kept small; the rest is seldom.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "registry/events/event.h"

namespace ishi::facts {

// Where a token's record sits.
using RecordIndex = std::uint32_t;
constexpr std::size_t kRecordsMax = 0xffff'ffff;

struct Notice {
  std::uint64_t event;
  CivilDate date;
  std::uint32_t source;  // holder, regime, template and method, interned
};
struct Identity {
  std::uint64_t event;
  RecordIndex household, loose;  // records of the weak forms
  bool household_card;           // the token itself names a household
  bool kin;                      // nobody was seen with this card: by itself it makes nobody known
};
template <typename Body>
struct Said {
  std::uint64_t event;
  Body body;
};

struct Seldom {
  std::vector<Said<NoticeVoided>> voids;
  std::vector<Said<Objection>> objections;
  std::vector<Said<ObjectionWithdrawn>> withdrawals;
  std::vector<Said<ConsentGiven>> consents;
  std::vector<Said<ConsentWithdrawn>> consent_withdrawals;
  std::vector<Said<TokensLinked>> links;  // on both of its tokens
  std::vector<Said<Unlinked>> undone;
  std::vector<Said<DeathRecorded>> deaths;
  std::vector<Said<DeathRetracted>> retractions;

  template <typename Visitor>
  void for_each_list(Visitor&& visit) {
    visit(voids), visit(objections), visit(withdrawals), visit(consents), visit(consent_withdrawals), visit(links),
        visit(undone), visit(deaths), visit(retractions);
  }
  bool empty() const {
    return voids.empty() && objections.empty() && withdrawals.empty() && consents.empty() &&
           consent_withdrawals.empty() && links.empty() && undone.empty() && deaths.empty() && retractions.empty();
  }
};

struct Record {
  Token token;
  std::uint64_t touched = 0;  // events up to here have been heard about this token
  std::vector<Notice> notices;
  std::vector<Identity> identities;   // one, in practice
  std::vector<RecordIndex> named_by;  // as a weak form: the tokens whose household or loose form this is
  std::unique_ptr<Seldom> seldom;     // null for most

  // A record without facts of its own is a weak form, the kin of a card, or what an erasure left: nothing is known of a
  // person by it.
  bool known() const {
    return !notices.empty() || (seldom && !seldom->empty()) ||
           std::any_of(identities.begin(), identities.end(), [](const Identity& identity) { return !identity.kin; });
  }
  Seldom& rare() {
    if (!seldom) seldom = std::make_unique<Seldom>();
    return *seldom;
  }
  void forget(std::uint64_t event);
};

inline void Record::forget(std::uint64_t event) {
  const auto is_it = [&](const auto& fact) { return fact.event == event; };
  std::erase_if(notices, is_it);
  std::erase_if(identities, is_it);
  if (seldom) seldom->for_each_list([&](auto& list) { std::erase_if(list, is_it); });
}

}  // namespace ishi::facts
