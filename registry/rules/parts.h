// The parts of a question: the regimes that must all say yes before the answer may be yes. Pure; any thread.
//
//   the regime that the question names
//   each regime from which that one inherits                   NGMIA 31, 32: linked data keep their own law
//   at a linkage (F2), the regime of the other database         LAW.md 8.3
//   each regime that a category asked for has of its own       LAW.md 7.10: GENOME under any regime asks GENOME too
//
// A regime that is asked in this way binds on every day, also before its law begins or after it ends: what it would
// permit, nobody can have permitted then.
#pragma once

#include <vector>

#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"

namespace ishi {

// The other parts, beside the question itself. Empty for most questions. The part of a category's own regime asks for
// those categories alone; a question that names no category asks for all that its regime covers.
std::vector<Question> other_parts(const PolicyBook& book, const Question& question);

// May the records of this regime hold a category that has a regime of its own? Then categories must be named
// (LAW.md 8.2).
bool needs_categories(const PolicyBook& book, const Regime& regime);

}  // namespace ishi
