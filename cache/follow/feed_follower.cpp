#include "cache/follow/feed_follower.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace ishi::cache {

FeedFollower::FeedFollower(const EventLog& log, ChangeFeed& feed, Projection& people, PolicyHistory& policies,
                           FreshnessBarrier& barrier, Report report, FollowerLimits limits, DeepFollower* deep)
    : log_(log),
      feed_(feed),
      people_(people),
      policies_(policies),
      barrier_(barrier),
      report_(std::move(report)),
      limits_(limits),
      deep_(deep) {}

FeedFollower::~FeedFollower() {
  stop();
}

void FeedFollower::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void FeedFollower::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  barrier_.stop();
  thread_.join();
}

std::chrono::steady_clock::time_point FeedFollower::caught_up_at() const {
  return std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(caught_up_at_.load()));
}

Result<bool> FeedFollower::advance() {
  const Head from = barrier_.applied();
  const Position before = from.position;
  const auto asked_at = std::chrono::steady_clock::now();
  auto events = log_.read(before.next_index(), limits_.events_per_read_max);
  if (!events) return fail(events.error());
  if (!events->empty()) {
    for (const StoredEvent& stored : *events)
      if (const auto* published = std::get_if<PolicyPublished>(&stored.event.body))
        if (auto added = policies_.add(stored.index, *published); !added) return fail(added.error());
    if (auto applied = people_.apply(log_, *events, deep_ ? &touched_ : nullptr); !applied)
      return fail(applied.error());
    const Head upto{Position::after(events->back().index), events->back().event.registered_at};
    if (deep_) tell_deep(from, upto, *events);
    barrier_.announce(upto);
  }
  const bool more = events->size() == limits_.events_per_read_max;
  if (!more) caught_up_at_.store(asked_at.time_since_epoch().count());
  return more;
}

void FeedFollower::tell_deep(const Head& from, const Head& upto, std::span<const StoredEvent> events) {
  const bool erased = std::any_of(events.begin(), events.end(), [](const StoredEvent& stored) {
    return std::holds_alternative<RecordErased>(stored.event.body);
  });
  deep_->followed({from, upto, std::exchange(touched_, {}), erased});
}

void FeedFollower::run(const std::stop_token& stop) {
  std::string last_trouble;
  if (const Head from = barrier_.applied(); deep_) tell_deep(from, from, {});  // where this node starts
  while (!stop.stop_requested()) {
    auto advanced = advance();
    if (!advanced) {
      if (advanced.error().code != last_trouble) report_(advanced.error());
      last_trouble = advanced.error().code;
      std::this_thread::sleep_for(limits_.retry_wait);
      continue;
    }
    last_trouble.clear();
    if (*advanced) {
      if (auto head = log_.head(); head)
        lag_events_.store(head->position.events() -
                          std::min(head->position.events(), barrier_.applied().position.events()));
      continue;
    }
    lag_events_.store(0);
    if (auto seen = feed_.wait_beyond(barrier_.applied().position, limits_.wait_max); !seen)
      std::this_thread::sleep_for(limits_.retry_wait);  // polling goes on; read() above reports real trouble
  }
}

}  // namespace ishi::cache
