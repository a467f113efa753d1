// Metrics: what GET /metrics tells, in Prometheus' text form. Counting is lock-free after the first time; gauges are
// read when asked. Labels come from our own lists (routes, codes), never from requests; those of sources are bounded.
// Any thread.
//
//   ishi_http_requests_total{route,method,status}  ishi_http_request_seconds{route}
//   ishi_http_body_bytes_total{direction} ishi_filter_rows_total{code}  and the gauges that wiring adds: ishi_position,
//   ishi_follower_lag_events, …
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/filter/answer.h"
#include "api/http/server_options.h"

namespace ishi::api {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void add_gauge(const std::string& name, const std::string& help, std::function<double()> read);  // before serving
  // One gauge for each label value that `read` gives, and no others: values may come and go. REQUIRES: few values.
  using Labelled = std::vector<std::pair<std::string, double>>;
  void add_labelled_gauge(const std::string& name, const std::string& help, std::string label,
                          std::function<Labelled()> read);
  void served(const Served& served);
  void filtered(const ReasonCounts& counts);
  std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ishi::api
