// What the naive twin says by itself about lists, codes that changed hands, periods, scopes, and who may provide and
// receive. Internal to the twin.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"

namespace ishi::twin {

inline bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::count(list.begin(), list.end(), item) > 0;
}
inline bool has(const std::vector<EventIndex>& list, std::size_t item) {
  return std::count(list.begin(), list.end(), EventIndex(item)) > 0;
}

// Who answers to this code? The last of its successors; on a day, the last of those who had come by then.
template <typename Aliases>
inline std::string who_is(const Aliases& aliases, const std::string& code, std::optional<CivilDate> day) {
  std::set<std::string> met;
  std::string name = code;
  for (bool moved = true; moved && met.insert(name).second;) {
    moved = false;
    for (const auto& [old_code, change] : aliases) {
      if (moved || old_code != name || (day && *day < change.from)) continue;
      name = change.new_code;
      moved = true;
    }
  }
  return name;
}
inline std::string hospital_of(const PolicyBook& book, const std::string& code, std::optional<CivilDate> day = {}) {
  return who_is(book.institution_aliases, code, day);
}
inline std::string operator_of(const PolicyBook& book, const std::string& code, std::optional<CivilDate> day = {}) {
  return who_is(book.operator_aliases, code, day);
}
// Does what `from` said speak for `to`? Each change of hands in between was told to people, or lay behind it already
// on the day on which it was said.
inline bool speaks_for(const PolicyBook& book, const std::string& from, const std::string& to, CivilDate today,
                       std::optional<CivilDate> said_on) {
  const std::string goal = hospital_of(book, to, today);
  std::set<std::string> met;
  for (std::string here = from; met.insert(here).second;) {
    if (here == goal) return true;
    const auto change = book.institution_aliases.find(here);
    if (change == book.institution_aliases.end() || today < change->second.from) return false;
    const bool behind = said_on.has_value() && !(*said_on < change->second.from);
    if (!behind && !change->second.change_notice_recorded) return false;
    here = change->second.new_code;
  }
  return false;
}

// 民法 140, 143 once more, by counting on fingers.
inline CivilDate day_after_period(const WaitRule& rule, CivilDate notice) {
  const CivilDate first = notice.plus_days(1);
  const CivilDate by_days = first.plus_days(rule.days);
  const auto start = first.year_month_day();
  int year = static_cast<int>(start.year());
  int month = static_cast<int>(static_cast<unsigned>(start.month())) + rule.months;
  while (month > 12) month -= 12, ++year;
  const auto days_in = [](int y, int m) {
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : kDays[m - 1];
  };
  const int day = static_cast<int>(static_cast<unsigned>(start.day()));
  const CivilDate by_month =
      day <= days_in(year, month)
          ? CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day))
          : CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(days_in(year, month))).plus_days(1);
  if (rule.mode == WaitMode::kDays) return by_days;
  if (rule.mode == WaitMode::kMonth) return by_month;
  return by_days < by_month ? by_month : by_days;
}

// The kinds of data in question: as named, else those of its law; none if that law is for any.
inline std::set<std::string> kinds_of(const PolicyBook& book, const Question& q) {
  if (q.categories.empty()) return book.regimes.find(q.regime)->second.categories;
  return {q.categories.begin(), q.categories.end()};
}

inline CivilDate first_day(std::optional<CivilDate> day) {
  return day.value_or(CivilDate::of(1, 1, 1));
}
inline CivilDate last_day(std::optional<CivilDate> day) {
  return day.value_or(CivilDate::of(9999, 12, 31));
}

