#include "tests/support/naive_twin.h"
#include "tests/support/naive_twin_words.h"

namespace ishi::twin {

bool answerable(const PolicyBook& book, const Question& question) {
  const auto law = book.regimes.find(question.regime);
  if (law == book.regimes.end()) return false;
  const Regime& named = law->second;
  const CivilDate today = jst_date(question.as_of);
  if (today < named.valid.from || (named.valid.to && !(today < *named.valid.to))) return false;
  const auto is_hospital = [&](const std::string& code) { return book.institutions.count(code) == 1; };
  const auto is_operator = [&](const std::string& code) { return book.operators.count(code) == 1; };
  if (!question.holder.empty() && !is_hospital(question.holder) && !is_hospital(hospital_of(book, question.holder))) {
    return false;
  }
  if (!question.recipient.empty() && !is_operator(question.recipient) &&
      !is_operator(operator_of(book, question.recipient))) {
    return false;
  }
  if (last_day(question.record_to) < first_day(question.record_from)) return false;
  if (named.per_study) {
    bool published = false;
    for (const auto& [code, hospital] : book.institutions) {
      for (const Filing& filing : hospital.filings) {
        const auto of = book.regimes.find(filing.regime);
        published |= of != book.regimes.end() && of->second.per_study && filing.number == question.purpose;
      }
    }
    if (!published) return false;
  } else if (!question.purpose.empty() && book.purposes.count(question.purpose) == 0) {
    return false;
  }
  const auto may_hold = [&](const Regime& regime, const std::string& kind) {
    return regime.categories.empty() ? book.categories.count(kind) == 1 : regime.categories.count(kind) == 1;
  };
  for (const std::string& kind : question.categories) {
    if (!may_hold(named, kind)) return false;
  }
  // Every law that is asked with it may want to know whose data they are; kinds with a law of their own are named.
  bool names_hospital = named.filing_required;
  const auto own_letters = [](const Regime& regime) {
    return regime.control == ControlModel::kNoticeOptOut && !regime.notice_portable;
  };
  names_hospital |= own_letters(named);
  for (const auto& [code, other] : book.regimes) {
    bool asked = named.inherits.count(code) == 1;
    if (other.own_categories && code != question.regime) {
      for (const std::string& kind : other.categories) {
        if (question.categories.empty() && may_hold(named, kind)) return false;
        asked |= has(question.categories, kind);
      }
    }
    names_hospital |= asked && (other.filing_required || own_letters(other));
  }
  if (names_hospital && question.holder.empty()) return false;
  if (question.override_code.empty()) return true;
  for (const OverrideRule& rule : named.overrides) {
    if (rule.code != question.override_code) continue;
    if (question.ground.empty()) return false;
    if (!rule.purposes.empty() && rule.purposes.count(question.purpose) == 0) return false;
    std::set<std::string> words;  // of capitals, digits and underscores
    std::string word;
    for (const char c : question.ground + " ") {
      const bool part = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (part) word += c;
      if (!part && !word.empty()) words.insert(word), word.clear();
    }
    for (const std::string& condition : rule.conditions) {
      if (words.count(condition) == 0) return false;
    }
    return true;
  }
  return false;
}

}  // namespace ishi::twin
