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
  std::optional<PersonStatus> said = population.find(token);
  if (held->level != TokenLevel::kExact) return !said;
  if (held->persons.empty() || !said) return held->persons.empty() && !said;
  if (held->persons.size() != 1) return false;
  PersonStatus here = held->persons.front();
  here.as_of = said->as_of = Position();  // when it was last touched is each tier's own affair
  return here == *said;
}

}  // namespace ishi::api
