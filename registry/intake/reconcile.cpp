#include "registry/intake/reconcile.h"

#include <algorithm>
#include <array>
#include <set>

#include "registry/assert.h"
#include "registry/intake/rhythm.h"

namespace ishi {
namespace {

constexpr double kSurprise = 7.0;  // e^-7 < 1/1000
constexpr int kHabitVolumeDays = 4;
constexpr int kLookBackDays = 1'100;  // three years: enough for somebody who has not looked until then

using Holidays = std::set<CivilDate>;
using Weekdays = std::array<double, 8>;  // by weekday_of; accepted lines on an average one

// What a day of the week usually brings, as of the last day that brought anything; zeros without a habit.
Weekdays habit_of(const IntakeKind& kind) {
  Weekdays lines{}, counted{};
  int volume_days = 0;
  const CivilDate last = *kind.last_volume_day;
  for (int back = 0; back < kHabitDays; ++back) {
    const CivilDate day = last.plus_days(-back);
    if (kind.first_day && day < *kind.first_day) break;
    const auto weekday = static_cast<std::size_t>(weekday_of(day));
    counted[weekday] += 1;
    const auto found = kind.days.find(day);
    if (found == kind.days.end() || found->second.accepted == 0) continue;
    lines[weekday] += static_cast<double>(found->second.accepted);
    ++volume_days;
  }
  if (volume_days < kHabitVolumeDays) return {};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (counted[i] > 0) lines[i] /= counted[i];
  }
  return lines;
}

std::optional<QuietKind> quiet_of(const std::string& name, const IntakeKind& kind,
                                  const std::optional<ExpectedSource>& declared, const Holidays& holidays,
                                  CivilDate today) {
  if (!kind.last_volume_day) return std::nullopt;
  QuietKind quiet{name, *kind.last_volume_day};
  const Weekdays habit = habit_of(kind);
  const CivilDate oldest = today.plus_days(-kLookBackDays);
  for (CivilDate day = std::max(quiet.since.plus_days(1), oldest); day < today; day = day.plus_days(1)) {
    if (declared && !declared->valid.contains(day)) continue;
    if (declared && declared->rhythm == Rhythm::kBusinessDays && !owes_on(*declared, holidays, day)) continue;
    const double usual = habit[static_cast<std::size_t>(weekday_of(day))];
    if (usual <= 0) continue;
    quiet.days += 1;
    quiet.expected += usual;
  }
  if (quiet.days == 0) return std::nullopt;
  quiet.too_many =
      declared && declared->quiet_days_max ? quiet.days >= *declared->quiet_days_max : quiet.expected >= kSurprise;
  return quiet;
}

bool taken_in(const IntakeSource& numbered, std::uint64_t sequence) {
  return sequence <= numbered.highest_sequence &&
         std::none_of(numbered.gaps.begin(), numbered.gaps.end(),
                      [sequence](const auto& gap) { return gap.first <= sequence && sequence <= gap.second; });
}

// An unnumbered batch can't be told from its successor: the next one of its kind that agrees settles it.
bool is_open(const Disagreement& disagreement, const IntakeRecord& record) {
  if (disagreement.sequence > 0) return !record.numbered || !taken_in(*record.numbered, disagreement.sequence);
  const auto kind = record.kinds.find(disagreement.kind);
  return kind == record.kinds.end() || !kind->second.last_day || kind->second.last_at <= disagreement.last_at;
}

void judge_calendar(SourceJudgement& judged, const Holidays& holidays, Timestamp now) {
  const ExpectedSource& declared = *judged.declared;
  const CivilDate today = jst_date(now);
  const auto owed = last_owed(declared, holidays, today);
  if (!owed) return;
  judged.due = jst_start_of(*owed).plus_seconds(std::int64_t{declared.due_hour} * 3'600);
  if (judged.last_day && *judged.last_day >= *owed) return;
  judged.missed = owed_between(declared, holidays, judged.last_day, *owed);
  if (!declared.valid.contains(today)) return;  // ended: it owes nothing any more
  if (judged.missed > 0) {
    judged.troubles.push_back(IntakeTrouble::kSilent);
  } else if (now >= *judged.due) {
    judged.troubles.push_back(IntakeTrouble::kLate);
  }
}

void judge_record(SourceJudgement& judged, const IntakeRecord& record, const Holidays& holidays, CivilDate today) {
  for (const auto& [name, kind] : record.kinds) {
    if (auto quiet = quiet_of(name, kind, judged.declared, holidays, today)) judged.quiet.push_back(*std::move(quiet));
  }
  const bool ended = judged.declared && judged.declared->valid.to && *judged.declared->valid.to <= today;
  const bool too_quiet =
      std::any_of(judged.quiet.begin(), judged.quiet.end(), [](const QuietKind& quiet) { return quiet.too_many; });
  if (too_quiet && !ended) judged.troubles.push_back(IntakeTrouble::kQuiet);
  if (record.numbered) {
    for (const auto& [first, last] : record.numbered->gaps) judged.missing_numbers += last - first + 1;
  }
  if (judged.missing_numbers > 0) judged.troubles.push_back(IntakeTrouble::kGaps);
  std::copy_if(record.disagreements.begin(), record.disagreements.end(), std::back_inserter(judged.disagreements),
               [&record](const Disagreement& disagreement) { return is_open(disagreement, record); });
  if (!judged.disagreements.empty()) judged.troubles.push_back(IntakeTrouble::kDisagreement);
}

}  // namespace

std::string_view name_of(IntakeTrouble trouble) {
  switch (trouble) {
    case IntakeTrouble::kLate: return "late";
    case IntakeTrouble::kSilent: return "silent";
    case IntakeTrouble::kQuiet: return "quiet";
    case IntakeTrouble::kGaps: return "gaps";
    case IntakeTrouble::kDisagreement: return "disagreement";
  }
  ISHI_ASSERT(false);
  return {};
}

int SourceJudgement::zero_volume_days() const {
  int most = 0;
  for (const QuietKind& kind : quiet) most = std::max(most, kind.days);
  return most;
}

std::vector<SourceJudgement> reconcile(const PolicyBook& book, const std::map<std::string, IntakeRecord>& records,
                                       Timestamp now) {
  std::set<std::string> names;
  for (const auto& [name, source] : book.sources) names.insert(name);
  for (const auto& [name, record] : records) names.insert(name);
  std::vector<SourceJudgement> judgements;
  judgements.reserve(names.size());
  for (const std::string& name : names) {
    SourceJudgement& judged = judgements.emplace_back();
    judged.source = name;
    if (const auto found = book.sources.find(name); found != book.sources.end()) judged.declared = found->second;
    const auto record = records.find(name);
    if (record != records.end()) {
      for (const auto& [kind, delivered] : record->second.kinds)
        judged.last_day = std::max(judged.last_day, delivered.last_day);
      // Books from before days were counted know the sequence numbers only.
      if (record->second.numbered) {
        judged.last_day = std::max(judged.last_day, std::optional(jst_date(record->second.numbered->last_seen)));
      }
    }
    if (judged.declared) judge_calendar(judged, book.holidays, now);
    if (record != records.end()) judge_record(judged, record->second, book.holidays, jst_date(now));
  }
  return judgements;
}

}  // namespace ishi
