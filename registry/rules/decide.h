// decide(): the heart. Pure: same book, question and match, same decision, for ever. Written to be read by a
// lawyer next to LAW.md 8.1; tests/registry/rules/cases/*.cases are its specification in sentences, and
// tests/support/naive_twin is a second, independent reading of the same law.
//
// The answer is the smallest reason code that applies, else OVERRIDE where a statutory exception lifted one,
// else ALLOW. REQUIRES: the question passed check_question against the same book.
//
// A question may have several parts (parts.h): every regime that is asked must say yes. The reasons of all parts are
// gathered; an exception lifts under a regime only what that regime's own rule of this name lifts.
//
// When does a code apply? "Today" is the JST day of question.as_of. README.md says the same at more length.
//
//   1 DENY_OPTOUT         an objection of this person, accepted at or before as_of and not withdrawn by then, touches
//                         the question. Not in a regime where the law leaves no choice (objections_apply = false).
//   2 DENY_OPTOUT_AMBIG   the same, but we cannot tell whose it is: it was made on the household's card (also of a card
//                         with a branch that nobody knows), or a household's number was asked about, or there are
//                         several candidates
//   3 DENY_AMBIGUOUS      several candidates
//   4 DENY_NO_CONSENT     kOptIn: no consent in force today covers the whole question
//   5 DENY_NOT_FILED      the holder that is named has closed or is suspended, whatever the regime; or the regime
//                         requires a filing and the holder has none for it in force today
//   6 DENY_NOTICE_SCOPE   kNoticeOptOut: alive, no valid notice, but told about another regime
//   7 DENY_NO_NOTICE      kNoticeOptOut: alive, no valid notice
//   8 DENY_WAITING        kNoticeOptOut: the time to object has not passed for any valid notice;
//                         or an objection was withdrawn less than wait_after_withdrawal_days ago
//   9 DENY_NOTICE_CONTENT kNoticeOptOut: some category that is asked for stands in no letter whose time has passed, or
//                         only in letters of before the 2022 law, without their supplement
//  10 DENY_DECEASED_UNNOTIFIED  kNoticeOptOut: the person died before any valid notice, or while the time to object
//                         ran (each as the regime's policy says)
//  11 DENY_WEAK_MATCH     found by a weak form, or on a card that names a household. No exception lifts it.
//  12 DENY_RECIPIENT_BLOCKED  the recipient is blocked, not certified today, or not for this regime
//  13 DENY_UNKNOWN        nothing is known of the person, and the regime says that this is not enough
#pragma once

#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "registry/rules/decision.h"
#include "registry/rules/question.h"
#include "registry/status/person_status.h"

namespace ishi {

// Is the question answerable at all? Unknown regime, holder, recipient, category, purpose, override without
// ground, a holder missing where the regime needs one, a regime not in force at as_of: kInvalidArgument naming
// the parameter. Codes: unknown_regime, regime_not_in_force, holder_missing, unknown_holder, unknown_recipient,
// unknown_purpose, study_needed, unknown_study, record_period_invalid, unknown_category, categories_needed,
// unknown_override, ground_missing, purpose_not_excepted, condition_missing (EHDS 71(4)).
Result<void> check_question(const PolicyBook& book, const Question& question);

Decision decide(const PolicyBook& book, const Question& question, const Match& match);

// The last instant (exclusive) until which answers to this question may be relied on without asking again:
// evaluated_at + decision_valid_seconds, or earlier where a filing, certification, template or regime ends.
// Under kOptIn never past the next midnight (JST), when a consent may expire.
Timestamp valid_until(const PolicyBook& book, const Question& question, Timestamp evaluated_at);

// Does the scope touch the question? An open dimension on either side touches everything.
bool touches(const PolicyBook& book, const Scope& scope, const Question& question);

// Does the scope cover the question whole? An open dimension of the question is covered by an open one only. What
// permits must cover; what forbids need only touch.
bool covers(const PolicyBook& book, const Scope& scope, const Question& question);

// Does an objection with this scope, while in force, deny some part of the question? A regime that has left the book
// counts as one in which objections apply.
bool forbids(const PolicyBook& book, const Scope& scope, const Question& question);

}  // namespace ishi
