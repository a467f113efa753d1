#include "registry/status/population.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

#include "registry/assert.h"
#include "registry/status/facts.h"
#include "registry/status/facts_digest.h"
#include "registry/status/facts_reading.h"
#include "registry/status/notice_sources.h"

namespace ishi {

using facts::Record;
using facts::RecordIndex;

struct Population::State {
  Position position;
  std::vector<Record> records;
  std::unordered_map<Token, RecordIndex, TokenHash> by_token;
  facts::NoticeSources sources;
  // Which records keep something of which event, in event order: what an erasure needs to find.
  struct Kept {
    std::uint64_t event;
    RecordIndex record;
  };
  std::vector<Kept> kept;

  RecordIndex index_of(const Token& token);
  const Record* known(const Token& token) const;
  Record& keep(std::uint64_t event, const Token& token);
  template <typename Body>
  void say(std::uint64_t event, const Token& token, std::vector<facts::Said<Body>> facts::Seldom::*list,
           const Body& body);

  void apply(std::uint64_t event, const NoticeGiven& notice);
  void apply(std::uint64_t event, const TokenIdentity& identity);
  void apply(std::uint64_t event, const TokensLinked& link);
  void apply(std::uint64_t event, const Unlinked& undone);
  void apply(std::uint64_t event, const RecordErased& erased);

