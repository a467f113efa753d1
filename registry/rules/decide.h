// decide(): the heart. Pure: same book, question and match, same decision, for ever. Written to be read by a
// lawyer next to domain 2.7; tests/registry/cases/*.cases are its specification in sentences, and
// tests/support/naive_twin is a second, independent reading of the same law.
//
// The answer is the smallest reason code that applies, else OVERRIDE where a statutory exception lifted one,
// else ALLOW. REQUIRES: the question passed check_question against the same book.
#pragma once

#include "registry/policy/policy_book.h"
#include "registry/result.h"
#include "registry/rules/decision.h"
#include "registry/rules/question.h"
#include "registry/status/person_status.h"

namespace ishi {

// Is the question answerable at all? Unknown regime, holder, recipient, category, purpose, override without
// ground, a holder missing where the regime needs one: kInvalidArgument naming the parameter.
Result<void> check_question(const PolicyBook& book, const Question& question);

Decision decide(const PolicyBook& book, const Question& question, const Match& match);

// The last instant (exclusive) until which answers to this question may be relied on without asking again:
// evaluated_at + decision_valid_seconds, or earlier where a filing, certification, template or regime ends.
Timestamp valid_until(const PolicyBook& book, const Question& question, Timestamp evaluated_at);

// Does the scope touch the question? An open dimension on either side touches everything.
bool touches(const PolicyBook& book, const Scope& scope, const Question& question);

}  // namespace ishi
