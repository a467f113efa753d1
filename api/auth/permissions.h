// One table: role x action (LAW.md 9.2): what a role may do at all. Whether the framework option in force lets it is
// asked in doors.h. Nothing else decides what a principal may do; tests walk both tables whole.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/auth/principal.h"
#include "registry/result.h"

namespace ishi::api {

enum class Action : std::uint8_t {
  kFilter,         // POST /v1/filter
  kFilterReasons,  // answer=reasons: only about the caller's own patients, or an auditor's replay
  kStatus,         // GET /v1/status
  kWriteNotice,
  kWriteVisit,
  kWriteObjection,
  kWriteWithdrawal,
  kWriteConsent,
  kWriteLink,
  kWriteDeath,
  kPublishPolicy,
  kReadPolicy,
  kReadFeeds,    // changes
  kReadRecalls,  // answers of one's own runs that turned out wrong
  kReadSources,  // intake books
  kReadLog,      // checkpoint, tiles, proofs
  kReadHealth,   // healthz, readyz, openapi
  kReadMetrics,
  kClaimOverride,
  kReadIntake,   // what sources owe and did not send: their own, or all for those who watch over them
  kErase,        // order the erasure of a notice or consent (rules/erasure.h)
  kWritePermit,  // register a data permit; one approved earlier: REGISTRY_KEYHOLDER (registry/commands/permits)
  kUnassigned,   // of a route that names no action: nobody may
};
constexpr int kActionCount = 23;

bool may(Role role, Action action);
bool is_regulator(Role role);  // reads and replays; nothing it asks leaves an event
std::string_view name_of(Action action);
std::string_view name_of(Role role);  // "HOLDER_BATCH"

// May this principal act for that institution? Holder-bound roles only for their own (aliases followed).
Result<void> check_holder(const Principal& principal, const PolicyBook& book, std::string_view holder);
// May it ask on behalf of that recipient? Operator-bound roles only for their own.
Result<void> check_recipient(const Principal& principal, const PolicyBook& book, std::string_view recipient);

}  // namespace ishi::api
