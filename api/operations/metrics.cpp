#include "api/operations/metrics.h"

#include <array>
#include <map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "registry/threads/mutex.h"

namespace ishi::api {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                          0.25,   0.5,   1,     2.5,   5,    10,    30};

struct Key {
  std::string_view route;
  Method method;
  int status;
  friend auto operator<=>(const Key&, const Key&) = default;
};
struct Tally {
  prometheus::Counter* requests;
  prometheus::Histogram* seconds;
};
struct GaugeSource {
  prometheus::Gauge* gauge;
  std::function<double()> read;
};

struct LabelledSource {
  prometheus::Family<prometheus::Gauge>* family;
  std::string label;
  std::function<Metrics::Labelled()> read;
  std::vector<prometheus::Gauge*> shown;
};

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter().Name("ishi_http_requests_total").Help("Requests answered.").Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("ishi_http_request_seconds")
                                                           .Help("From the last byte received to the answer made.")
                                                           .Register(registry);
  prometheus::Family<prometheus::Counter>& bytes =
      prometheus::BuildCounter().Name("ishi_http_body_bytes_total").Help("Bytes of bodies.").Register(registry);
  prometheus::Family<prometheus::Counter>& rows =
      prometheus::BuildCounter().Name("ishi_filter_rows_total").Help("Rows of batches decided.").Register(registry);
  prometheus::Counter& bytes_in = bytes.Add({{"direction", "in"}});
  prometheus::Counter& bytes_out = bytes.Add({{"direction", "out"}});
  std::array<prometheus::Counter*, kReasonCodeCount> rows_by_code{};
  SharedMutex mutex;  // guards tallies; routes outlive us, so their names are keys as they are
  std::map<Key, Tally> tallies ISHI_GUARDED_BY(mutex);
  Mutex gauges_mutex;
  std::vector<GaugeSource> gauges ISHI_GUARDED_BY(gauges_mutex);
  std::vector<LabelledSource> labelled ISHI_GUARDED_BY(gauges_mutex);

  Tally tally_of(const Key& key) {
    {
      const ReaderLock lock(mutex);
      if (const auto found = tallies.find(key); found != tallies.end()) return found->second;
    }
    const std::string route = key.route.empty() ? "none" : std::string(key.route);
    const Tally tally{
        &requests.Add(
            {{"route", route}, {"method", std::string(name_of(key.method))}, {"status", std::to_string(key.status)}}),
        &seconds.Add({{"route", route}}, kSeconds)};
    const WriterLock lock(mutex);
    return tallies.emplace(key, tally).first->second;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  for (std::size_t i = 0; i < kReasonCodeCount; ++i)
    state_->rows_by_code[i] = &state_->rows.Add({{"code", std::string(ishi::name_of(static_cast<ReasonCode>(i)))}});
}
Metrics::~Metrics() = default;

void Metrics::add_gauge(const std::string& name, const std::string& help, std::function<double()> read) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add({});
  const MutexLock lock(state_->gauges_mutex);
  state_->gauges.push_back({&gauge, std::move(read)});
}

void Metrics::add_labelled_gauge(const std::string& name, const std::string& help, std::string label,
                                 std::function<Labelled()> read) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  const MutexLock lock(state_->gauges_mutex);
  state_->labelled.push_back({&family, std::move(label), std::move(read), {}});
}

void Metrics::served(const Served& served) {
  const Tally tally = state_->tally_of({served.route, served.method, served.status});
  tally.requests->Increment();
  tally.seconds->Observe(static_cast<double>(served.duration.count()) / 1e6);
  state_->bytes_in.Increment(static_cast<double>(served.bytes_in));
  state_->bytes_out.Increment(static_cast<double>(served.bytes_out));
}

void Metrics::filtered(const ReasonCounts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) state_->rows_by_code[i]->Increment(static_cast<double>(counts[i]));
}

std::string Metrics::text() {
  const MutexLock lock(state_->gauges_mutex);  // to the end: what is shown must not go away meanwhile
  for (const GaugeSource& source : state_->gauges) source.gauge->Set(source.read());
  for (LabelledSource& source : state_->labelled) {
    for (prometheus::Gauge* gauge : source.shown) source.family->Remove(gauge);
    source.shown.clear();
    for (const auto& [value, number] : source.read()) {
      prometheus::Gauge& gauge = source.family->Add({{source.label, value}});
      gauge.Set(number);
      source.shown.push_back(&gauge);
    }
  }
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace ishi::api
