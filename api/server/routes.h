// The route table of ishid, in one place. What each route does is its room's; who may is auth/permissions'.
#pragma once

#include <cstddef>

#include "api/feeds/changes.h"
#include "api/feeds/recalls.h"
#include "api/filter/filter_desk.h"
#include "api/http/router.h"
#include "api/intake/intake_desk.h"
#include "api/server/erasure_desk.h"
#include "api/server/health.h"
#include "api/server/metrics.h"
#include "api/server/policy_desk.h"
#include "api/writes/writes.h"

namespace ishi::api {

// Everything that answers. All outlive the router.
struct Desks {
  FilterDesk& filter;
  const Writes& writes;
  const Changes& changes;
  const Recalls& recalls;
  const PolicyDesk& policy;
  const ErasureDesk& erasures;
  Health& health;
  Metrics& metrics;
  const EventLog& log;
  const IntakeDesk& intake;
};

void add_routes(Router& router, const Desks& desks, std::size_t write_body_bytes_max);

}  // namespace ishi::api