  facts::View view() const { return {records, by_token, sources}; }
};

RecordIndex Population::State::index_of(const Token& token) {
  const auto [found, is_new] = by_token.try_emplace(token, static_cast<RecordIndex>(records.size()));
  if (is_new) {
    ISHI_ASSERT(records.size() < facts::kRecordsMax);
    records.emplace_back().token = token;
  }
  return found->second;
}

const Record* Population::State::known(const Token& token) const {
  const auto found = by_token.find(token);
  return found != by_token.end() && records[found->second].known() ? &records[found->second] : nullptr;
}

Record& Population::State::keep(std::uint64_t event, const Token& token) {
  const RecordIndex index = index_of(token);
  kept.push_back({event, index});
  Record& record = records[index];
  record.touched = event + 1;
  return record;
}

template <typename Body>
void Population::State::say(std::uint64_t event, const Token& token,
                            std::vector<facts::Said<Body>> facts::Seldom::*list, const Body& body) {
  (keep(event, token).rare().*list).push_back({event, body});
}

void Population::State::apply(std::uint64_t event, const NoticeGiven& notice) {
  keep(event, notice.token).notices.push_back({event, notice.date, sources.intern(notice)});
}

void Population::State::apply(std::uint64_t event, const TokenIdentity& identity) {
  const RecordIndex exact = index_of(identity.exact);
  const RecordIndex household = index_of(identity.household);
  const RecordIndex loose = index_of(identity.loose);
  for (const RecordIndex weak : {household, loose}) {
    std::vector<RecordIndex>& named_by = records[weak].named_by;
    const auto& said = records[exact].identities;
    const bool said_before = std::any_of(said.begin(), said.end(), [&](const facts::Identity& known) {
      return known.household == weak || known.loose == weak;
    });
    if (weak != exact && !said_before) named_by.push_back(exact);
  }
  keep(event, identity.exact)
      .identities.push_back(
          {event, household, loose, identity.level == TokenLevel::kHousehold, identity.level == TokenLevel::kLoose});
  if (household != exact) keep(event, identity.household);  // now it is known to name a household
}

void Population::State::apply(std::uint64_t event, const TokensLinked& link) {
  say(event, link.first, &facts::Seldom::links, link);
  if (link.first != link.second) say(event, link.second, &facts::Seldom::links, link);
}

void Population::State::apply(std::uint64_t event, const Unlinked& undone) {
  say(event, undone.token, &facts::Seldom::undone, undone);
  // The other ends have changed persons too, though no event names them.
  std::vector<Token> others;
  for (const auto& link : records[index_of(undone.token)].rare().links) {
    if (std::find(undone.links.begin(), undone.links.end(), EventIndex(link.event)) == undone.links.end()) continue;
    others.push_back(link.body.first == undone.token ? link.body.second : link.body.first);
  }
  for (const Token& other : others) keep(event, other);
}

void Population::State::apply(std::uint64_t event, const RecordErased& erased) {
  const auto by_event = [](const Kept& one, std::uint64_t target) { return one.event < target; };
  const std::uint64_t target = erased.target.value();
  for (auto at = std::lower_bound(kept.begin(), kept.end(), target, by_event); at != kept.end() && at->event == target;
       ++at) {
    records[at->record].forget(target);
    records[at->record].touched = event + 1;
  }
}

Population::Population() : state_(std::make_unique<State>()) {}
Population::~Population() = default;
Population::Population(Population&&) noexcept = default;
Population& Population::operator=(Population&&) noexcept = default;

void Population::apply(EventIndex index, const Event& event) {
  ISHI_ASSERT(index == state_->position.next_index());
  State& state = *state_;
  const std::uint64_t number = index.value();
  struct Hearing {
    State& state;
    std::uint64_t number;
    void operator()(const PolicyPublished&) const {}
    void operator()(const TimesHealed&) const {}  // the events come with their believed times
    // What changes no answer (bears_on_answers): nobody is known by it.
    void operator()(const FilterRun&) const {}
    void operator()(const PermitApproved&) const {}
    void operator()(const ReceiptIssued&) const {}
    void operator()(const LetterCodeIssued&) const {}
    void operator()(const ErasureOrdered&) const {}
    void operator()(const ErasureAcknowledged&) const {}
    void operator()(const ReaffirmDue&) const {}
    void operator()(const ReaffirmDone&) const {}
    void operator()(const ProvisionRecorded&) const {}
    void operator()(const ConfirmationRecorded&) const {}
    void operator()(const VisitsReported&) const {}
    void operator()(const PatientListReported&) const {}
    void operator()(const FilingPublished&) const {}
    void operator()(const HolderChanged&) const {}
    void operator()(const ChangeNotified&) const {}
    void operator()(const CampaignStarted&) const {}
    void operator()(const CampaignStopped&) const {}
    void operator()(const ComplaintReceived&) const {}
    void operator()(const ComplaintClosed&) const {}
    void operator()(const CaseViewed&) const {}
    void operator()(const FigurePublished&) const {}
    void operator()(const PersonDescribed&) const {}
    void operator()(const TokenIdentity& body) const { state.apply(number, body); }
    void operator()(const NoticeGiven& body) const { state.apply(number, body); }
    void operator()(const TokensLinked& body) const { state.apply(number, body); }
    void operator()(const Unlinked& body) const { state.apply(number, body); }
    void operator()(const RecordErased& body) const { state.apply(number, body); }
    void operator()(const NoticeVoided& body) const { state.say(number, body.token, &facts::Seldom::voids, body); }
    void operator()(const Objection& body) const { state.say(number, body.token, &facts::Seldom::objections, body); }
    void operator()(const ObjectionWithdrawn& body) const {
      state.say(number, body.token, &facts::Seldom::withdrawals, body);
    }
    void operator()(const ConsentGiven& body) const { state.say(number, body.token, &facts::Seldom::consents, body); }
    void operator()(const ConsentWithdrawn& body) const {
      state.say(number, body.token, &facts::Seldom::consent_withdrawals, body);
    }
    void operator()(const DeathRecorded& body) const { state.say(number, body.token, &facts::Seldom::deaths, body); }
    void operator()(const DeathRetracted& body) const {
      state.say(number, body.token, &facts::Seldom::retractions, body);
    }
  };
  std::visit(Hearing{state, number}, event.body);
  state.position = Position::after(index);
}

void Population::skip_to(EventIndex index) {
  ISHI_ASSERT(index >= state_->position.next_index());
  state_->position = Position(index.value());
}

Position Population::position() const {
  return state_->position;
}

std::optional<PersonStatus> Population::find(const Token& token) const {
  const Record* record = state_->known(token);
  if (record == nullptr) return std::nullopt;
  return facts::read_person(state_->view(), *record);
}

Match Population::resolve(const Token& exact, const std::optional<Token>& household,
                          const std::optional<Token>& loose) const {
  if (const Record* record = state_->known(exact)) {
    Match match{TokenLevel::kExact, {facts::read_person(state_->view(), *record)}};
    match.household_objections = facts::read_objections_of_members(state_->view(), *record, match.persons.front());
    return match;
  }
  if (!household || *household == exact) {
    std::vector<PersonStatus> members = facts::read_named_by_household(state_->view(), exact);
    if (!members.empty()) return {TokenLevel::kHousehold, std::move(members)};
  }
  Match match{TokenLevel::kExact, facts::read_named_by_loose(state_->view(), loose.value_or(exact))};
  if (!match.persons.empty()) match.level = TokenLevel::kLoose;
  match.household_objections =
      facts::read_objections_of_households(state_->view(), exact, household, loose.value_or(exact));
  return match;
}

bool Population::permits_differ(const Token& token) const {
  const Record* record = state_->known(token);
  return record != nullptr && facts::permits_differ(state_->view(), *record);
}

std::size_t Population::token_count() const {
  return static_cast<std::size_t>(std::count_if(state_->records.begin(), state_->records.end(),
                                                [](const Record& record) { return record.known(); }));
}

std::array<std::uint8_t, 32> Population::digest() const {
  facts::DigestSum sum;
  for (const Record& record : state_->records) {
    if (record.known()) sum.add(facts::digest_of(record, state_->view()));
  }
  return sum.value();
}

}  // namespace ishi
