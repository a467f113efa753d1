#include "api/operations/intake_gauges.h"

namespace ishi::api {

void add_intake_gauges(Metrics& metrics, const IntakeHandler& intake) {
  using Stats = IntakeHandler::Stats;
  using SourceFigures = IntakeHandler::SourceFigures;
  const auto total = [&](const char* name, const char* help, std::uint64_t Stats::*member) {
    metrics.add_gauge(name, help, [&intake, member] { return static_cast<double>(intake.stats().*member); });
  };
  metrics.add_gauge("ishi_intake_readable",
                    "0 when the books of the sources cannot be read: the other ishi_intake_ stats mean nothing. Alarm.",
                    [&intake] { return intake.stats().readable ? 1.0 : 0.0; });
  total("ishi_intake_sources", "Sources known to the books or to the policy.", &Stats::sources);
  total("ishi_intake_attention", "Sources that need a person: GET /v1/intake?attention=true. Alarm.",
        &Stats::attention);
  total("ishi_intake_late_sources", "Sources that owe something since today's hour.", &Stats::late);
  total("ishi_intake_silent_sources", "Sources that let a whole owed day, week or month go by.", &Stats::silent);
  total("ishi_intake_quiet_sources", "Sources whose usual lines have stopped.", &Stats::quiet);
  total("ishi_intake_undeclared_sources", "Sources of which the policy says nothing.", &Stats::undeclared);
  const auto each = [&](const char* name, const char* help, auto member) {
    metrics.add_labelled_gauge(name, help, "source", [&intake, member] {
      Metrics::Labelled values;
      for (const SourceFigures& one : intake.stats().troubled)
        if (const auto value = static_cast<double>(one.*member); value > 0) values.emplace_back(one.source, value);
      return values;
    });
  };
  each("ishi_intake_gaps", "Sequence numbers of a source that have not arrived.", &SourceFigures::missing_numbers);
  each("ishi_intake_missed", "Owed deliveries that went by since the last one.", &SourceFigures::missed);
  each("ishi_intake_zero_volume_days", "Days without one line of a kind that usually comes on them.",
       &SourceFigures::zero_volume_days);
  each("ishi_intake_trailer_disagreements", "Batches whose announced lines were not those that arrived.",
       &SourceFigures::disagreements);
}

}  // namespace ishi::api
