// GET /v1/tasks?after=N&limit=M: what is owed to people and not done yet. Today that is the document of Art. 53 for
// each objection whose receipt was not recorded (LAW.md 3.9; T22). JSON:
//   {"position":P,"tasks":[{"task":"receipt","objection":I,"number":"I-c","token":…,"accepted_at":…,"form":"PAPER"}],
//    "after":N}                                                     after: present where more may follow; ask again
//    with it
// In the order of the log. A caller sees the tasks of its own institution or organisation, REGISTRY_OPS all. A task is
// done when POST /v1/receipts has recorded the document. form: ELECTRONIC only where the person agreed to it before.
// Errors: 400 invalid_parameter, 403 tasks_not_yours (call agents read nothing back), 503 tasks_not_kept. Any thread.
#pragma once

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/ports/open_tasks.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

constexpr std::size_t kTasksMax = 1'000, kTasksUsual = 100;  // of one answer

class Tasks {
 public:
  Tasks(const StatusSource& status, const OpenTasks& tasks, std::chrono::milliseconds view_wait_max)
      : status_(status), tasks_(tasks), view_wait_max_(view_wait_max) {}
  Response handle(const Request& request, const Principal& principal) const;

 private:
  Result<Response> run(const Request& request, const Principal& principal) const;

  const StatusSource& status_;
  const OpenTasks& tasks_;
  const std::chrono::milliseconds view_wait_max_;
};

}  // namespace ishi::api
