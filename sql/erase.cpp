#include "sql/erase.h"

#include "registry/log/event.h"
#include "sql/event_rows.h"
#include "sql/session.h"

namespace ishi::sql {
namespace {

Result<StoredEvent> read_one(Session& session, EventIndex index) {
  auto events = read_events(session, index, 1);
  if (!events) return fail(events.error());
  if (events->empty()) return fail(ErrorKind::kNotFound, "no_such_event", "the log has no event of that number");
  return std::move(events->front());
}

}  // namespace

Result<void> erase_content(const std::string& connection_string, EventIndex record) {
  auto opened = Session::open({.connection_string = connection_string, .role = "ishi_eraser"});
  if (!opened) return fail(opened.error());
  Session& session = **opened;
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

}  // namespace ishi::sql
