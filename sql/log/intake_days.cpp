#include "sql/log/intake_days.h"

#include <algorithm>

#include "sql/log/idempotency_rows.h"

namespace ishi::sql {
namespace {

std::uint64_t day_number_of(CivilDate day) {
  return static_cast<std::uint64_t>(day.days_since_epoch());
}
CivilDate day_of(const Rows& rows, std::size_t row, std::size_t column) {
  return CivilDate(static_cast<std::int32_t>(rows.number(row, column)));
}

IntakeTally tally_of(const Rows& rows, std::size_t row) {
  return {rows.count(row, 3), rows.count(row, 4), rows.count(row, 5), rows.count(row, 6),
          rows.count(row, 7), rows.count(row, 8), rows.count(row, 9)};
}

using Records = std::map<std::string, IntakeRecord>;

IntakeKind& kind_in(Records& records, const Rows& rows, std::size_t row) {
  return records[std::string(rows.text(row, 0))].kinds[std::string(rows.text(row, 1))];
}

Result<void> read_kinds(Session& session, Records& records) {
  auto rows = session.run(kAllIntakeKinds);
  if (!rows) return fail(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    IntakeKind& kind = kind_in(records, *rows, i);
    kind.first_day = day_of(*rows, i, 2);
    kind.last_day = day_of(*rows, i, 3);
    if (!rows->is_null(i, 4)) kind.last_volume_day = day_of(*rows, i, 4);
    kind.last_at = Timestamp(rows->number(i, 5));
  }
  return {};
}

Result<void> read_days(Session& session, const Statement& statement, CivilDate recent, Records& records) {
  auto rows = session.run(statement, Parameters().number(day_number_of(recent)));
  if (!rows) return fail(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    kind_in(records, *rows, i).days[day_of(*rows, i, 2)] = tally_of(*rows, i);
  }
  return {};
}

Result<void> read_disagreements(Session& session, Records& records) {
  auto rows = session.run(kAllDisagreements);
  if (!rows) return fail(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Disagreement one;
    one.kind = rows->text(i, 1);
    one.sequence = rows->count(i, 2);
    one.announced = rows->count(i, 3);
    one.arrived = rows->count(i, 4);
    one.times = rows->count(i, 5);
    one.first_at = Timestamp(rows->number(i, 6));
    one.last_at = Timestamp(rows->number(i, 7));
    records[std::string(rows->text(i, 0))].disagreements.push_back(std::move(one));
  }
  return {};
}

Result<void> write_note(Session& session, const IntakeNote& note, Timestamp at) {
  if (auto set = session.run(kCommitSoon); !set) return fail(set.error());
  const auto once = [&note](Unwritten what) { return std::uint64_t{note.what == what ? 1U : 0U}; };
  auto counted = session.run(kCountUnwritten, Parameters()
                                                  .text(note.source)
                                                  .text(note.kind)
                                                  .number(day_number_of(jst_date(at)))
                                                  .number(once(Unwritten::kRepeated))
                                                  .number(once(Unwritten::kDuplicate))
                                                  .number(once(Unwritten::kRefused))
                                                  .number(once(Unwritten::kDisagreement)));
  if (!counted) return fail(counted.error());
  if (note.what != Unwritten::kDisagreement) return {};
  auto kept = session.run(kKeepDisagreement, Parameters()
                                                 .text(note.source)
                                                 .text(note.kind)
                                                 .number(note.sequence)
                                                 .number(note.announced)
                                                 .number(note.arrived)
                                                 .number(at.microseconds()));
  if (!kept) return fail(kept.error());
  auto dropped =
      session.run(kDropOldDisagreements, Parameters().text(note.source).number(std::uint64_t{kDisagreementsMax}));
  if (!dropped) return fail(dropped.error());
  return {};
}

}  // namespace

void DeliveredDays::add(const Delivery& delivery, Timestamp at) {
  Sum& sum = sums_[{delivery.source, delivery.kind, jst_date(at)}];
  sum.tally.batches += 1;
  sum.tally.accepted += delivery.accepted;
  sum.tally.rejected += delivery.rejected;
  sum.last_at = std::max(sum.last_at, at);
}

Result<void> DeliveredDays::save(Session& session) const {
  if (sums_.empty()) return {};
  std::vector<std::string> sources, kinds;
  std::vector<std::uint64_t> days, batches, accepted, rejected, last_at;
  for (const auto& [key, sum] : sums_) {
    sources.push_back(std::get<0>(key));
    kinds.push_back(std::get<1>(key));
    days.push_back(day_number_of(std::get<2>(key)));
    batches.push_back(sum.tally.batches);
    accepted.push_back(sum.tally.accepted);
    rejected.push_back(sum.tally.rejected);
    last_at.push_back(static_cast<std::uint64_t>(sum.last_at.microseconds()));
  }
  auto saved = session.run(kCountDelivered, Parameters()
                                                .texts(sources)
                                                .texts(kinds)
                                                .numbers(days)
                                                .numbers(batches)
                                                .numbers(accepted)
                                                .numbers(rejected)
                                                .numbers(last_at));
  if (!saved) return fail(saved.error());
  return {};
}

Result<void> save_note(Session& session, const IntakeNote& note, Timestamp at) {
  if (auto begun = session.begin(); !begun) return begun;
  if (auto written = write_note(session, note, at); !written) {
    session.roll_back();
    return written;
  }
  return session.commit();
}

Result<Records> read_intake(Session& session, CivilDate today) {
  if (auto begun = session.begin(Session::Isolation::kSnapshotReadOnly); !begun) return fail(begun.error());
  const CivilDate recent = today.plus_days(-kRecentDays);
  Records records;
  Result<void> done = read_kinds(session, records);
  if (done) done = read_days(session, kRecentIntakeDays, recent, records);
  if (done) done = read_days(session, kHabitIntakeDays, recent, records);
  if (done) done = read_disagreements(session, records);
  Result<std::vector<IntakeSource>> numbered = fail(ErrorKind::kUnavailable, "unread", "");
  if (done) numbered = read_books_within(session);
  session.roll_back();
  if (!done) return fail(done.error());
  if (!numbered) return fail(numbered.error());
  for (IntakeSource& source : *numbered) records[source.source].numbered = std::move(source);
  return records;
}

}  // namespace ishi::sql
