// Who may object, consent, and take it back (LAW.md 3, 4; NGMIA 52(1), 53; 民法 4). Asked by the write path
// before an event is appended; decide() never asks it again, so a fact in the log binds even if the rule changes.
// Pure; any thread. The tables are in the book: Regime::deciders, self_age, guardian_age_max; withdrawal_rules;
// relations; majority_age. Tests: tests/registry/rules/requests_test.cpp.
//
// Asymmetry on purpose: a request that stops use is refused only if it can have no effect anywhere; a request that
// permits use (a consent, a withdrawal) must be allowed in every regime that it touches.
//
// Error codes (kUnprocessable unless said):
//   unknown_regime            kInvalidArgument: a regime in the scope is not in the book
//   objection_not_applicable  the law leaves no choice in this regime
//   consent_not_applicable    the regime does not work by consent
//   requester_not_allowed     this kind of requester does not decide in this regime
//   relation_unknown          a bereaved requester needs a relation from the book
//   person_not_deceased       a bereaved requester speaks for the dead only: record the death first
//   age_self_too_young        by the birth date given, the person does not decide alone yet
//   guardian_age_exceeded     by the birth date given, the person has outgrown the guardian
//   birth_date_needed         the rule depends on the person's age, and no birth date is given (LAW.md 4.3)
//   person_has_died           after the day of death only the bereaved speak (LAW.md 4.9)
//   withdrawal_not_allowed    the book does not let this kind of requester undo what that kind made
//   regime_not_reversible     an objection cannot be taken back in any regime that it binds
//   withdrawal_before_request it cannot have been accepted before what it takes back
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "registry/status/person_status.h"

namespace ishi {

// The person who speaks, and what the desk knows of the person spoken about. A missing birth date is held against those
// whose right depends on it, save against a person who says no for themselves: an objection that came too early can be
// mended, a lost one cannot. A missing death means that none is known.
struct Requester {
  RequesterKind kind = RequesterKind::kSelf;
  std::string relation;                 // of the bereaved: SPOUSE, CHILD, …
  std::optional<CivilDate> birth_date;  // of the person spoken about
  std::optional<CivilDate> died_on;     // of the person spoken about
};

// Enough if the requester decides under one regime of the scope: the objection binds there (LAW.md 3.4).
Result<void> check_objection(const PolicyBook& book, const Scope& scope, const Requester& requester,
                             Timestamp accepted_at);
// The regimes of the scope under which the requester decides. Empty: all that are open to objections.
// REQUIRES: check_objection passed.
std::vector<std::string> regimes_bound(const PolicyBook& book, const Scope& scope, const Requester& requester,
                                       Timestamp accepted_at);
// The regimes of an objection's scope in which it cannot be taken back (LAW.md 3.12).
std::vector<std::string> irreversible_regimes(const PolicyBook& book, const Scope& scope);
Result<void> check_withdrawal(const PolicyBook& book, const ObjectionFact& objection, const Requester& requester,
                              Timestamp accepted_at);
Result<void> check_consent(const PolicyBook& book, const Scope& scope, const Requester& requester,
                           Timestamp accepted_at);
Result<void> check_consent_withdrawal(const PolicyBook& book, const ConsentFact& consent, const Requester& requester,
                                      Timestamp accepted_at);

// The day from which a minor may decide alone about some part of the scope: Objection::reaffirm_on. Nothing for
// requests of adults, without a birth date, or if that day has come already at `accepted_at`.
std::optional<CivilDate> reaffirm_date(const PolicyBook& book, const Scope& scope, const Requester& requester,
                                       Timestamp accepted_at);

}  // namespace ishi
