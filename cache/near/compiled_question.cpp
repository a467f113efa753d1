#include "cache/near/compiled_question.h"

#include <algorithm>
#include <set>

#include "registry/policy/waiting_period.h"
#include "registry/rules/decide.h"
#include "registry/rules/parts.h"

namespace ishi {
namespace {

constexpr std::int32_t kDayMax = 0xffff;

std::uint64_t as_day(std::int32_t days) {
  return static_cast<std::uint64_t>(std::clamp(days, 0, kDayMax));
}

// The last notice date whose waiting is over on `today`. allowed_from is monotone, so a binary search finds it.
std::int32_t last_elapsed_day(const Regime& regime, const Institution* institution, CivilDate today) {
  std::int32_t low = -1, high = today.days_since_epoch();
  while (low < high) {
    const std::int32_t middle = low + (high - low + 1) / 2;
    if (allowed_from(regime, institution, CivilDate(middle)) <= today)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

// The days on which the holder of a notice got its successors: from then on its old code may tell for them.
void insert_successions(const PolicyBook& book, const std::string& holder, std::set<std::int32_t>& starts) {
  std::string code = holder;
  for (std::size_t step = 0; step < book.institution_aliases.size(); ++step) {
    const auto alias = book.institution_aliases.find(code);
    if (alias == book.institution_aliases.end()) return;
    starts.insert(alias->second.from.days_since_epoch());
    code = alias->second.new_code;
  }
}

// May two notices of one person together open what neither opens alone, whatever their letters say?
bool asks_for_several_notices(const PolicyBook& book, const Question& question) {
  std::size_t by_notice = book.find_regime(question.regime)->control == ControlModel::kNoticeOptOut ? 1 : 0;
  for (const Question& part : other_parts(book, question)) {
    by_notice += book.find_regime(part.regime)->control == ControlModel::kNoticeOptOut ? 1 : 0;
  }
  return by_notice > 1;
}

}  // namespace

CompiledQuestion::CompiledQuestion(const PolicyBook& book, Question question, const TermsDictionary& terms)
    : book_(book),
      question_(std::move(question)),
      terms_(terms),
      unknown_(decide(book_, question_, Match{}).code),
      untold_(ask({})),
      several_notices_(asks_for_several_notices(book_, question_)),
      entries_(terms.count()),
      objections_(terms.objection_count()) {
  for (auto& entry : entries_) entry.store(kEmpty, std::memory_order_relaxed);
  for (auto& binds : objections_) binds.store(Binds::kNotTabulated, std::memory_order_relaxed);
}

ReasonCode CompiledQuestion::ask(const std::vector<NoticeFact>& notices) const {
  Match match;
  match.persons.emplace_back();
  match.persons.back().tokens.emplace_back();
  match.persons.back().notices = notices;
  return decide(book_, question_, match).code;
}

CompiledQuestion::Binds CompiledQuestion::fill(ObjectionTermsId id) const {
  const Binds binds = forbids(book_, terms_.at(id).scope, question_) ? Binds::kYes : Binds::kNo;
  objections_[id.value()].store(binds, std::memory_order_relaxed);
  return binds;
}

std::uint64_t CompiledQuestion::fill(TermsId id) const {
  const CivilDate today = jst_date(question_.as_of);
  std::set<std::int32_t> starts{0, today.days_since_epoch() + 1};  // days on which a new stretch may begin
  const TermsDictionary::Set& set = terms_.at(id);
  // What a re-notice means depends on the notices before it.
  if (std::any_of(set.begin(), set.end(),
                  [](const NoticeTerms& terms) { return terms.method == NoticeMethod::kRenotice; })) {
    entries_[id.value()].store(kTooRich, std::memory_order_relaxed);
    return kTooRich;
  }
  std::vector<const Regime*> regimes{book_.find_regime(question_.regime)};
  for (const Question& part : other_parts(book_, question_)) regimes.push_back(book_.find_regime(part.regime));
  for (const NoticeTerms& terms : set) {
    if (const NoticeTemplate* shown = book_.find_template(terms.template_id)) {
      const int underway = terms.method == NoticeMethod::kPosted ? book_.mail_delivery_days : 0;
      starts.insert(shown->effective.from.days_since_epoch() + underway);
      if (shown->effective.to) starts.insert(shown->effective.to->days_since_epoch() + underway);
    }
    insert_successions(book_, terms.holder, starts);
    for (const Regime* regime : regimes) {
      for (const std::string& holder : {terms.holder, question_.holder, book_.current_institution(terms.holder, today),
                                        book_.current_institution(question_.holder, today)}) {
        const auto found = book_.institutions.find(holder);
        const Institution* institution = found == book_.institutions.end() ? nullptr : &found->second;
        starts.insert(last_elapsed_day(*regime, institution, today) + 1);
      }
    }
  }
  std::vector<std::pair<std::uint64_t, ReasonCode>> stretches;
  for (const std::int32_t start : starts) {
    if (start < 0 || start > kDayMax) continue;
    std::vector<NoticeFact> notices;
    for (const NoticeTerms& terms : set)
      notices.push_back({terms.holder, terms.regime, terms.template_id, terms.method, CivilDate(start)});
    const ReasonCode code = ask(notices);
    if (stretches.empty() || stretches.back().second != code) stretches.emplace_back(as_day(start), code);
  }
  std::uint64_t entry = kTooRich;
  if (stretches.size() <= 4) {
    while (stretches.size() < 4) stretches.emplace_back(kDayMax, stretches.back().second);
    entry = 0;
    for (unsigned i = 0; i < 4; ++i) {
      if (i > 0) entry |= stretches[i].first << (16 * (i - 1));
      entry |= static_cast<std::uint64_t>(stretches[i].second) << (48 + 4 * i);
    }
  }
  entries_[id.value()].store(entry, std::memory_order_relaxed);
  return entry;
}

}  // namespace ishi
