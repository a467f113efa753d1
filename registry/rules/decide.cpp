#include "registry/rules/decide.h"

#include <algorithm>

#include "registry/assert.h"
#include "registry/policy/waiting_period.h"
#include "registry/rules/holder_duties.h"
#include "registry/rules/notices.h"
#include "registry/rules/parts.h"
#include "registry/rules/reasons.h"

namespace ishi {
namespace {

template <typename Fact>
bool in_force(const Fact& fact, Timestamp as_of) {
  return fact.accepted_at <= as_of && (!fact.withdrawn_at || as_of < *fact.withdrawn_at);
}

bool any_binds(const PolicyBook& book, const Question& question, const std::vector<ObjectionFact>& objections) {
  return std::any_of(objections.begin(), objections.end(), [&](const ObjectionFact& objection) {
    return in_force(objection, question.as_of) && touches(book, objection.scope, question);
  });
}

// An objection taken back may leave a time of grace, counted like every other wait: the day itself does not count.
void judge_withdrawn(const PolicyBook& book, const Regime& regime, const Question& question,
                     const std::vector<ObjectionFact>& objections, Reasons& reasons) {
  if (regime.wait_after_withdrawal_days <= 0) return;
  const WaitRule grace{WaitMode::kDays, regime.wait_after_withdrawal_days, 0};
  for (const ObjectionFact& objection : objections) {
    const bool was_taken_back = objection.withdrawn_at && objection.accepted_at < *objection.withdrawn_at &&
                                *objection.withdrawn_at <= question.as_of;
    if (!was_taken_back || !touches(book, objection.scope, question)) continue;
    const CivilDate grace_over = allowed_from(grace, jst_date(*objection.withdrawn_at));
    if (jst_date(question.as_of) < grace_over) reasons.add_wait(grace_over);
  }
}

bool has_consent(const PolicyBook& book, const Question& question, const PersonStatus& person) {
  const CivilDate today = jst_date(question.as_of);
  return std::any_of(person.consents.begin(), person.consents.end(), [&](const ConsentFact& consent) {
    return in_force(consent, question.as_of) && (!consent.expires_on || today <= *consent.expires_on) &&
           covers(book, consent.scope, question);
  });
}

void judge_unknown(const Regime& regime, Reasons& reasons) {
  if (regime.unknown_id == UnknownIdRule::kDeny) {
    reasons.add(ReasonCode::kDenyUnknown);
  } else if (regime.control == ControlModel::kOptIn) {
    reasons.add(ReasonCode::kDenyNoConsent);  // nobody has said yes, whatever the rule for unknown persons says
  }
}

void judge_candidates(const PolicyBook& book, const Regime& regime, const Question& question,
                      const std::vector<PersonStatus>& persons, Reasons& reasons) {
  reasons.add(ReasonCode::kDenyAmbiguous);
  const bool any_objects = std::any_of(persons.begin(), persons.end(), [&](const PersonStatus& person) {
    return any_binds(book, question, person.objections) || any_binds(book, question, person.household_objections);
  });
  if (regime.objections_apply && any_objects) reasons.add(ReasonCode::kDenyOptoutAmbiguous);
}

void judge_person(const PolicyBook& book, const Regime& regime, const Question& question, const PersonStatus& person,
                  bool found_by_household, Reasons& reasons) {
  if (regime.objections_apply) {
    if (any_binds(book, question, person.objections)) {
      reasons.add(found_by_household ? ReasonCode::kDenyOptoutAmbiguous : ReasonCode::kDenyOptout);
    }
    if (any_binds(book, question, person.household_objections)) reasons.add(ReasonCode::kDenyOptoutAmbiguous);
    judge_withdrawn(book, regime, question, person.objections, reasons);
    judge_withdrawn(book, regime, question, person.household_objections, reasons);
  }
  switch (regime.control) {
    case ControlModel::kNoticeOptOut: judge_notices(book, regime, question, person, reasons); break;
    case ControlModel::kOptIn:
      if (!has_consent(book, question, person)) reasons.add(ReasonCode::kDenyNoConsent);
      break;
    case ControlModel::kOptOut:
    case ControlModel::kPublicOptOut:
    case ControlModel::kStatutory: break;  // nothing more than the absence of an objection, where one is possible
  }
}

// What one regime says, for itself.
Decision decide_under(const PolicyBook& book, const Question& question, const Match& match) {
  const Regime* regime = book.find_regime(question.regime);
  ISHI_ASSERT(regime != nullptr);

  Reasons reasons;
  if (!holder_in_order(book, *regime, question)) reasons.add(ReasonCode::kDenyNotFiled);
  if (!recipient_in_order(book, *regime, question)) reasons.add(ReasonCode::kDenyRecipientBlocked);

  if (regime->objections_apply) {
    if (any_binds(book, question, match.household_objections)) reasons.add(ReasonCode::kDenyOptoutAmbiguous);
    judge_withdrawn(book, *regime, question, match.household_objections, reasons);
  }
  if (match.persons.empty()) {
    judge_unknown(*regime, reasons);
  } else {
    const bool names_household = std::any_of(match.persons.begin(), match.persons.end(),
                                             [](const PersonStatus& person) { return person.household_card; });
    const bool several = match.persons.size() > 1;
    if (several) {
      judge_candidates(book, *regime, question, match.persons, reasons);
    } else {
      const bool found_by_household = match.level == TokenLevel::kHousehold || names_household;
      judge_person(book, *regime, question, match.persons.front(), found_by_household, reasons);
    }
    if (several || match.level != TokenLevel::kExact || names_household) reasons.add(ReasonCode::kDenyWeakMatch);
  }
  return reasons.choose(question.override_code.empty() ? nullptr : regime->find_override(question.override_code));
}

// Of two regimes that must both say yes: the smaller reason, the longer wait; OVERRIDE if either needed one.
Decision both(const Decision& one, const Decision& other) {
  if (may_use(one.code) != may_use(other.code)) return may_use(one.code) ? other : one;
  if (may_use(one.code)) return one.code == ReasonCode::kOverride ? one : other;
  if (one.code != other.code) return one.code < other.code ? one : other;
  return one.allowed_from < other.allowed_from ? other : one;
}

Timestamp valid_until_under(const PolicyBook& book, const Question& question, Timestamp evaluated_at) {
  const Regime* regime = book.find_regime(question.regime);
  ISHI_ASSERT(regime != nullptr);
  const CivilDate today = jst_date(evaluated_at);

  Timestamp until = evaluated_at.plus_seconds(std::clamp(book.decision_valid_seconds, 0, 86'400));
  const auto ends = [&](std::optional<CivilDate> day) {
    if (day && today < *day) until = std::min(until, jst_start_of(*day));
  };
  ends(regime->valid.to);
  if (regime->control == ControlModel::kOptIn) ends(today.plus_days(1));
  if (const Institution* holder = holder_of(book, question)) {
    ends(holder->closed_on);
    for (const Filing& filing : holder->filings) {
      if (filing.regime == regime->code) ends(filing.valid.to);
    }
  }
  if (const OperatorOrganisation* recipient = recipient_of(book, question)) ends(recipient->certified.to);
  for (const auto& [id, letter] : book.templates) {
    if (letter.regime == regime->code) ends(letter.effective.to);
  }
  return until;
}

}  // namespace

Decision decide(const PolicyBook& book, const Question& question, const Match& match) {
  Decision answer = decide_under(book, question, match);
  for (const Question& part : other_parts(book, question)) answer = both(answer, decide_under(book, part, match));
  return answer;
}

bool forbids(const PolicyBook& book, const Scope& scope, const Question& question) {
  const auto binds = [&](const Question& part) {
    const Regime* regime = book.find_regime(part.regime);
    return (regime == nullptr || regime->objections_apply) && touches(book, scope, part);
  };
  const std::vector<Question> others = other_parts(book, question);
  return binds(question) || std::any_of(others.begin(), others.end(), binds);
}

Timestamp valid_until(const PolicyBook& book, const Question& question, Timestamp evaluated_at) {
  Timestamp until = valid_until_under(book, question, evaluated_at);
  for (const Question& part : other_parts(book, question)) {
    until = std::min(until, valid_until_under(book, part, evaluated_at));
  }
  return until;
}

}  // namespace ishi
