// Reads the log's head from a standby, so that strict questions scale with standbys. That is right only while no
// append is acknowledged before this standby has applied it: appends commit with synchronous_commit = remote_apply, and
// the primary must wait for this standby at every commit. A thread looks again and again whether it does:
//   - the standby's cluster_name is one of those that synchronous_standby_names always waits for (standby_names.h)
//   - both are of one cluster (system identifier), the one is a primary and the other is not
//   - the standby is receiving (each head read asks this again)
// Each look is good for trust_max. Otherwise, and while the standby is away, slow or behind what the asker has already
// applied, the head is the primary's. So an answer may be slower, never stale. The operator ensures two things:
// fencing a lost primary takes longer than trust_max before another takes writes, and a standby leaves this
// configuration before it leaves synchronous_standby_names (ops/README.md).
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "registry/ports/head_source.h"

namespace ishi::sql {

struct PgStandbyOptions {
  std::string connection_string;  // the standby's
  std::string primary_connection_string;
  std::string role = "ishi_service";
  std::size_t sessions_max = 2;
  int lookup_ms_max = 500;  // then the primary is asked
  std::chrono::milliseconds check_every{500}, trust_max{2'000};
};

class PgStandbyHeads : public HeadSource {
 public:
  struct Stats {
    bool trusted = false;
    std::uint64_t from_standby = 0, from_primary = 0;
    std::uint64_t behind = 0;  // of those from the primary: the standby was behind the asker
  };
  virtual Stats stats() const = 0;
};

// `primary` outlives it. `report` is called on a thread of its own with every change of the verdict: kUnavailable with
// code standby_not_waited_for, standby_of_another_log, standby_promoted or what the databases say; an empty code:
// trusted.
std::unique_ptr<PgStandbyHeads> make_pg_standby_heads(PgStandbyOptions options, const EventLog& primary,
                                                      std::function<void(const Error&)> report);

}  // namespace ishi::sql
