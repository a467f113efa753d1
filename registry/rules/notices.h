// Was the person told, by whom, of what, and long enough ago? NGMIA 52(1), 57(1); LAW.md 2,
// and 4.10 and 4.11 for the dead. Pure.
#pragma once

#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"
#include "registry/rules/reasons.h"
#include "registry/status/person_status.h"

namespace ishi {

// Adds codes 6 to 10 where they apply. REQUIRES: regime.control == kNoticeOptOut.
void judge_notices(const PolicyBook& book, const Regime& regime, const Question& question, const PersonStatus& person,
                   Reasons& reasons);

}  // namespace ishi
