// What a regime asks of the holder and of the recipient, for every person alike: NGMIA 52(1), 57(1) (filing),
// 52(2) (stopped providing), 10, 34 (certified operators); LAW.md 6.2 to 6.5. Pure.
#pragma once

#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"

namespace ishi {

bool needs_filing(const Regime& regime);
// Filing, or a notice by this very holder: then a question without holder cannot be answered.
bool needs_holder(const Regime& regime);
// The institution behind the question's holder, by its code in force at as_of; null when open or unknown then.
const Institution* holder_of(const PolicyBook& book, const Question& question);
const OperatorOrganisation* recipient_of(const PolicyBook& book, const Question& question);

bool holder_in_order(const PolicyBook& book, const Regime& regime, const Question& question);
bool recipient_in_order(const PolicyBook& book, const Regime& regime, const Question& question);

}  // namespace ishi
