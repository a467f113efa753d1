// GET /v1/changes?since=P&wait=S: what has changed since a Position, one NDJSON line per token concerned:
//   {"position":P,"registered_at":…,"kind":"objection","token":…}     position: since for what comes after this event
//   {"position":P,"registered_at":…,"kind":"policy_published"}        answers may have changed for anybody
// Markers only: what changed is asked of /v1/filter. Headers Ishi-Position (the next since) and Ishi-More. Any thread;
// a long poll blocks its thread, at most waiting_max of them.
#pragma once

#include "api/auth/principal.h"
#include "api/feeds/feed_request.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class Changes {
 public:
  Changes(const EventLog& log, const StatusSource& status, FeedLimits limits = {}) : log_(log), poll_(status, limits) {}
  Response handle(const Request& request, const Principal& principal) const;
  void stop() { poll_.stop(); }  // nobody waits any more

 private:
  Result<FeedPage> page(const View& view, Position since, const Principal& principal) const;

  const EventLog& log_;
  LongPoll poll_;
};

}  // namespace ishi::api
