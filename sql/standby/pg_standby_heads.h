// Reads the log's head from a standby, so that strict questions scale with standbys. That is right only while no
// append is acknowledged before this standby has applied it: appends commit with synchronous_commit = remote_apply, and
// the primary must wait for this standby at every commit. So a head of it counts only while the lease runs
// (head_lease.h):
//   - the standby's cluster_name is one of those that the last confirmation waited for, and no other standby has it
//   - it is a standby, and it is receiving: each head read asks this, and its name, again
//   - both are of one cluster (system identifier): a thread looks again and again
// Otherwise, and while the standby is away, slow or behind what the asker has already applied, the head is the
// primary's. So an answer may be slower, never stale. One thing is the operator's: no two standbys have one
// cluster_name, also not one that follows a standby (the primary does not see it). Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "registry/ports/head_source.h"
#include "sql/standby/head_lease.h"

namespace ishi::sql {

struct PgStandbyOptions {
  std::string connection_string;  // the standby's
  std::string role = "ishi_service";
  std::size_t sessions_max = 2;
  int lookup_ms_max = 500;  // then the primary is asked
  std::chrono::milliseconds check_every{500};
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

// `lease` and `primary` outlive it. `report` is called on a thread of its own with every change of the verdict:
// kUnavailable with code standby_not_waited_for, standby_of_another_log, standby_promoted or what the databases say; an
// empty code: trusted.
std::unique_ptr<PgStandbyHeads> make_pg_standby_heads(PgStandbyOptions options, const HeadLease& lease,
                                                      const HeadSource& primary,
                                                      std::function<void(const Error&)> report);

}  // namespace ishi::sql
