#include "registry/status/facts_reading.h"

#include <algorithm>
#include <set>

#include "registry/assert.h"

namespace ishi::facts {
namespace {

using Records = std::vector<const Record*>;

const Record& record_of(const View& view, const Token& token) {
  const auto found = view.by_token.find(token);
  ISHI_ASSERT(found != view.by_token.end());
  return view.records[found->second];
}

bool undone_on(const Record& record, std::uint64_t link) {
  if (!record.seldom) return false;
  const auto& undone = record.seldom->undone;
  return std::any_of(undone.begin(), undone.end(), [&](const Said<Unlinked>& said) {
    const auto& links = said.body.links;
    return said.event > link && std::find(links.begin(), links.end(), EventIndex(link)) != links.end();
  });
}

// All tokens of one person, over links that stand.
Records tokens_of_person(const View& view, const Record& start) {
  Records person{&start};
  std::set<const Record*> seen{&start};
  for (std::size_t next = 0; next < person.size(); ++next) {
    const Record& here = *person[next];
    if (!here.seldom) continue;
    for (const Said<TokensLinked>& link : here.seldom->links) {
      const Record& there = record_of(view, link.body.first == here.token ? link.body.second : link.body.first);
      if (seen.contains(&there) || undone_on(here, link.event) || undone_on(there, link.event)) continue;
      seen.insert(&there);
      person.push_back(&there);
    }
  }
  return person;
}

// When the fact of `event` was taken back by one of these records: the earliest instant, if any.
template <typename Body>
void note_withdrawal(const Record& record, std::uint64_t event, std::vector<Said<Body>> Seldom::*list,
                     std::vector<EventIndex> Body::*names, std::optional<Timestamp>& earliest) {
  if (!record.seldom) return;
  for (const Said<Body>& said : (*record.seldom).*list) {
    const auto& named = said.body.*names;
    if (said.event <= event || std::find(named.begin(), named.end(), EventIndex(event)) == named.end()) continue;
    earliest = std::min(earliest.value_or(said.body.accepted_at), said.body.accepted_at);
  }
}

ObjectionFact read_objection(const Said<Objection>& said, const Records& person, const Record* also) {
  const Objection& body = said.body;
  ObjectionFact fact{EventIndex(said.event), body.token,   body.scope,     body.requester,
                     body.accepted_at,       std::nullopt, body.past_data, body.reaffirm_on};
  const auto note = [&](const Record& record) {
    note_withdrawal(record, said.event, &Seldom::withdrawals, &ObjectionWithdrawn::objections, fact.withdrawn_at);
  };
  for (const Record* record : person) note(*record);
  if (also != nullptr) note(*also);
  return fact;
}

ConsentFact read_consent(const Said<ConsentGiven>& said, const Records& person) {
  const ConsentGiven& body = said.body;
  ConsentFact fact{EventIndex(said.event), body.token, body.scope, body.accepted_at, std::nullopt, body.expires_on};
  for (const Record* record : person) {
    note_withdrawal(*record, said.event, &Seldom::consent_withdrawals, &ConsentWithdrawn::consents, fact.withdrawn_at);
  }
  return fact;
}

void read_notices(const View& view, const Record& record, std::vector<NoticeFact>& notices) {
  for (const Notice& notice : record.notices) {
    const NoticeFact fact = view.sources.fact(notice.source, notice.date);
    const bool is_void =
        record.seldom &&
        std::any_of(record.seldom->voids.begin(), record.seldom->voids.end(), [&](const Said<NoticeVoided>& said) {
          return said.event > notice.event && said.body.holder == fact.holder && said.body.regime == fact.regime &&
                 said.body.date == fact.date;
        });
    if (!is_void) notices.push_back(fact);
  }
}

void read_death(const Record& record, std::optional<CivilDate>& died_on) {
  std::uint64_t retracted_before = 0;
  for (const Said<DeathRetracted>& said : record.seldom->retractions) retracted_before = said.event;
  for (const Said<DeathRecorded>& said : record.seldom->deaths) {
    if (said.event >= retracted_before) died_on = std::min(died_on.value_or(said.body.date), said.body.date);
  }
}

void read_links(const View& view, const Record& record, std::vector<LinkFact>& links) {
  for (const Said<TokensLinked>& said : record.seldom->links) {
    const bool is_first = said.body.first == record.token;  // each link is kept on both ends; read it once
    if (!is_first || undone_on(record, said.event) || undone_on(record_of(view, said.body.second), said.event)) {
      continue;
    }
    links.push_back({EventIndex(said.event), said.body.first, said.body.second});
  }
}

// Said of the token itself, or because somebody's number without the branch is this one.
bool names_household(const View& view, const Record& record) {
  const auto said_so = [](const Identity& identity) { return identity.household_card; };
  return std::any_of(record.identities.begin(), record.identities.end(), said_so) ||
         std::any_of(record.named_by.begin(), record.named_by.end(), [&](RecordIndex member) {
           const auto& identities = view.records[member].identities;
           return std::any_of(identities.begin(), identities.end(),
                              [&](const Identity& identity) { return &view.records[identity.household] == &record; });
         });
}

// The household cards of these tokens, unless they are tokens of the person themselves.
std::set<const Record*> households_of(const View& view, const Records& person) {
  std::set<const Record*> households;
  for (const Record* record : person) {
    for (const Identity& identity : record->identities) households.insert(&view.records[identity.household]);
  }
  for (const Record* record : person) households.erase(record);
  return households;
}

void read_household(const Record& household, const Records& person, PersonStatus& status) {
  if (!household.seldom) return;
  for (const Said<Objection>& said : household.seldom->objections) {
    status.household_objections.push_back(read_objection(said, person, &household));
    status.as_of = std::max(status.as_of, Position(said.event + 1));
  }
  for (const auto& said : household.seldom->withdrawals) {
    status.as_of = std::max(status.as_of, Position(said.event + 1));
  }
}

std::vector<PersonStatus> read_distinct(const View& view, const Records& candidates) {
  std::vector<PersonStatus> persons;
  for (const Record* candidate : candidates) {
    const bool seen = std::any_of(persons.begin(), persons.end(), [&](const PersonStatus& person) {
      return std::binary_search(person.tokens.begin(), person.tokens.end(), candidate->token);
    });
    if (!seen) persons.push_back(read_person(view, *candidate));
  }
  std::sort(persons.begin(), persons.end(),
            [](const PersonStatus& one, const PersonStatus& other) { return one.tokens < other.tokens; });
  return persons;
}

// The weak form itself may be a card in its own right; so may every token that was said to be written so.
Records records_named_by(const View& view, const Token& weak, RecordIndex Identity::*form) {
  const auto found = view.by_token.find(weak);
  if (found == view.by_token.end()) return {};
  const Record& record = view.records[found->second];
  Records named_so;
  if (record.known()) named_so.push_back(&record);
  for (const RecordIndex index : record.named_by) {
    const Record& named = view.records[index];
    const bool so_written = std::any_of(named.identities.begin(), named.identities.end(),
                                        [&](const Identity& identity) { return identity.*form == found->second; });
    if (so_written) named_so.push_back(&named);
  }
  return named_so;
}

std::vector<PersonStatus> read_known(const View& view, Records records) {
  std::erase_if(records, [](const Record* record) { return !record->known(); });
  return read_distinct(view, records);
}

void sort_by_event(std::vector<ObjectionFact>& objections) {
  std::sort(objections.begin(), objections.end(),
            [](const ObjectionFact& one, const ObjectionFact& other) { return one.event < other.event; });
}

}  // namespace

PersonStatus read_person(const View& view, const Record& record) {
  const Records person = tokens_of_person(view, record);
  PersonStatus status;
  for (const Record* token : person) {
    status.tokens.push_back(token->token);
    status.as_of = std::max(status.as_of, Position(token->touched));
    read_notices(view, *token, status.notices);
    status.household_card |= names_household(view, *token);
    if (!token->seldom) continue;
    for (const auto& said : token->seldom->objections)
      status.objections.push_back(read_objection(said, person, nullptr));
    for (const auto& said : token->seldom->consents) status.consents.push_back(read_consent(said, person));
    read_links(view, *token, status.links);
    read_death(*token, status.died_on);
  }
  for (const Record* household : households_of(view, person)) read_household(*household, person, status);

  const auto by_event = [](const auto& one, const auto& other) { return one.event < other.event; };
  std::sort(status.tokens.begin(), status.tokens.end());
  std::sort(status.notices.begin(), status.notices.end());
  status.notices.erase(std::unique(status.notices.begin(), status.notices.end()), status.notices.end());
  std::sort(status.objections.begin(), status.objections.end(), by_event);
  std::sort(status.consents.begin(), status.consents.end(), by_event);
  std::sort(status.links.begin(), status.links.end(), by_event);
  std::sort(status.household_objections.begin(), status.household_objections.end(), by_event);
  return status;
}

std::vector<PersonStatus> read_named_by_household(const View& view, const Token& household) {
  return read_known(view, records_named_by(view, household, &Identity::household));
}

std::vector<PersonStatus> read_named_by_loose(const View& view, const Token& loose) {
  return read_known(view, records_named_by(view, loose, &Identity::loose));
}

std::vector<ObjectionFact> read_objections_of_members(const View& view, const Record& record,
                                                      const PersonStatus& card) {
  if (record.named_by.empty()) return {};
  std::vector<ObjectionFact> objections;
  for (const PersonStatus& member : read_named_by_household(view, record.token)) {
    if (member.tokens == card.tokens) continue;
    objections.insert(objections.end(), member.objections.begin(), member.objections.end());
  }
  sort_by_event(objections);
  return objections;
}

std::vector<ObjectionFact> read_objections_of_households(const View& view, const Token& exact,
                                                         const std::optional<Token>& household, const Token& loose) {
  std::vector<ObjectionFact> objections;
  const auto add = [&](const std::vector<ObjectionFact>& more) {
    objections.insert(objections.end(), more.begin(), more.end());
  };
  const auto add_of_card = [&](const Record& card) {
    if (card.known()) add(read_person(view, card).objections);
  };
  const auto add_of_kin = [&](const Record& record) {
    for (const Identity& identity : record.identities) {
      const Record& card = view.records[identity.household];
      if (&card != &record)
        add_of_card(card);
      else
        for (const PersonStatus& member : read_named_by_household(view, record.token)) add(member.objections);
    }
  };
  if (household && *household != exact) {
    if (const auto found = view.by_token.find(*household); found != view.by_token.end())
      add_of_card(view.records[found->second]);
  }
  if (const auto found = view.by_token.find(exact); found != view.by_token.end())
    add_of_kin(view.records[found->second]);
  for (const Record* named : records_named_by(view, loose, &Identity::loose)) {
    if (named->known())
      add(read_objections_of_members(view, *named, read_person(view, *named)));
    else
      add_of_kin(*named);
  }
  sort_by_event(objections);
  const auto same = [](const ObjectionFact& one, const ObjectionFact& other) { return one.event == other.event; };
  objections.erase(std::unique(objections.begin(), objections.end(), same), objections.end());
  return objections;
}

}  // namespace ishi::facts
