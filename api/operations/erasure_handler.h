// POST /v1/erasures: {"event": 4711, "ground": "…"} orders that the content of that event be destroyed.
// REGISTRY_KEYHOLDER only (dual control). What may go and what never: registry/commands/erasure.h. The order is itself
// an event: which event, on what legal ground, by whom, when. From then on no answer counts the fact, on no node, and
// no receipt of it can be had; the bytes themselves go once every node has had time to hear of it (server/wiring,
// `[erasure]`). The commitment stays, so every proof and checkpoint goes on to verify. Any thread.
#pragma once

#include <chrono>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class ErasureHandler {
 public:
  // Both outlive the handler.
  ErasureHandler(EventLog& log, const StatusSource& status, std::chrono::milliseconds freshness_wait_max)
      : log_(log), status_(status), freshness_wait_max_(freshness_wait_max) {}

  // 200 {"erased":…,"record":…,"position":…,"registered_at":…}; 404 beyond_the_log; 409 already_erased; 422 of
  // may_erase. With an Idempotency-Key it may be sent again.
  Response handle(const Request& request, const Principal& principal) const;

 private:
  Result<Appended> order(const Request& request, const Principal& principal, EventIndex target,
                         const std::string& ground) const;
  Result<void> check(EventIndex target) const;

  EventLog& log_;
  const StatusSource& status_;
  const std::chrono::milliseconds freshness_wait_max_;
};

}  // namespace ishi::api
