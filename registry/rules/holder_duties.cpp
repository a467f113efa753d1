#include "registry/rules/holder_duties.h"

#include <algorithm>

namespace ishi {

bool needs_filing(const Regime& regime) {
  return regime.filing_required;
}

bool needs_holder(const Regime& regime) {
  return needs_filing(regime) || (regime.control == ControlModel::kNoticeOptOut && !regime.notice_portable);
}

const Institution* holder_of(const PolicyBook& book, const Question& question) {
  if (question.holder.empty()) return nullptr;
  const auto found = book.institutions.find(book.current_institution(question.holder, jst_date(question.as_of)));
  return found == book.institutions.end() ? nullptr : &found->second;
}

const OperatorOrganisation* recipient_of(const PolicyBook& book, const Question& question) {
  if (question.recipient.empty()) return nullptr;
  const auto found = book.operators.find(book.current_operator(question.recipient, jst_date(question.as_of)));
  return found == book.operators.end() ? nullptr : &found->second;
}

bool holder_in_order(const PolicyBook& book, const Regime& regime, const Question& question) {
  const Institution* holder = holder_of(book, question);
  if (holder == nullptr) {
    return question.holder.empty() ? !needs_holder(regime)
                                   : !needs_holder(regime) && regime.control != ControlModel::kNoticeOptOut;
  }
  const CivilDate today = jst_date(question.as_of);
  if (holder->suspended) return false;
  if (holder->closed_on && *holder->closed_on <= today) return false;
  if (!needs_filing(regime)) return true;
  return std::any_of(holder->filings.begin(), holder->filings.end(), [&](const Filing& filing) {
    return filing.regime == regime.code && filing.valid.contains(today) &&
           (!regime.per_study || filing.number == question.purpose);
  });
}

bool recipient_in_order(const PolicyBook& book, const Regime& regime, const Question& question) {
  if (question.recipient.empty()) return true;
  const OperatorOrganisation* recipient = recipient_of(book, question);
  return recipient != nullptr && !recipient->blocked && recipient->certified.contains(jst_date(question.as_of)) &&
         recipient->regimes.contains(regime.code);
}

}  // namespace ishi
