#include "registry/status/facts_reading.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "registry/assert.h"
#include "registry/status/bounded_facts.h"

namespace ishi::facts {
namespace {

using Records = std::vector<const Record*>;

const Record& record_of(const View& view, const Token& token) {
  const auto found = view.by_token.find(token);
  ISHI_ASSERT(found != view.by_token.end());
  return view.records[found->second];
}

// The last event that undid each link, by what stands on one record.
using UndoneLinks = std::unordered_map<std::uint64_t, std::uint64_t>;
UndoneLinks undone_links(const Record& record) {
  UndoneLinks undone;
  if (!record.seldom) return undone;
  for (const Said<Unlinked>& said : record.seldom->undone) {
    for (const EventIndex link : said.body.links) {
      std::uint64_t& last = undone[link.value()];
      last = std::max(last, said.event);
    }
  }
  return undone;
}

// Which links stand: an undoing counts on either end.
class StandingLinks {
 public:
  bool stands(const Record& here, const Record& there, std::uint64_t link) {
    return !undone_on(here, link) && !undone_on(there, link);
  }

 private:
  bool undone_on(const Record& record, std::uint64_t link) {
    if (!record.seldom || record.seldom->undone.empty()) return false;
    const auto [known, is_new] = undone_.try_emplace(&record);
    if (is_new) known->second = undone_links(record);
    const auto last = known->second.find(link);
    return last != known->second.end() && last->second > link;
  }
  std::unordered_map<const Record*, UndoneLinks> undone_;
};

bool permits_spread_over(LinkSource source) {
  return source == LinkSource::kHistoryInquiry || source == LinkSource::kInsurer;
}

// All tokens of one person, over links that stand (LAW.md 5.13, 5.14).
struct Tokens {
  Records all;                             // the token asked about comes first
  std::unordered_set<const Record*> told;  // those whose notices and consents are this token's too
  std::optional<std::uint64_t> too_many;   // the link that says that they are more than one person can have
};

Records reach(const View& view, const Record& start, StandingLinks& links, bool permits, Tokens& tokens) {
  Records person{&start};
  std::unordered_set<const Record*> seen{&start};
  for (std::size_t next = 0; next < person.size(); ++next) {
    const Record& here = *person[next];
    if (!here.seldom) continue;
    for (const Said<TokensLinked>& link : here.seldom->links) {
      if (permits && !permits_spread_over(link.body.source)) continue;
      const Record& there = record_of(view, link.body.first == here.token ? link.body.second : link.body.first);
      const bool marks_itself = &there == &here && link.body.source == LinkSource::kHistoryInquiry;
      if ((seen.contains(&there) && !marks_itself) || !links.stands(here, there, link.event)) continue;
      if (marks_itself || person.size() >= kTokensReadMax) {
        tokens.too_many = std::max(tokens.too_many.value_or(0), link.event);
      } else {
        seen.insert(&there);
        person.push_back(&there);
      }
    }
  }
  return person;
}

Tokens tokens_of_person(const View& view, const Record& start) {
  Tokens tokens;
  StandingLinks links;
  tokens.all = reach(view, start, links, false, tokens);
  const Records told = tokens.all.size() == 1 ? tokens.all : reach(view, start, links, true, tokens);
  tokens.told.insert(told.begin(), told.end());
  return tokens;
}

// When facts were taken back by what stands on these records: the earliest instant of each.
using Withdrawals = std::unordered_map<std::uint64_t, Timestamp>;
template <typename Body>
void add_withdrawals(const Record& record, std::vector<Said<Body>> Seldom::*list, std::vector<EventIndex> Body::*names,
                     Withdrawals& withdrawn) {
  if (!record.seldom) return;
  for (const Said<Body>& said : (*record.seldom).*list) {
    for (const EventIndex named : said.body.*names) {
      if (said.event <= named.value()) continue;
      const auto [known, is_new] = withdrawn.try_emplace(named.value(), said.body.accepted_at);
      if (!is_new) known->second = std::min(known->second, said.body.accepted_at);
    }
  }
}
std::optional<Timestamp> withdrawn_at(const Withdrawals& withdrawn, std::uint64_t event) {
  const auto found = withdrawn.find(event);
  return found == withdrawn.end() ? std::nullopt : std::optional(found->second);
}

ObjectionFact read_objection(const Said<Objection>& said, const Withdrawals& withdrawn) {
  const Objection& body = said.body;
  return {EventIndex(said.event), body.token,       body.scope,
          body.requester,         body.accepted_at, withdrawn_at(withdrawn, said.event),
          body.past_data,         body.reaffirm_on};
}

ConsentFact read_consent(const Said<ConsentGiven>& said, const Withdrawals& withdrawn) {
  const ConsentGiven& body = said.body;
  return {EventIndex(said.event), body.token, body.scope, body.accepted_at, withdrawn_at(withdrawn, said.event),
          body.expires_on};
}

bool takes_back(const NoticeVoided& voided, const NoticeFact& fact) {
  return voided.holder == fact.holder && voided.regime == fact.regime &&
         (!voided.letter || (voided.letter->method == fact.method && voided.letter->template_id == fact.template_id));
}

void read_notices(const View& view, const Record& record, std::vector<NoticeFact>& notices) {
  std::unordered_map<std::int32_t, std::vector<const Said<NoticeVoided>*>> voids;  // by day
  if (record.seldom) {
    for (const auto& said : record.seldom->voids) voids[said.body.date.days_since_epoch()].push_back(&said);
  }
  for (const Notice& notice : record.notices) {
    const NoticeFact& source = view.sources.without_date(notice.source);
    const auto of_that_day = voids.find(notice.date.days_since_epoch());
    const bool is_void = of_that_day != voids.end() &&
                         std::any_of(of_that_day->second.begin(), of_that_day->second.end(), [&](const auto* said) {
                           return said->event > notice.event && takes_back(said->body, source);
                         });
    if (!is_void) notices.push_back(view.sources.fact(notice.source, notice.date));
  }
}

void read_death(const Record& record, std::optional<CivilDate>& died_on) {
  std::uint64_t all_retracted_before = 0;
  std::unordered_map<std::int32_t, std::uint64_t> retracted_before;  // by day
  for (const Said<DeathRetracted>& said : record.seldom->retractions) {
    (said.body.date ? retracted_before[said.body.date->days_since_epoch()] : all_retracted_before) = said.event;
  }
  for (const Said<DeathRecorded>& said : record.seldom->deaths) {
    const auto of_that_day = retracted_before.find(said.body.date.days_since_epoch());
    const std::uint64_t before = of_that_day == retracted_before.end() ? 0 : of_that_day->second;
    if (said.event < std::max(all_retracted_before, before)) continue;
    died_on = std::min(died_on.value_or(said.body.date), said.body.date);
  }
}

void read_links(const View& view, const Record& record, StandingLinks& standing, std::vector<LinkFact>& links) {
  for (const Said<TokensLinked>& said : record.seldom->links) {
    const bool is_first = said.body.first == record.token;  // each link is kept on both ends; read it once
    if (!is_first || !standing.stands(record, record_of(view, said.body.second), said.event)) continue;
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

void read_household(const Record& household, const Withdrawals& by_person, PersonStatus& status) {
  if (!household.seldom) return;
  Withdrawals withdrawn = by_person;
  add_withdrawals(household, &Seldom::withdrawals, &ObjectionWithdrawn::objections, withdrawn);
  for (const Said<Objection>& said : household.seldom->objections) {
    status.household_objections.push_back(read_objection(said, withdrawn));
    status.as_of = std::max(status.as_of, Position(said.event + 1));
  }
  for (const auto& said : household.seldom->withdrawals) {
    status.as_of = std::max(status.as_of, Position(said.event + 1));
  }
}

// Of a person with several of these tokens the smallest one speaks.
std::vector<PersonStatus> read_distinct(const View& view, Records candidates) {
  std::sort(candidates.begin(), candidates.end(),
            [](const Record* one, const Record* other) { return one->token < other->token; });
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
  const Tokens tokens = tokens_of_person(view, record);
  StandingLinks standing;
  Withdrawals withdrawn, consents_withdrawn;
  for (const Record* token : tokens.all) {
    add_withdrawals(*token, &Seldom::withdrawals, &ObjectionWithdrawn::objections, withdrawn);
    add_withdrawals(*token, &Seldom::consent_withdrawals, &ConsentWithdrawn::consents, consents_withdrawn);
  }
  PersonStatus status;
  for (const Record* token : tokens.all) {
    const bool permits = tokens.told.contains(token);
    status.tokens.push_back(token->token);
    status.as_of = std::max(status.as_of, Position(token->touched));
    if (permits) read_notices(view, *token, status.notices);
    status.household_card |= names_household(view, *token);
    if (!token->seldom) continue;
    for (const auto& said : token->seldom->objections) status.objections.push_back(read_objection(said, withdrawn));
    if (permits) {
      for (const auto& said : token->seldom->consents)
        status.consents.push_back(read_consent(said, consents_withdrawn));
    }
    read_links(view, *token, standing, status.links);
    read_death(*token, status.died_on);
  }
  for (const Record* household : households_of(view, tokens.all)) read_household(*household, withdrawn, status);

  const auto by_event = [](const auto& one, const auto& other) { return one.event < other.event; };
  std::sort(status.tokens.begin(), status.tokens.end());
  if (tokens.too_many) status.household_objections.push_back(deny_everything(*tokens.too_many, status.tokens.front()));
  std::sort(status.notices.begin(), status.notices.end());
  status.notices.erase(std::unique(status.notices.begin(), status.notices.end()), status.notices.end());
  std::sort(status.objections.begin(), status.objections.end(), by_event);
  std::sort(status.consents.begin(), status.consents.end(), by_event);
  std::sort(status.links.begin(), status.links.end(), by_event);
  std::sort(status.household_objections.begin(), status.household_objections.end(), by_event);
  bound_facts(status);
  return status;
}

bool permits_differ(const View& view, const Record& record) {
  const Tokens tokens = tokens_of_person(view, record);
  return tokens.told.size() != tokens.all.size();
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
  bound_objections(objections);
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
  bound_objections(objections);
  return objections;
}

}  // namespace ishi::facts
