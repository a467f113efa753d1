#include "sql/log/erase.h"

#include "registry/events/event.h"
#include "sql/log/event_rows.h"
#include "sql/session/session.h"

namespace ishi::sql {
namespace {

constexpr std::int64_t kAtOnce = 100;

Result<StoredEvent> read_one(Session& session, EventIndex index) {
  auto events = read_events(session, index, 1);
  if (!events) return fail(events.error());
  if (events->empty()) return fail(ErrorKind::kNotFound, "no_such_event", "the log has no event of that number");
  return std::move(events->front());
}

Result<std::unique_ptr<Session>> open_as_eraser(const std::string& connection_string) {
  return Session::open({.connection_string = connection_string, .role = "ishi_eraser"});
}

Result<void> erase_one(Session& session, EventIndex record) {
  if (auto begun = session.begin(); !begun) return begun;
  auto order = read_one(session, record);
  if (!order) return fail(order.error());
  const auto* erased = std::get_if<RecordErased>(&order->event.body);
  if (erased == nullptr || erased->target >= record) {
    return fail(ErrorKind::kInvalidArgument, "no_erasure_record",
                "that event does not order the erasure of an earlier one");
  }
  auto target = read_one(session, erased->target);
  if (!target) return fail(target.error());
  const std::vector<Token> subjects = subjects_of(target->event.body);
  if (auto done = session.run(kEraseEvent, Parameters().number(erased->target.value())); !done)
    return fail(done.error());
  auto done = session.run(kEraseSubjects, Parameters().number(erased->target.value()).tokens(subjects));
  if (!done) return fail(done.error());
  return session.commit();
}

}  // namespace

Result<void> erase_content(const std::string& connection_string, EventIndex record) {
  auto session = open_as_eraser(connection_string);
  if (!session) return fail(session.error());
  return erase_one(**session, record);
}

Result<ErasuresDone> erase_due(const std::string& connection_string, Timestamp registered_by) {
  auto session = open_as_eraser(connection_string);
  if (!session) return fail(session.error());
  ErasuresDone done;
  for (;;) {
    auto due = (*session)->run(kDueErasures, Parameters().number(registered_by.microseconds()).number(kAtOnce));
    if (!due) return fail(due.error());
    if (due->size() == 0) break;
    for (std::size_t i = 0; i < due->size(); ++i) {
      if (auto erased = erase_one(**session, EventIndex(due->count(i, 0))); !erased) return fail(erased.error());
      ++done.erased;
    }
  }
  auto pending = (*session)->run(kCountPendingErasures);
  if (!pending) return fail(pending.error());
  done.pending = pending->count(0, 0);
  return done;
}

}  // namespace ishi::sql
