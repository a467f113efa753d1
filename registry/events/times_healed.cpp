#include "registry/events/times_healed.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "registry/events/event.h"

namespace ishi {
namespace {

template <typename Body>
constexpr bool kForbids = std::is_same_v<Body, Objection> || std::is_same_v<Body, ConsentWithdrawn>;

}  // namespace

void BelievedTimes::add(EventIndex at, Timestamp stored, const TimesHealed& healed) {
  if (healed.first >= at || healed.healed_at > stored || healed.not_before > healed.healed_at) return;
  if (!healings_.empty() && healings_.back().at >= at) return;
  healings_.push_back({at, healed.first, stored, healed.not_before, healed.healed_at});
}

Timestamp BelievedTimes::registered_at(EventIndex index, Timestamp stored) const {
  Timestamp believed = stored;
  for (const Healing& healing : healings_) {
    if (index < healing.first) continue;
    if (index < healing.at) {
      believed = std::min(believed, healing.healed_at);
      continue;
    }
    const std::int64_t since = stored.microseconds() - healing.stored.microseconds();
    believed =
        std::max(healing.healed_at,
                 std::min(stored, Timestamp(healing.healed_at.microseconds() + 2 * std::max<std::int64_t>(0, since))));
  }
  return believed;
}

void BelievedTimes::correct(EventIndex index, Event& event) const {
  if (healings_.empty()) return;
  event.registered_at = registered_at(index, event.registered_at);
  for (const Healing& healing : healings_) {
    if (index < healing.first || index >= healing.at) continue;
    std::visit(
        [&](auto& body) {
          if constexpr (requires { body.accepted_at; }) {
            if (body.accepted_at <= healing.healed_at) return;
            body.accepted_at = kForbids<std::remove_cvref_t<decltype(body)>> ? healing.not_before : healing.healed_at;
          }
        },
        event.body);
  }
}

Timestamp BelievedTimes::to_store(Timestamp now) const {
  if (healings_.empty()) return now;
  const Healing& last = healings_.back();
  const std::int64_t since = std::max<std::int64_t>(0, now.microseconds() - last.healed_at.microseconds());
  return std::max(now, Timestamp(last.stored.microseconds() + (since + 1) / 2));
}

}  // namespace ishi
