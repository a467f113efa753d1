// The gate: what a primary waits for before its first acknowledgement. Servers believe a head for kHeadLeaseMax after
// the begin of the last commit that the standbys confirmed (sql/standby/head_lease.h). So a primary that has just taken
// over (its timeline is not the one in log_head), or that waits for fewer standbys than log_head names, first holds the
// log's lock for longer than that: when it acknowledges, nobody believes the primary before it, or the standby that is
// no longer waited for. The pause is measured here, by a clock that only goes on; the next one, or one after a crash,
// finds the gate as closed as before.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "registry/result.h"
#include "sql/session/session.h"

namespace ishi::sql {

inline constexpr std::chrono::milliseconds kHeadLeaseMax{1'000};  // no server may believe a head for longer
inline constexpr std::chrono::milliseconds kGateMargin{250};      // clocks run unevenly: 25 %

struct Waiting {
  std::string_view timeline;
  std::string_view standbys;  // of log_head: as stored; of the server: its synchronous_standby_names
};

// In the transaction that holds log_head's lock. `stored` is what log_head says, `here` what the server says. Returns
// the standbys that log_head now names. Blocks for kHeadLeaseMax + kGateMargin where the gate is closed.
Result<std::string> pass_gate(Session& session, const Waiting& stored, const Waiting& here);
bool gate_is_open(const Waiting& stored, const Waiting& here);

// After a commit whose log_head named `standbys`, before it is acknowledged: blocks as pass_gate() does if the server
// waits for fewer by now. What is left: a server that has not yet been told of its new configuration.
Result<void> wait_if_fewer_waited(Session& session, const std::string& standbys);

}  // namespace ishi::sql
