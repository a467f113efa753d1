#include "registry/commands/erasure.h"

#include <algorithm>

#include "registry/status/population.h"

namespace ishi {
namespace {

tl::unexpected<Error> refused(const char* code, const char* why) {
  return fail(ErrorKind::kUnprocessable, code, why);
}

bool voids(const NoticeVoided& voided, EventIndex at, const StoredEvent& other) {
  const auto* notice = std::get_if<NoticeGiven>(&other.event.body);
  return notice != nullptr && other.index < at && notice->token == voided.token && notice->holder == voided.holder &&
         notice->regime == voided.regime && notice->date == voided.date &&
         (!voided.letter ||
          (voided.letter->method == notice->method && voided.letter->template_id == notice->template_id));
}

bool still_needed(const StoredEvent& target, std::span<const StoredEvent> about) {
  if (const auto* voided = std::get_if<NoticeVoided>(&target.event.body)) {
    return std::any_of(about.begin(), about.end(),
                       [&](const StoredEvent& other) { return voids(*voided, target.index, other); });
  }
  const auto* withdrawn = std::get_if<ConsentWithdrawn>(&target.event.body);
  return withdrawn != nullptr && std::any_of(about.begin(), about.end(), [&](const StoredEvent& other) {
           return std::holds_alternative<ConsentGiven>(other.event.body) &&
                  std::find(withdrawn->consents.begin(), withdrawn->consents.end(), other.index) !=
                      withdrawn->consents.end();
         });
}

// Opt-in asks for a yes of everybody, known or not.
bool unknown_is_milder(const PolicyBook& book) {
  return std::any_of(book.regimes.begin(), book.regimes.end(), [](const auto& named) {
    return named.second.control != ControlModel::kOptIn && named.second.unknown_id == UnknownIdRule::kAllow;
  });
}

}  // namespace

Result<void> may_erase(const StoredEvent& target, std::span<const StoredEvent> about, const PolicyBook& book) {
  switch (kind_of(target.event.body)) {
    case EventKind::kNoticeGiven:
    case EventKind::kNoticeVoided:
    case EventKind::kConsentGiven:
    case EventKind::kConsentWithdrawn: break;
    case EventKind::kPersonDescribed:  // changes no answer, so it can go whatever else is known
      return {};
    case EventKind::kRecordErased:
      if (std::get<RecordErased>(target.event.body).target == target.index)
        return fail(ErrorKind::kConflict, "already_erased", "the content of this event was erased before");
      [[fallthrough]];
    default:
      return refused("not_erasable",
                     "an event of this kind is never erased: it forbids a use, ties numbers to a person, "
                     "or speaks of no person at all; only notices and consents can go");
  }
  if (still_needed(target, about)) {
    return refused("still_needed",
                   "it takes back a notice or consent that is still there, which would count again: "
                   "erase that one first");
  }
  const Token token = subjects_of(target.event.body).front();
  Population population;
  for (const StoredEvent& stored : about) {
    population.skip_to(stored.index);
    if (stored.index != target.index) population.apply(stored.index, stored.event);
  }
  const auto left = population.find(token);
  if (left && left->died_on)
    return refused("person_has_died", "this person has died: what they were told in life decides, and stays");
  if (!left && unknown_is_milder(book)) {
    return refused("last_known",
                   "it is all that is known of this person, and a regime in force allows the use of "
                   "unknown people's data");
  }
  return {};
}

}  // namespace ishi
