#include "api/operations/projection_check.h"

#include "registry/status/population.h"

namespace ishi::api {

Result<bool> holds_what_the_log_says(const EventLog& log, const StatusSource& status, const View& view,
                                     const Token& token) {
  const auto held = status.find(view, token, nullptr);
  if (!held) return fail(held.error());
  const auto events = log.read_about({&token, 1}, view.position);
  if (!events) return fail(events.error());
  Population population;
  for (const StoredEvent& stored : *events) {
    population.skip_to(stored.index);
    population.apply(stored.index, stored.event);
  }
  std::optional<PersonStatus> folded = population.find(token);
  if (held->level != TokenLevel::kExact) return !folded;
  if (held->persons.empty() || !folded) return held->persons.empty() && !folded;
  if (held->persons.size() != 1) return false;
  PersonStatus ours = held->persons.front();
  ours.as_of = folded->as_of = Position();  // when it was last touched is each tier's own affair
  return ours == *folded;
}

}  // namespace ishi::api
