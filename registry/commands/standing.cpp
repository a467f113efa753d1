#include "registry/commands/standing.h"

#include <algorithm>
#include <utility>

#include "registry/commands/checks.h"

namespace ishi {
namespace {

bool same_organisation(const PolicyBook& book, const Actor& actor, const Caller& other) {
  if (actor.role == Role::kRegistryOps && other.role == Role::kRegistryOps) return true;
  if (!actor.holder.empty() && !other.holder.empty()) return same_institution(book, actor.holder, other.holder);
  return !actor.recipient.empty() && !other.recipient.empty() &&
         book.current_operator(actor.recipient) == book.current_operator(other.recipient);
}

}  // namespace

History::History(std::vector<StoredEvent> events) : events_(std::move(events)) {
  for (const StoredEvent& stored : events_) {
    for (const Token& token : subjects_of(stored.event.body)) {
      std::vector<const StoredEvent*>& about = about_[token];
      if (about.empty() || about.back() != &stored) about.push_back(&stored);
    }
  }
}

const StoredEvent* History::find(EventIndex index) const {
  const auto found =
      std::lower_bound(events_.begin(), events_.end(), index,
                       [](const StoredEvent& stored, EventIndex wanted) { return stored.index < wanted; });
  return found != events_.end() && found->index == index ? &*found : nullptr;
}

std::span<const StoredEvent* const> History::about(const Token& token) const {
  const auto found = about_.find(token);
  if (found == about_.end()) return {};
  return found->second;
}

bool caller_is_own(const PolicyBook& book, const Actor& actor, const std::string& caller) {
  if (caller.empty()) return false;
  if (caller == actor.id) return true;
  const auto other = book.callers.find(caller);
  return other != book.callers.end() && same_organisation(book, actor, other->second);
}

bool recorded_by_own(const CommandContext& context, EventIndex fact) {
  const StoredEvent* stored = context.history == nullptr ? nullptr : context.history->find(fact);
  return stored != nullptr && caller_is_own(context.book, context.actor, stored->event.caller);
}

CommandResult<void> check_standing(const CommandContext& context, EventIndex fact, bool by_receipt,
                                   ProofSeen evidence) {
  if (speaks_online(context.actor.role) || recorded_by_own(context, fact)) return {};
  if (by_receipt && evidence != ProofSeen::kNone) return {};
  return refuse(RefusalCode::kRecordedByAnother, "evidence");
}

CommandResult<void> check_not_too_often(const CommandContext& context, const Token& token) {
  if (context.history == nullptr) return {};
  const auto about = context.history->about(token);
  const auto count = std::count_if(about.begin(), about.end(), [](const StoredEvent* stored) {
    switch (kind_of(stored->event.body)) {
      case EventKind::kNoticeVoided:
      case EventKind::kObjectionWithdrawn:
      case EventKind::kConsentWithdrawn:
      case EventKind::kLinksUndone:
      case EventKind::kDeathRetracted: return true;
      default: return false;
    }
  });
  if (static_cast<std::size_t>(count) < kTakenBackOfOneMax) return {};
  return refuse(RefusalCode::kTooManyFacts);
}

CommandResult<void> check_not_dated_back(const CommandContext& context, CivilDate date, std::string_view field) {
  if (context.actor.role == Role::kRegistryOps) return {};
  if (date.plus_days(context.book.backdating_days_max) >= jst_date(context.now)) return {};
  return refuse(RefusalCode::kDatedBackTooFar, field);
}

}  // namespace ishi
