#include "api/server/fsck_task.h"

#include <span>
#include <vector>

#include "api/host/system_clock.h"
#include "api/operations/health.h"
#include "api/operations/projection_check.h"
#include "sql/fsck/verify_store.h"

namespace ishi::api {
namespace {

constexpr std::size_t kFindingsMax = 100;

using Persons = std::span<const sql::VerifyOptions::Person>;

// Those events whose persons this node holds otherwise than the log says.
Result<std::vector<EventIndex>> differing(const EventLog& events, const StatusSource& status, Persons persons) {
  const Result<View> view = local_view(status);
  if (!view) return fail(view.error());
  std::vector<EventIndex> found;
  for (const auto& person : persons) {
    if (Position::after(person.event) > view->position) continue;  // this node has not come to it yet
    const auto same = holds_what_the_log_says(events, status, *view, person.token);
    if (!same) return fail(same.error());
    if (!*same) found.push_back(person.event);
  }
  return found;
}

}  // namespace

FsckTask::FsckTask(const Config& config, const EventLog& events, const StatusSource& status,
                   const std::unique_ptr<EvidenceParts>& evidence)
    : database_(config.database),
      busy_percent_(static_cast<int>(config.fsck.busy_percent)),
      events_(events),
      status_(status),
      evidence_(evidence) {}

Result<FsckWatch::Outcome> FsckTask::check(const FsckWatch::Controls& controls) const {
  sql::VerifyOptions options;
  options.connection_string = database_.connection;
  options.role = database_.role;
  options.fold = false;
  options.busy_percent = busy_percent_;
  options.findings_max = kFindingsMax;
  options.now = SystemClock().now();
  options.stop = controls.stop;
  options.progress = [&controls](Position done, Position) { controls.progress(done.events()); };
  options.compare_people = [this](Persons persons) { return differing(events_, status_, persons); };
  if (evidence_) {
    options.keys = evidence_->keys();
    if (const auto last = evidence_->last_signed()) options.remembered.push_back({"signer", *last});
  }
  const auto report = sql::verify_store(options);
  if (!report) return fail(report.error());
  FsckWatch::Outcome outcome{report->head.position.events(), report->findings_count, {}};
  for (const sql::Finding& finding : report->findings) outcome.first.emplace_back(finding.code, finding.place);
  return outcome;
}

}  // namespace ishi::api
