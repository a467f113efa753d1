#include "api/feeds/visibility.h"

#include <algorithm>

namespace ishi::api {

bool Visibility::everything() const {
  switch (principal_.role) {
    case Role::kRegistryOps:
    case Role::kAuditorMinister:
    case Role::kAuditorPpc: return true;
    default: return false;
  }
}

bool Visibility::my_holder(std::string_view code) const {
  return !principal_.holder.empty() && book_.current_institution(code) == book_.current_institution(principal_.holder);
}

bool Visibility::my_recipient(std::string_view code) const {
  return !principal_.recipient.empty() && book_.current_operator(code) == book_.current_operator(principal_.recipient);
}

bool Visibility::names_me(const Scope& scope) const {
  if (!principal_.holder.empty()) {
    return scope.holders.empty() || std::any_of(scope.holders.begin(), scope.holders.end(),
                                                [this](const std::string& code) { return my_holder(code); });
  }
  if (!principal_.recipient.empty()) {
    return scope.recipients.empty() || std::any_of(scope.recipients.begin(), scope.recipients.end(),
                                                   [this](const std::string& code) { return my_recipient(code); });
  }
  return false;
}

Result<bool> Visibility::sees_any(std::span<const EventIndex> events) const {
  for (const EventIndex index : events) {
    const Result<std::vector<StoredEvent>> read = log_.read(index, 1);
    if (!read) return fail(read.error());
    if (read->empty() || read->front().index != index) continue;  // erased
    const EventBody& body = read->front().event.body;
    if (const auto* objection = std::get_if<Objection>(&body); objection && names_me(objection->scope)) return true;
    if (const auto* consent = std::get_if<ConsentGiven>(&body); consent && names_me(consent->scope)) return true;
  }
  return false;
}

Result<bool> Visibility::sees(const EventBody& body) const {
  const bool whole = everything() || principal_.role == Role::kStateIngest;  // its databases hold everybody
  const bool somebody = whole || !principal_.holder.empty() || !principal_.recipient.empty();
  if (!somebody) return false;
  if (!bears_on_answers(kind_of(body))) return false;
  switch (kind_of(body)) {
    case EventKind::kTokenIdentity:
    case EventKind::kTimesHealed:
    case EventKind::kRecordErased: return false;
    case EventKind::kPolicyPublished:
    case EventKind::kTokensLinked:
    case EventKind::kLinksUndone:
    case EventKind::kDeathRecorded:
    case EventKind::kDeathRetracted: return true;  // they bear on every answer about the person
    default: break;
  }
  if (whole) return true;
  if (const auto* notice = std::get_if<NoticeGiven>(&body))
    return principal_.holder.empty() || my_holder(notice->holder);
  if (const auto* voided = std::get_if<NoticeVoided>(&body))
    return principal_.holder.empty() || my_holder(voided->holder);
  if (const auto* objection = std::get_if<Objection>(&body)) return names_me(objection->scope);
  if (const auto* consent = std::get_if<ConsentGiven>(&body)) return names_me(consent->scope);
  if (const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&body)) return sees_any(withdrawn->objections);
  if (const auto* withdrawn = std::get_if<ConsentWithdrawn>(&body)) return sees_any(withdrawn->consents);
  return false;
}

bool Visibility::owns(std::string_view caller, std::string_view holder, std::string_view recipient) const {
  if (everything()) return true;
  return caller == principal_.id || (!holder.empty() && my_holder(holder)) ||
         (!recipient.empty() && my_recipient(recipient));
}

}  // namespace ishi::api
