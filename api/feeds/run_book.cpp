#include "api/feeds/run_book.h"

#include <algorithm>

namespace ishi::api {
namespace {

constexpr std::uint64_t kRunsReadAtATime = 20'000;

RunNote note_of(EventIndex index, const Event& event, const FilterRun& run) {
  RunNote note;
  note.index = index;
  note.caller = event.caller;
  note.batch_id = run.batch_id;
  note.question.regime = run.regime;
  (void)read_point(run.filter_point, note.question);  // old runs may have none
  note.question.holder = run.holder;
  note.question.recipient = run.recipient;
  note.question.purpose = run.purpose;
  note.question.categories = run.categories;
  if (run.details) {
    note.question.record_from = run.details->record_from;
    note.question.record_to = run.details->record_to;
  }
  note.question.as_of = run.as_of;
  note.position = run.position;
  note.evaluated_at = run.evaluated_at;
  return note;
}

}  // namespace

Result<std::vector<RunNote>> RunBook::between(Position from, Position upto) {
  const MutexLock lock(mutex_);
  if (const auto done = extend(from, upto); !done) return fail(done.error());
  std::vector<RunNote> notes;
  for (auto at = runs_.lower_bound(from.next_index()); at != runs_.end() && upto.covers(at->first); ++at) {
    notes.push_back(at->second);
  }
  forget_oldest();
  return notes;
}

std::size_t RunBook::runs_kept() const {
  const MutexLock lock(mutex_);
  return runs_.size();
}

void RunBook::forget_oldest() {
  while (runs_.size() > runs_max_) {
    from_ = Position::after(runs_.begin()->first);
    runs_.erase(runs_.begin());
  }
}

Result<void> RunBook::extend(Position from, Position upto) {
  if (from_ == upto_) from_ = upto_ = upto;  // nothing yet: the newest first, then backwards
  std::size_t left = kEventsPerCallMax;
  const auto take = [&](Position begin, std::uint64_t count) ISHI_REQUIRES(mutex_) -> Result<Position> {
    const Result<std::vector<StoredEvent>> events = log_.read(begin.next_index(), std::min(count, kRunsReadAtATime));
    if (!events) return fail(events.error());
    for (const StoredEvent& stored : *events) {
      if (stored.index.value() >= begin.events() + count) break;
      if (const auto* run = std::get_if<FilterRun>(&stored.event.body)) {
        runs_.insert_or_assign(stored.index, note_of(stored.index, stored.event, *run));
      }
    }
    const std::uint64_t end = begin.events() + std::min(count, kRunsReadAtATime);
    left -= std::min<std::size_t>(left, end - begin.events());
    return Position(end);
  };
  const auto catching_up = fail(ErrorKind::kNotFreshYet, "recalls_catching_up",
                                "The runs of a long time are being read. Ask again in a moment.");
  while (upto_ < upto) {
    if (left == 0) return catching_up;
    const Result<Position> end = take(upto_, upto.events() - upto_.events());
    if (!end) return fail(end.error());
    upto_ = *end;
  }
  while (from < from_) {
    if (left == 0) return catching_up;
    const std::uint64_t count = std::min(kRunsReadAtATime, from_.events() - from.events());
    const Position begin(from_.events() - count);
    const Result<Position> end = take(begin, count);
    if (!end) return fail(end.error());
    from_ = begin;
  }
  return {};
}

}  // namespace ishi::api
