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

AnswerPruner::AnswerPruner(AnswerPrunerOptions options, Report report)
    : options_(std::move(options)),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

AnswerPruner::~AnswerPruner() {
  thread_.request_stop();
  { const MutexLock lock(mutex_); }
  woken_.notify_all();
}

void AnswerPruner::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);  // not at once: a starting server has better things to do
      woken_.wait_for(lock.native(), options_.every, [&] { return stop.stop_requested(); });
    }
    if (stop.stop_requested()) return;
    report_(prune_answers(options_, [&] { return !stop.stop_requested(); }));
  }
}

}  // namespace ishi::sql
