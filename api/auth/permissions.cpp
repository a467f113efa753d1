#include "api/auth/permissions.h"

#include <array>

#include "registry/assert.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr int kRoleCount = static_cast<int>(Role::kPublic) + 1;

using Bits = std::uint32_t;
constexpr Bits bit(Action action) {
  return Bits{1} << static_cast<int>(action);
}
template <typename... Actions>
constexpr Bits bits(Actions... actions) {
  return (Bits{0} | ... | bit(actions));
}

using enum Action;

// Anybody: that the service lives, and the log's signed evidence, which speaks of no person.
constexpr Bits kAnybody = bits(kReadHealth, kReadLog);
constexpr Bits kWishes = bits(kWriteObjection, kWriteWithdrawal, kWriteConsent);
constexpr Bits kNotices = bits(kWriteNotice, kWriteVisit);
// A hospital about its own patients; check_holder narrows each of these to its own code.
constexpr Bits kDesk = kAnybody | kWishes | kNotices | bits(kStatus, kWriteLink, kWriteDeath, kReadPolicy, kReadIntake);
constexpr Bits kHolder =
    kDesk | bits(kFilter, kFilterReasons, kReadFeeds, kReadRecalls);  // feeds show each what concerns it
// An operator learns what it may use, never why not; it relays a no (option 4), never takes one back.
constexpr Bits kOperator =
    kAnybody | bits(kFilter, kReadPolicy, kReadFeeds, kReadRecalls, kWriteObjection, kReadIntake);
// Regulators read and replay; no bit here writes (a replay leaves no event either: api/filter).
constexpr Bits kRegulator = kAnybody | bits(kFilter, kFilterReasons, kStatus, kReadPolicy, kReadSources, kReadIntake);

struct Row {
  Role role;
  Bits allowed;
};
constexpr Row kRows[] = {
    // People act through the portal, which knows which tokens are theirs; the doors of machines stay shut to them.
    {Role::kPatient, kAnybody},
    {Role::kProxy, kAnybody},
    {Role::kBereaved, kAnybody},
    {Role::kDeskClerkHolder, kDesk},
    {Role::kDeskClerkMunicipal, kAnybody | kWishes | bits(kWriteNotice, kWriteDeath, kReadPolicy, kReadIntake)},
    {Role::kCallAgent, kAnybody | kWishes | bits(kReadPolicy, kReadIntake)},
    {Role::kHolderAdmin, kHolder},
    {Role::kHolderBatch, kHolder | bits(kClaimOverride)},
    {Role::kOperatorBatch, kOperator | bits(kClaimOverride)},
    {Role::kOperatorAdmin, kOperator | bits(kWritePermit)},  // where its own organisation reviews (LAW.md 9.3)
    {Role::kReviewer, kAnybody | bits(kFilter, kReadPolicy, kWritePermit)},
    // The machine at the state's own databases: it takes in, joins, extracts, and keeps in step what they hold.
    {Role::kStateIngest, kAnybody | bits(kFilter, kReadPolicy, kReadFeeds, kReadRecalls, kReadIntake, kClaimOverride)},
    // Runs the service and its central intake (national letter, history inquiry, insurers' and registry feeds).
    {Role::kRegistryOps, kAnybody | kWishes | kNotices |
                             bits(kWriteLink, kWriteDeath, kPublishPolicy, kReadPolicy, kReadFeeds, kReadRecalls,
                                  kReadSources, kReadMetrics, kReadIntake)},
    // Two people hold this role's key together: what it does can't be undone.
    {Role::kRegistryKeyholder, kAnybody | bits(kReadPolicy, kErase, kWritePermit)},
    {Role::kAuditorMinister, kRegulator | bits(kReadFeeds, kReadRecalls, kReadMetrics)},
    {Role::kAuditorPpc, kRegulator | bits(kReadFeeds, kReadRecalls, kReadMetrics)},
    {Role::kAuditorGovernor, kRegulator},
    {Role::kPublic, kAnybody},
};

constexpr bool rows_are_in_order() {
  for (int i = 0; i < kRoleCount; ++i)
    if (static_cast<int>(kRows[i].role) != i) return false;
  return true;
}
static_assert(std::size(kRows) == kRoleCount && rows_are_in_order());

constexpr std::array<std::string_view, kActionCount> kActionNames = {
    "filter",           "filter_reasons", "status",       "write_notice", "write_visit",    "write_objection",
    "write_withdrawal", "write_consent",  "write_link",   "write_death",  "publish_policy", "read_policy",
    "read_feeds",       "read_recalls",   "read_sources", "read_log",     "read_health",    "read_metrics",
    "claim_override",   "read_intake",    "erase",        "write_permit", "unassigned"};

const Row& row_of(Role role) {
  const auto at = static_cast<std::size_t>(role);
  ISHI_ASSERT(at < std::size(kRows));
  return kRows[at];
}

bool bound_to_holder(Role role) {
  return role == Role::kDeskClerkHolder || role == Role::kHolderAdmin || role == Role::kHolderBatch;
}

bool bound_to_recipient(Role role) {
  return role == Role::kOperatorBatch || role == Role::kOperatorAdmin;
}

}  // namespace

bool may(Role role, Action action) {
  return (row_of(role).allowed & bit(action)) != 0;
}

bool is_regulator(Role role) {
  return role == Role::kAuditorMinister || role == Role::kAuditorPpc || role == Role::kAuditorGovernor;
}

std::string_view name_of(Action action) {
  const auto at = static_cast<std::size_t>(action);
  ISHI_ASSERT(at < kActionNames.size());
  return kActionNames[at];
}

std::string_view name_of(Role role) {
  return role_name(role);
}

Result<void> check_holder(const Principal& principal, const PolicyBook& book, std::string_view holder) {
  const std::string asked = book.current_institution(holder);
  if (bound_to_holder(principal.role)) {
    if (!principal.holder.empty() && !holder.empty() && book.current_institution(principal.holder) == asked) return {};
    return fail(
        ErrorKind::kForbidden, "foreign_holder",
        "This principal belongs to one institution and may act and ask only for it: name its own code as holder.");
  }
  if (principal.role == Role::kAuditorGovernor) {
    const auto found = book.institutions.find(asked);
    if (found != book.institutions.end() && !principal.prefecture.empty() &&
        found->second.prefecture == principal.prefecture)
      return {};
    return fail(ErrorKind::kForbidden, "foreign_holder",
                "A governor sees the institutions of its own prefecture: name one as holder.");
  }
  return {};
}

Result<void> check_recipient(const Principal& principal, const PolicyBook& book, std::string_view recipient) {
  if (!bound_to_recipient(principal.role)) return {};
  if (!principal.recipient.empty() && !recipient.empty() &&
      book.current_operator(principal.recipient) == book.current_operator(recipient))
    return {};
  return fail(ErrorKind::kForbidden, "foreign_recipient",
              "This principal may ask only on behalf of its own organisation.");
}

}  // namespace ishi::api
