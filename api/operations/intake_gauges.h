// The figures of the sources in GET /metrics (registry/intake). Labelled gauges name at most a hundred of them.
#pragma once

#include "api/intake/intake_handler.h"
#include "api/operations/metrics.h"

namespace ishi::api {

// Before serving; both outlive the server.
void add_intake_gauges(Metrics& metrics, const IntakeHandler& intake);

}  // namespace ishi::api
