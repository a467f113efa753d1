#include "api/auth/doors.h"

#include "registry/assert.h"

namespace ishi::api {

Door door_of(Action action) {
  switch (action) {
    case Action::kReadHealth:
    case Action::kReadLog:
    case Action::kReadPolicy: return Door::kAnybodys;
    case Action::kFilter:
    case Action::kFilterReasons:
    case Action::kStatus:
    case Action::kClaimOverride: return Door::kQuestions;
    case Action::kWriteNotice:
    case Action::kWriteVisit: return Door::kNotices;
    case Action::kWriteObjection:
    case Action::kWriteWithdrawal:
    case Action::kWriteConsent: return Door::kWishes;
    case Action::kWritePermit: return Door::kPermits;
    case Action::kReadFeeds: return Door::kChanges;
    case Action::kReadRecalls:
    case Action::kWriteLink:
    case Action::kWriteDeath:
    case Action::kPublishPolicy:
    case Action::kReadSources:
    case Action::kReadMetrics:
    case Action::kReadIntake:
    case Action::kErase: return Door::kOwn;
    case Action::kUnassigned: break;
  }
  ISHI_ASSERT(false);  // may() lets nobody do this
  return Door::kQuestions;
}

Visitor visitor_of(const Principal& principal) {
  return {principal.role, principal.recipient, principal.ministry};
}

Result<void> check_door(const Principal& principal, Action action) {
  const Door door = door_of(action);
  if (door == Door::kAnybodys) return {};
  // Those who run the registry look after it most of all where no book can be read; no option closes this to them.
  const bool runs_it = principal.role == Role::kRegistryOps || principal.role == Role::kRegistryKeyholder;
  if (door == Door::kOwn && runs_it) return {};
  if (!principal.book) return fail(ErrorKind::kUnavailable, "no_policy", "No policy is published yet.");
  return ishi::check_door(*principal.book, visitor_of(principal), door);
}

}  // namespace ishi::api
