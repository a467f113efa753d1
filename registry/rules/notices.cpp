#include "registry/rules/notices.h"

#include <algorithm>
#include <vector>

#include "registry/policy/waiting_period.h"
#include "registry/rules/holder_duties.h"

namespace ishi {
namespace {

struct ValidNotice {
  CivilDate date, allowed_from;
  const NoticeTemplate* letter;
};

// Valid for the regime that it was given for: a letter of that regime, in use on that day, by somebody whose notices
// count for the holder asked about.
const NoticeTemplate* letter_if_valid(const PolicyBook& book, const Regime& asked, const Question& question,
                                      const NoticeFact& notice) {
  if (notice.method == NoticeMethod::kPublicOnly) return nullptr;
  const CivilDate today = jst_date(question.as_of);
  if (notice.date > today) return nullptr;
  if (!asked.notice_portable && !book.notice_carries_over(notice.holder, question.holder, today)) return nullptr;
  const NoticeTemplate* letter = book.find_template(notice.template_id);
  if (letter == nullptr || letter->regime != notice.regime || !letter->effective.contains(notice.date)) return nullptr;
  if (!letter->holder.empty() && !book.notice_carries_over(letter->holder, notice.holder, today)) return nullptr;
  return letter;
}

// The amendment in force since 2022 asks for items 1, 4 and 8 in every letter (LAW.md 2.2); a letter of before it
// serves after that day only together with its supplement.
bool outdated(const PolicyBook& book, const NoticeTemplate& letter, CivilDate today) {
  if (letter.legal_version != LegalVersion::kV2018 || letter.supplementary_items) return false;
  const auto from = book.legal_version_from.find(LegalVersion::kV2022);
  return from == book.legal_version_from.end() || from->second <= today;
}

bool names_all(const PolicyBook& book, const Regime& regime, const Question& question, const NoticeTemplate& letter) {
  if (letter.categories.empty()) return true;
  const auto named = [&](const std::string& category) { return letter.categories.contains(category); };
  if (!question.categories.empty()) {
    return std::all_of(question.categories.begin(), question.categories.end(), named);
  }
  return regime.categories.empty() ? std::all_of(book.categories.begin(), book.categories.end(), named)
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
      valid.push_back({notice.date, allowed_from(regime, holder, notice.date), letter});
    } else {
      told_of_another_regime = true;
    }
  }

  if (person.died_on && *person.died_on <= today) {
    const CivilDate died_on = *person.died_on;
    const bool told_in_life =
        std::any_of(valid.begin(), valid.end(), [&](const ValidNotice& notice) { return notice.date <= died_on; });
    // The dead cannot be told any more. Where policy accepts that, silence of the bereaved is enough.
    if (!told_in_life && regime.deceased_unnotified == DeceasedUnnotified::kAllowIfNoBereavedObjection) return;
    const bool died_in_wait = told_in_life && died_on < earliest_end_of_wait(valid);
    if (!told_in_life || (died_in_wait && regime.death_in_wait == DeathInWait::kDeny)) {
      reasons.add(ReasonCode::kDenyDeceasedUnnotified);
    }
  }

  if (valid.empty()) {
    reasons.add(told_of_another_regime ? ReasonCode::kDenyNoticeScope : ReasonCode::kDenyNoNotice);
    return;
  }
  std::vector<ValidNotice> ripe;
  std::copy_if(valid.begin(), valid.end(), std::back_inserter(ripe),
               [&](const ValidNotice& notice) { return notice.allowed_from <= today; });
  if (ripe.empty()) reasons.add_wait(earliest_end_of_wait(valid));

  const std::vector<ValidNotice>& considered = ripe.empty() ? valid : ripe;
  if (std::none_of(considered.begin(), considered.end(), [&](const ValidNotice& notice) {
        return !outdated(book, *notice.letter, today) && names_all(book, regime, question, *notice.letter);
      })) {
    reasons.add(ReasonCode::kDenyNoticeContent);
  }
}

}  // namespace ishi
