// Doors: who comes in for what under the framework option in force (LAW.md 9.1, 9.3). What a role may do at all stands
// in the table role x action of api/auth; here is what the profile of the policy book makes of it, and both must say
// yes. What the profile does not open is closed. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "registry/rules/question.h"

namespace ishi {

enum class Door : std::uint8_t {
  kAnybodys,   // health, the signed log, the policy itself: no option closes them
  kOwn,        // recalls, deaths, links, what sources owe, running the registry: the role alone decides
  kNotices,    // notices and visits
  kWishes,     // objections, consents, and taking them back
  kQuestions,  // batches and single checks; check_reader() judges each question
  kPermits,    // registering permits
  kChanges,    // the feed of changes: for those who keep data that they hold in step (F5)
  kSelfAudit,  // comparing the digest of a run of one's own
};

// Who comes, as far as an option knows them. Views must outlive the call.
struct Visitor {
  Role role = Role::kPublic;
  std::string_view recipient = {};  // of the operator's roles: its code
  std::string_view ministry = {};   // of AUDITOR_MINISTER
};

// Is this door open to this visitor? kForbidden closed_by_option, and says which list of the profile closes it.
// Supervisors pass every door but kAnybodys only if the option lists them as audit readers; operators come in only as
// peers where the option names peers.
Result<void> check_door(const PolicyBook& book, const Visitor& visitor, Door door);

// May this visitor ask at this point about this regime, by the book that the question is judged by? Supervisors repeat
// what others asked then; for them the door of today is enough. kForbidden closed_by_option.
Result<void> check_reader(const PolicyBook& book, const Visitor& visitor, const Question& question);
// Must the question name a registered permit (LAW.md 9.3)?
bool needs_permit(const PolicyBook& book, const Visitor& visitor, const Question& question);

// May this visitor review applications under that regime, and so register the permits for it?
bool reviews(const PolicyBook& book, const Visitor& visitor, std::string_view regime);
// Does the option leave permits without a cut-off something to do?
bool asks_for_permits(const PolicyBook& book);

// May this visitor give a notice that names no holder: the state's, or a municipality's, for all (LAW.md 2.11)?
bool tells_for_all(const PolicyBook& book, const Visitor& visitor);

}  // namespace ishi
