// GET /v1/recalls?since=P&wait=S: earlier answers that are now known to be wrong (T05, T11; LAW.md 3.10). An objection
// takes effect when the duty-bearer receives it; a run between that instant and its registration could not know it. The
// same happens when two identifiers turn out to be one person who had objected under the other.
//   {"position":P,"kind":"late_objection","token":…,"accepted_at":…,"registered_at":…,
//    "batch_id":…,"run":I,"regime":…,"holder":…,"recipient":…}        kind: late_objection or late_link
// One line per token and run: do not use what that run allowed of this token. A caller sees recalls of its own runs.
// Any thread; long polls as in changes.h.
#pragma once

#include "api/auth/principal.h"
#include "api/feeds/feed_request.h"
#include "api/feeds/run_book.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

class Recalls {
 public:
  Recalls(const EventLog& log, const StatusSource& status, FeedLimits limits = {})
      : log_(log), status_(status), runs_(log), poll_(status, limits) {}
  Response handle(const Request& request, const Principal& principal) const;
  void stop() { poll_.stop(); }  // nobody waits any more

 private:
  struct Cause {  // an objection that became known too late, for one token
    EventIndex index;
    std::string_view kind;
    Token token;
    Scope scope;
    Timestamp accepted_at, registered_at;
  };
  Result<FeedPage> page(const View& view, Position since, const Principal& principal) const;
  Result<std::vector<Cause>> causes_of(const View& view, const StoredEvent& stored) const;
  Result<std::vector<Cause>> causes_of_link(const View& view, const StoredEvent& stored,
                                            const TokensLinked& link) const;
  Result<std::size_t> put_lines(std::string& out, const View& view, const Cause& cause,
                                const Principal& principal) const;

  const EventLog& log_;
  const StatusSource& status_;
  mutable RunBook runs_;
  LongPoll poll_;
};

}  // namespace ishi::api
