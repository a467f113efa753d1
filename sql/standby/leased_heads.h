// The primary's heads, as far as the lease covers them. Any thread.
#pragma once

#include <memory>

#include "registry/ports/head_source.h"
#include "sql/log/pg_event_log.h"
#include "sql/standby/head_lease.h"

namespace ishi::sql {

// Both outlive it. Errors besides those of EventLog::head: kUnavailable "head_unconfirmed" (also after a short wait for
// the next confirmation), "database_replaced".
std::unique_ptr<HeadSource> make_leased_heads(const PgLog& primary, const HeadLease& lease);

}  // namespace ishi::sql
