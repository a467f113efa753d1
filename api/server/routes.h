// The route table of ishid, in one place. What each route does is its room's; who may is auth/permissions'.
#pragma once

#include <cstddef>

#include "api/feeds/changes.h"
#include "api/feeds/recalls.h"
#include "api/feeds/tasks.h"
#include "api/filter/filter_handler.h"
#include "api/http/router.h"
#include "api/intake/intake_handler.h"
#include "api/operations/erasure_handler.h"
#include "api/operations/health.h"
#include "api/operations/metrics.h"
#include "api/policy/policy_handler.h"
#include "api/writes/writes.h"

namespace ishi::api {

// Everything that answers. All outlive the router.
struct Handlers {
  FilterHandler& filter;
  const Writes& writes;
  const Changes& changes;
  const Recalls& recalls;
  const PolicyHandler& policy;
  const ErasureHandler& erasures;
  Health& health;
  Metrics& metrics;
  const EventLog& log;
  const IntakeHandler& intake;
  const Tasks& tasks;
};

void add_routes(Router& router, const Handlers& handlers, std::size_t write_body_bytes_max);

}  // namespace ishi::api