// Objections: one shared point is enough, and what either side leaves open is shared.
inline bool overlaps(const PolicyBook& book, const Scope& scope, const Question& q) {
  if (!scope.regimes.empty() && !has(scope.regimes, q.regime)) return false;
  if (!scope.purposes.empty() && !q.purpose.empty() && !has(scope.purposes, q.purpose)) {
    bool speaks_of_more_than_studies = false;
    for (const auto& purpose : scope.purposes) speaks_of_more_than_studies |= book.studies.count(purpose) == 0;
    if (book.studies.count(q.purpose) == 0 || !speaks_of_more_than_studies) return false;
  }
  if (last_day(scope.record_to) < first_day(q.record_from) || last_day(q.record_to) < first_day(scope.record_from)) {
    return false;
  }
  if (!scope.holders.empty() && !q.holder.empty()) {
    bool same = false;
    for (const auto& code : scope.holders) same |= hospital_of(book, code) == hospital_of(book, q.holder);
    if (!same) return false;
  }
  if (!scope.recipients.empty() && !q.recipient.empty()) {
    bool same = false;
    for (const auto& code : scope.recipients) same |= operator_of(book, code) == operator_of(book, q.recipient);
    if (!same) return false;
  }
  const std::set<std::string> kinds = kinds_of(book, q);
  if (!scope.categories.empty() && !kinds.empty()) {
    bool shared = false;
    for (const auto& category : kinds) shared |= has(scope.categories, category);
    if (!shared) return false;
  }
  return true;
}

// Consents: everything asked must lie inside.
inline bool contains(const PolicyBook& book, const Scope& scope, const Question& q) {
  const CivilDate today = jst_date(q.as_of);
  if (first_day(q.record_from) < first_day(scope.record_from)) return false;
  if (last_day(scope.record_to) < last_day(q.record_to)) return false;
  if (!scope.regimes.empty() && !has(scope.regimes, q.regime)) return false;
  if (!scope.purposes.empty() && (q.purpose.empty() || !has(scope.purposes, q.purpose))) return false;
  if (!scope.holders.empty()) {
    bool inside = false;
    for (const auto& code : scope.holders) {
      inside |= hospital_of(book, code, today) == hospital_of(book, q.holder, today);
    }
    if (q.holder.empty() || !inside) return false;
  }
  if (!scope.recipients.empty()) {
    bool inside = false;
    for (const auto& code : scope.recipients) {
      inside |= operator_of(book, code, today) == operator_of(book, q.recipient, today);
    }
    if (q.recipient.empty() || !inside) return false;
  }
  if (!scope.categories.empty()) {
    const std::set<std::string> kinds = kinds_of(book, q);
    if (kinds.empty()) return false;
    for (const auto& category : kinds) {
      if (!has(scope.categories, category)) return false;
    }
  }
  return true;
}

inline bool filed(const PolicyBook& book, const Regime& regime, const Question& q) {
  const CivilDate today = jst_date(q.as_of);
  const bool own_letters = regime.control == ControlModel::kNoticeOptOut && !regime.notice_portable;
  if (q.holder.empty()) return !regime.filing_required && !own_letters;
  const auto found = book.institutions.find(hospital_of(book, q.holder, today));
  if (found == book.institutions.end()) {
    return !regime.filing_required && regime.control != ControlModel::kNoticeOptOut;
  }
  if (found->second.suspended) return false;
  if (found->second.closed_on.has_value() && !(today < *found->second.closed_on)) return false;
  if (!regime.filing_required) return true;
  for (const Filing& filing : found->second.filings) {
    if (filing.regime != regime.code || !filing.valid.contains(today)) continue;
    if (!regime.per_study || filing.number == q.purpose) return true;
  }
  return false;
}

inline bool recipient_fit(const PolicyBook& book, const Question& q) {
  if (q.recipient.empty()) return true;
  const CivilDate today = jst_date(q.as_of);
  const auto found = book.operators.find(operator_of(book, q.recipient, today));
  if (found == book.operators.end()) return false;
  const OperatorOrganisation& recipient = found->second;
  if (recipient.blocked) return false;
  if (!recipient.certified.contains(today)) return false;
  return recipient.regimes.count(q.regime) == 1;
}

}  // namespace ishi::twin
