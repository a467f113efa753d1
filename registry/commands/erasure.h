// May the content of an event be destroyed? Pure.
//
// The law lets data go that is no longer needed or should not have been kept; the registry must not lose by it what
// protects a person. So the rule of the house: **an erasure may take away what lets data be used, never what forbids
// it.** No answer becomes ALLOW by an erasure, neither today's nor one asked as of the past:
//   notice, consent              yes. Without them fewer answers are ALLOW.
//   voided notice                yes, once every notice that it voids is erased (else that notice would count again)
//   withdrawn consent            yes, once every consent that it names is erased
//   objection, its withdrawal    never, also a withdrawn one: it forbade the use for a time, it is the proof that this
//   was
//                                kept to, and answers as of that time must go on to deny. Scope and reason are all it
//                                holds.
//   link, split, identity        never: they carry objections from one number to another
//   death, retracted death       never: for the dead, other rules hold, some of them milder
//   policy, run, erasure         never: they speak of no person
// Of somebody who has died, nothing goes: what they were told in life decides what may be done with their data. And the
// last thing known of a token stays as long as a regime in force allows the use of unknown people's data: a notice on a
// household's card is also what makes a question by that card a weak match.
//
// A statutory exception, claimed with its ground and recorded, lifts what it lifts: where it lifts "not told" and not
// "told of too little", it reaches people after their notice is gone whom it did not reach before. Those answers say
// OVERRIDE.
#pragma once

#include <span>

#include "registry/policy/policy_book.h"
#include "registry/ports/event_log.h"
#include "registry/result.h"

namespace ishi {

// `target` as it is in the log; `about`: all that read_about says of its subjects, `target` among it. Errors:
// kConflict "already_erased"; kUnprocessable "not_erasable" (never, see above), "still_needed" (a notice or consent
// must go first), "person_has_died", "last_known".
Result<void> may_erase(const StoredEvent& target, std::span<const StoredEvent> about, const PolicyBook& book);

}  // namespace ishi
