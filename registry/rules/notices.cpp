#include "registry/rules/notices.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "registry/policy/waiting_period.h"
#include "registry/rules/holder_duties.h"

namespace ishi {
namespace {

struct ValidNotice {
  CivilDate date, allowed_from;
  bool again = false;  // a re-notice (N7) after a change
  const NoticeTemplate* letter = nullptr;
};

// A letter by post is dated by its arrival; it must have been in use when it was posted (R21).
CivilDate day_of_writing(const PolicyBook& book, const NoticeFact& notice) {
  return notice.method == NoticeMethod::kPosted ? notice.date.plus_days(-book.mail_delivery_days) : notice.date;
}

// Valid for the regime that it was given for: a letter of that regime, in use on that day, by somebody whose notices
// count for the holder asked about.
const NoticeTemplate* letter_if_valid(const PolicyBook& book, const Regime& asked, const Question& question,
                                      const NoticeFact& notice) {
  if (notice.method == NoticeMethod::kPublicOnly) return nullptr;
  const CivilDate today = jst_date(question.as_of);
  if (notice.date > today) return nullptr;
  if (!asked.notice_portable && !book.notice_carries_over(notice.holder, question.holder, today, notice.date)) {
    return nullptr;
  }
  const NoticeTemplate* letter = book.find_template(notice.template_id);
  if (letter == nullptr || letter->regime != notice.regime) return nullptr;
  if (!letter->effective.contains(day_of_writing(book, notice))) return nullptr;
  const bool of_the_giver = letter->holder.empty() || letter->holder == notice.holder ||
                            book.notice_carries_over(letter->holder, notice.holder, today);
  return of_the_giver ? letter : nullptr;
}

// The amendment in force since 2022 asks for items 1, 4 and 8 in every letter (LAW.md 2.2); a letter of before it
// serves after that day only together with its supplement.
bool outdated(const PolicyBook& book, const NoticeTemplate& letter, CivilDate today) {
  if (letter.legal_version != LegalVersion::kV2018 || letter.supplementary_items) return false;
  const auto from = book.legal_version_from.find(LegalVersion::kV2022);
  return from == book.legal_version_from.end() || from->second <= today;
}

// What is new in a re-notice (N7) waits for change_wait, and never less than what was told before it (R15). A re-notice
// to somebody who was never told is a first notice like any other.
void count_waits(const Regime& regime, const Institution* holder, std::vector<ValidNotice>& notices) {
  std::optional<CivilDate> first_told, first_end;
  for (ValidNotice& notice : notices) {
    notice.allowed_from = allowed_from(regime, holder, notice.date);
    if (notice.again) continue;
    first_told = std::min(first_told.value_or(notice.date), notice.date);
    first_end = std::min(first_end.value_or(notice.allowed_from), notice.allowed_from);
  }
  for (ValidNotice& notice : notices) {
    if (!notice.again || !first_told || notice.date < *first_told) continue;
    notice.allowed_from = std::max(allowed_from(regime.change_wait, notice.date), *first_end);
    if (holder != nullptr && holder->wait) {
      notice.allowed_from = std::max(notice.allowed_from, allowed_from(*holder->wait, notice.date));
    }
  }
}

// Each category that is asked for stands in some letter; one letter need not name them all (R14).
bool name_all(const PolicyBook& book, const Regime& regime, const Question& question,
              const std::vector<ValidNotice>& notices, CivilDate today) {
  const auto some_letter = [&](const auto& says_enough) {
    return std::any_of(notices.begin(), notices.end(), [&](const ValidNotice& notice) {
      return !outdated(book, *notice.letter, today) && says_enough(notice.letter->categories);
    });
  };
  const auto named = [&](const std::string& category) {
    return some_letter([&](const auto& categories) { return categories.empty() || categories.contains(category); });
  };
  if (!question.categories.empty()) {
    return std::all_of(question.categories.begin(), question.categories.end(), named);
  }
  if (some_letter([](const auto& categories) { return categories.empty(); })) return true;
  return regime.categories.empty()
             ? !book.categories.empty() && std::all_of(book.categories.begin(), book.categories.end(), named)
             : std::all_of(regime.categories.begin(), regime.categories.end(), named);
}

CivilDate earliest_end_of_wait(const std::vector<ValidNotice>& notices) {
  return std::min_element(
             notices.begin(), notices.end(),
             [](const ValidNotice& one, const ValidNotice& other) { return one.allowed_from < other.allowed_from; })
      ->allowed_from;
}

}  // namespace

void judge_notices(const PolicyBook& book, const Regime& regime, const Question& question, const PersonStatus& person,
                   Reasons& reasons) {
  const CivilDate today = jst_date(question.as_of);
  const Institution* holder = holder_of(book, question);

  std::vector<ValidNotice> valid;
  bool told_of_another_regime = false;
  for (const NoticeFact& notice : person.notices) {
    const NoticeTemplate* letter = letter_if_valid(book, regime, question, notice);
    if (letter == nullptr) continue;
    if (notice.regime == regime.code) {
      valid.push_back({notice.date, notice.date, notice.method == NoticeMethod::kRenotice, letter});
    } else {
      told_of_another_regime = true;
    }
  }

  const bool died = person.died_on && *person.died_on <= today;
  if (died) {  // the dead cannot be told any more: what came later is no notice
    std::erase_if(valid, [&](const ValidNotice& notice) { return *person.died_on < notice.date; });
  }
  count_waits(regime, holder, valid);
  if (valid.empty()) {
    // Of the dead, code 10 stands in the place of 6 and 7 (R27). Where policy accepts that they were never told,
    // silence of the bereaved is enough.
    if (!died) {
      reasons.add(told_of_another_regime ? ReasonCode::kDenyNoticeScope : ReasonCode::kDenyNoNotice);
    } else if (regime.deceased_unnotified == DeceasedUnnotified::kDeny) {
      reasons.add(ReasonCode::kDenyDeceasedUnnotified);
    }
    return;
  }
  if (died && *person.died_on < earliest_end_of_wait(valid) && regime.death_in_wait == DeathInWait::kDeny) {
    reasons.add(ReasonCode::kDenyDeceasedUnnotified);
  }
  std::vector<ValidNotice> ripe;
  std::copy_if(valid.begin(), valid.end(), std::back_inserter(ripe),
               [&](const ValidNotice& notice) { return notice.allowed_from <= today; });
  if (ripe.empty()) reasons.add_wait(earliest_end_of_wait(valid));
  if (!name_all(book, regime, question, ripe.empty() ? valid : ripe, today)) {
    reasons.add(ReasonCode::kDenyNoticeContent);
  }
}

}  // namespace ishi
