#include "sql/log/answer_pruner.h"

#include "sql/log/event_rows.h"
#include "sql/session/session.h"

namespace ishi::sql {

Result<std::uint64_t> prune_answers(const AnswerPrunerOptions& options, const std::function<bool()>& goes_on) {
  auto session = Session::open({.connection_string = options.connection_string, .role = options.role});
  if (!session) return fail(session.error());
  const auto head = read_head(**session);
  if (!head) return fail(head.error());
  const std::int64_t before =
      head->last_registered_at.plus_seconds(-std::int64_t{86'400} * options.kept_days).microseconds();
  std::uint64_t gone = 0;
  while (goes_on()) {
    auto rows = (*session)->run(kPruneAnswers, Parameters().number(before).number(options.rows_per_statement));
    if (!rows) return fail(rows.error());
    gone += rows->count(0, 0);
    if (rows->number(0, 0) < options.rows_per_statement) break;
  }
  return gone;
}

}  // namespace ishi::sql
