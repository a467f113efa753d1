// FsckTask: one check of the whole log, as FsckWatch runs it beside the service: the stored log against itself, against
// what was signed last, and the persons of a few events against what this node holds of them.
#pragma once

#include <memory>

#include "api/operations/fsck_watch.h"
#include "api/server/config.h"
#include "api/server/evidence_parts.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class FsckTask {
 public:
  // `evidence` may point to null (no key configured) and is set before the first check. All outlive the task.
  FsckTask(const Config& config, const EventLog& events, const StatusSource& status,
           const std::unique_ptr<EvidenceParts>& evidence);
  // The thread of the watch. Errors: those of sql::verify_store.
  Result<FsckWatch::Outcome> check(const FsckWatch::Controls& controls) const;

 private:
  const Config::Database database_;
  const int busy_percent_;
  const EventLog& events_;
  const StatusSource& status_;
  const std::unique_ptr<EvidenceParts>& evidence_;
};

}  // namespace ishi::api
