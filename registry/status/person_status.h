// PersonStatus: what the log says of one person (a set of linked tokens), enough to decide any question at any
// as_of. Withdrawn objections stay with their dates, so that the past can be asked about. Defined by the fold
// in status/population.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/events/event.h"

namespace ishi {

struct NoticeFact {
  std::string holder, regime, template_id;
  NoticeMethod method = NoticeMethod::kHanded;
  CivilDate date;
  friend auto operator<=>(const NoticeFact&, const NoticeFact&) = default;
};
struct ObjectionFact {
  EventIndex event;  // the receipt number
  Token token;       // the token it was recorded on
  Scope scope;
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  std::optional<Timestamp> withdrawn_at;
  PastData past_data = PastData::kStopOnly;
  std::optional<CivilDate> reaffirm_on;
  friend bool operator==(const ObjectionFact&, const ObjectionFact&) = default;
};
struct ConsentFact {
  EventIndex event;
  Token token;
  Scope scope;
  Timestamp accepted_at;
  std::optional<Timestamp> withdrawn_at;
  std::optional<CivilDate> expires_on;
  friend bool operator==(const ConsentFact&, const ConsentFact&) = default;
};
struct LinkFact {
  EventIndex event;
  Token first, second;
  friend bool operator==(const LinkFact&, const LinkFact&) = default;
};

struct PersonStatus {
  Position as_of;                                   // after the last event that touched this person
  std::vector<Token> tokens;                        // sorted; every active link followed
  std::vector<NoticeFact> notices;                  // sorted, no duplicates
  std::vector<ObjectionFact> objections;            // by event
  std::vector<ConsentFact> consents;                // by event
  std::vector<LinkFact> links;                      // active, by event
  std::optional<CivilDate> died_on;                 // the earliest recorded and not retracted
  bool household_card = false;                      // one of its tokens is a card without branch: it names a household
  std::vector<ObjectionFact> household_objections;  // made on the household's card; they deny as ambiguous
  friend bool operator==(const PersonStatus&, const PersonStatus&) = default;
};

// What asking for one identifier found. No persons: nothing is known. Several: a household or a loose match.
struct Match {
  TokenLevel level = TokenLevel::kExact;  // how it was found
  std::vector<PersonStatus> persons;      // distinct persons
  // Of the household, and nobody's in particular: they deny as ambiguous. Of a card with a branch that nobody knows,
  // what was made on the household's own card (LAW.md 5.10); of a card without branch on which something was recorded,
  // what the members of the household made.
  std::vector<ObjectionFact> household_objections = {};
  friend bool operator==(const Match&, const Match&) = default;
};

}  // namespace ishi
