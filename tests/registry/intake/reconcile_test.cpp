// Stories of sources, told to the books and judged at given instants (cases/*.cases).
#include "registry/intake/reconcile.h"

#include <cstdio>
#include <regex>
#include <stdexcept>

#include <gtest/gtest.h>

#include "registry/intake/rhythm.h"
#include "registry/policy/names.h"
#include "tests/support/case_files.h"
#include "tests/support/paths.h"

namespace ishi {
namespace {

CivilDate day(const std::string& text) {
  const auto parsed = parse_date(text);
  if (!parsed) throw std::runtime_error(text + " is no day");
  return *parsed;
}

class Story {
 public:
  // The verdict, for a question.
  std::optional<std::string> tell(const std::string& sentence) {
    static const std::regex kOwes(
        R"((\S+) owes (\w+)(?: on (\d+))?(?: by (\d+))?(?:, at most (\d+) quiet days)? from (\S+?)(?: to (\S+))?)");
    static const std::regex kHoliday(R"((\S+) is a holiday)");
    static const std::regex kSends(R"((\S+?)(?:\.\.(\S+))?( weekdays)? (\S+) sends (\d+) (\w+))");
    static const std::regex kLacks(R"((\S+) numbered up to (\d+)(?: lacks (\d+)\.\.(\d+))?)");
    static const std::regex kAnnounces(R"((\S+) (\S+) announces (\d+) (\w+), (\d+) arrive(?:, batch (\d+))?)");
    static const std::regex kAsks(R"((\S+) what of (\S+)\?)");
    std::smatch m;
    if (std::regex_match(sentence, m, kOwes)) return owes(m), std::nullopt;
    if (std::regex_match(sentence, m, kHoliday)) return book_.holidays.insert(day(m[1])), std::nullopt;
    if (std::regex_match(sentence, m, kSends)) return sends(m), std::nullopt;
    if (std::regex_match(sentence, m, kLacks)) return lacks(m), std::nullopt;
    if (std::regex_match(sentence, m, kAnnounces)) return announces(m), std::nullopt;
    if (std::regex_match(sentence, m, kAsks)) return verdict(m[1], m[2]);
    throw std::runtime_error("nobody understands: " + sentence);
  }

 private:
  void owes(const std::smatch& m) {
    ExpectedSource source;
    source.name = source.caller = m[1];
    source.rhythm = parse_rhythm(m[2].str()).value();
    if (m[3].matched) source.weekday = source.month_day = std::stoi(m[3]);
    if (m[4].matched) source.due_hour = std::stoi(m[4]);
    if (m[5].matched) source.quiet_days_max = std::stoi(m[5]);
    source.valid.from = day(m[6]);
    if (m[7].matched) source.valid.to = day(m[7]);
    book_.sources[source.name] = source;
  }
  void sends(const std::smatch& m) {
    const CivilDate last = m[2].matched ? day(m[2]) : day(m[1]);
    for (CivilDate at = day(m[1]); at <= last; at = at.plus_days(1)) {
      if (m[3].matched && weekday_of(at) >= 6) continue;
      IntakeKind& kind = records_[m[4]].kinds[m[6]];
      IntakeTally& tally = kind.days[at];
      tally.batches += 1;
      tally.accepted += std::stoull(m[5]);
      if (!kind.first_day) kind.first_day = at;
      kind.last_day = std::max(kind.last_day, std::optional(at));
      if (tally.accepted > 0) kind.last_volume_day = std::max(kind.last_volume_day, std::optional(at));
      kind.last_at = jst_start_of(at).plus_seconds(10 * 3'600);
    }
  }
  void lacks(const std::smatch& m) {
    IntakeSource numbered;
    numbered.source = m[1];
    numbered.highest_sequence = std::stoull(m[2]);
    if (m[3].matched) numbered.gaps.push_back({std::stoull(m[3]), std::stoull(m[4])});
    records_[m[1]].numbered = numbered;
  }
  void announces(const std::smatch& m) {
    Disagreement one;
    one.kind = m[4];
    one.announced = std::stoull(m[3]);
    one.arrived = std::stoull(m[5]);
    if (m[6].matched) one.sequence = std::stoull(m[6]);
    one.first_at = one.last_at = jst_start_of(day(m[1])).plus_seconds(12 * 3'600);
    records_[m[2]].disagreements.push_back(one);
  }
  std::string verdict(const std::string& when, const std::string& source) {
    const auto now = parse_timestamp(when.size() > 10 ? when + ":00+09:00" : when);
    if (!now) throw std::runtime_error(when + " is no instant");
    for (const SourceJudgement& judged : reconcile(book_, records_, *now))
      if (judged.source == source) return verdict_of(judged);
    return "unknown";
  }
  static std::string verdict_of(const SourceJudgement& judged) {
    std::string text;
    for (const IntakeTrouble trouble : judged.troubles) {
      text += (text.empty() ? "" : "; ") + std::string(name_of(trouble));
      if (trouble == IntakeTrouble::kSilent) text += " " + std::to_string(judged.missed);
      if (trouble == IntakeTrouble::kGaps) text += " " + std::to_string(judged.missing_numbers);
      if (trouble == IntakeTrouble::kDisagreement) text += " " + std::to_string(judged.disagreements.size());
      if (trouble != IntakeTrouble::kQuiet) continue;
      for (const QuietKind& kind : judged.quiet) {
        char expected[32];
        std::snprintf(expected, sizeof expected, "%.1f", kind.expected);
        if (kind.too_many) text += " " + kind.kind + " " + std::to_string(kind.days) + "d (" + expected + ")";
      }
    }
    return text.empty() ? "in order" : text;
  }

  PolicyBook book_;
  std::map<std::string, IntakeRecord> records_;
};

TEST(Reconcile, EachStoryIsJudgedAsWritten) {
  const auto folder = std::filesystem::path(ishi::testing::source_folder()) / "tests/registry/intake/cases";
  cases::judge_files_in(folder, [](const cases::Case& one) {
    Story story;
    std::vector<std::string> verdicts;
    for (const std::string& sentence : one.sentences)
      if (const auto verdict = story.tell(sentence)) verdicts.push_back(*verdict);
    return verdicts;
  });
}

TEST(Reconcile, AWeekBeginsOnMonday) {
  EXPECT_EQ(weekday_of(CivilDate::of(2026, 7, 6)), 1);
  EXPECT_EQ(weekday_of(CivilDate::of(2026, 7, 12)), 7);
  EXPECT_EQ(weekday_of(CivilDate::of(1969, 12, 29)), 1);
}

TEST(Reconcile, AHabitIsRememberedForYearsOfSilence) {
  Story story;
  story.tell("2023-01-01..2023-03-01 relay sends 5 objections");
  EXPECT_NE(story.tell("2026-03-01 what of relay?").value().find("quiet objections"), std::string::npos);
}

TEST(Reconcile, NobodyKnownMeansNothingToSay) {
  EXPECT_TRUE(reconcile({}, {}, Timestamp(0)).empty());
}

}  // namespace
}  // namespace ishi
