#include "registry/status/bounded_facts.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

namespace ishi::facts {
namespace {

using Objections = std::vector<ObjectionFact>;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
std::int64_t end_of(const ObjectionFact& fact) {
  return fact.withdrawn_at ? fact.withdrawn_at->microseconds() : kNever;
}

// Objections with one key differ in nothing but their time.
auto key_of(const ObjectionFact& fact) {
  const Scope& scope = fact.scope;
  return std::tie(fact.token, fact.requester, fact.past_data, fact.reaffirm_on, scope.regimes, scope.holders,
                  scope.recipients, scope.categories, scope.purposes, scope.record_from, scope.record_to);
}
struct SameWish {
  bool operator()(const ObjectionFact* one, const ObjectionFact* other) const { return key_of(*one) < key_of(*other); }
};

// Leaves out what another objection of the same wish says at every instant. Of equals the first stays.
void leave_out_covered(Objections& objections) {
  std::map<const ObjectionFact*, std::vector<std::size_t>, SameWish> wishes;
  for (std::size_t i = 0; i < objections.size(); ++i) wishes[&objections[i]].push_back(i);
  std::vector<bool> covered(objections.size());
  for (auto& [wish, places] : wishes) {
    std::stable_sort(places.begin(), places.end(), [&](std::size_t one, std::size_t other) {
      const auto from = objections[one].accepted_at, other_from = objections[other].accepted_at;
      return from != other_from ? from < other_from : end_of(objections[one]) > end_of(objections[other]);
    });
    std::int64_t until = std::numeric_limits<std::int64_t>::min();
    for (const std::size_t place : places) {
      covered[place] = end_of(objections[place]) <= until;
      until = std::max(until, end_of(objections[place]));
    }
  }
  std::size_t at = 0;
  std::erase_if(objections, [&](const ObjectionFact&) { return covered[at++]; });
}

// One for all: from the first to the last instant at which one of them stood.
ObjectionFact folded(const Objections& many) {
  ObjectionFact one = many.front();
  for (const ObjectionFact& fact : many) {
    one.accepted_at = std::min(one.accepted_at, fact.accepted_at);
    if (one.withdrawn_at) one.withdrawn_at = std::max(*one.withdrawn_at, fact.withdrawn_at.value_or(*one.withdrawn_at));
    if (fact.past_data == PastData::kStopAndErase) one.past_data = PastData::kStopAndErase;
    if (!(fact.scope == one.scope)) one.scope = Scope();
  }
  return one;
}

// Leaves `max`. The one that stands for the others.
ObjectionFact& fold_all_but_the_latest(Objections& objections, std::size_t max) {
  const auto kept = objections.end() - static_cast<std::ptrdiff_t>(max - 1);
  ObjectionFact earlier = folded(Objections(objections.begin(), kept));
  objections.erase(objections.begin(), kept);
  return objections.emplace_back(std::move(earlier));
}

}  // namespace

void bound_objections(Objections& objections) {
  constexpr std::size_t kEachMax = kObjectionFactsMax / 2;
  if (objections.size() <= kEachMax) return;
  leave_out_covered(objections);
  Objections standing, taken_back;
  for (ObjectionFact& fact : objections) (fact.withdrawn_at ? taken_back : standing).push_back(std::move(fact));
  if (standing.size() > kEachMax) fold_all_but_the_latest(standing, kEachMax).scope = Scope();
  if (taken_back.size() > kEachMax) {
    std::stable_sort(taken_back.begin(), taken_back.end(), [](const ObjectionFact& one, const ObjectionFact& other) {
      return *one.withdrawn_at < *other.withdrawn_at;
    });
    fold_all_but_the_latest(taken_back, kEachMax);
  }
  objections = std::move(standing);
  objections.insert(objections.end(), taken_back.begin(), taken_back.end());
  std::sort(objections.begin(), objections.end(),
            [](const ObjectionFact& one, const ObjectionFact& other) { return one.event < other.event; });
}

void bound_facts(PersonStatus& status) {
  bound_objections(status.objections);
  bound_objections(status.household_objections);
  if (status.consents.size() > kConsentFactsMax) {
    status.consents.erase(status.consents.begin(), status.consents.end() - kConsentFactsMax);
  }
  if (status.notices.size() > kNoticeFactsMax) {
    std::stable_sort(status.notices.begin(), status.notices.end(),
                     [](const NoticeFact& one, const NoticeFact& other) { return one.date < other.date; });
    status.notices.erase(status.notices.begin() + kNoticeFactsMax / 2, status.notices.end() - kNoticeFactsMax / 2);
    std::sort(status.notices.begin(), status.notices.end());
  }
  if (status.links.size() > kLinkFactsMax) status.links.resize(kLinkFactsMax);
}

ObjectionFact deny_everything(std::uint64_t because, const Token& token) {
  ObjectionFact fact;
  fact.event = EventIndex(because);
  fact.token = token;
  fact.accepted_at = Timestamp(std::numeric_limits<std::int32_t>::min());
  return fact;
}

}  // namespace ishi::facts
