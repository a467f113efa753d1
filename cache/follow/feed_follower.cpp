#include "cache/follow/feed_follower.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "registry/assert.h"

namespace ishi::cache {

namespace {

constexpr std::chrono::milliseconds kUnconfirmedWait{50};

std::vector<FeedProjection*> without_null(std::vector<FeedProjection*> projections) {
  std::erase(projections, nullptr);
  return projections;
}

// The part of a gapless batch that a projection has not applied yet.
std::span<const StoredEvent> beyond(Position position, std::span<const StoredEvent> events) {
  const std::uint64_t first = events.front().index.value();
  ISHI_ASSERT(position.events() >= first);
  return events.subspan(std::min<std::size_t>(position.events() - first, events.size()));
}

}  // namespace

FeedFollower::FeedFollower(const EventLog& log, ChangeFeed& feed, std::vector<FeedProjection*> projections,
                           PolicyHistory& policies, FreshnessBarrier& barrier, Report report, FollowerLimits limits)
    : log_(log),
      feed_(feed),
      projections_(without_null(std::move(projections))),
      policies_(policies),
      barrier_(barrier),
      report_(std::move(report)),
      limits_(limits) {}

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

Result<void> FeedFollower::check_history(Position applied, std::span<const StoredEvent> read) const {
  if (applied.events() == 0) return {};
  if (read.empty() || read.front().index.value() != applied.events() - 1)
    return fail(ErrorKind::kCorrupt, "log_went_back", "the log ends before what this node has applied");
  return barrier_.check({applied, read.front().event.registered_at, read.front().commitment});
}

Result<bool> FeedFollower::advance() {
  const Position before = barrier_.applied().position;
  const auto asked_at = std::chrono::steady_clock::now();
  confirmed_ = !limits_.log_is_confirmed || limits_.log_is_confirmed();
  // The last applied event comes once more, to see that it is still the one that was applied.
  const std::size_t again = before.events() > 0 ? 1 : 0;
  auto read = log_.read(EventIndex(before.events() - again), limits_.events_per_read_max + again);
  if (!read) return fail(read.error());
  if (auto same = check_history(before, *read); !same) return fail(same.error());
  barrier_.remember(*read);
  const std::span<const StoredEvent> events = std::span<const StoredEvent>(*read).subspan(again);
  if (!events.empty()) {
    for (const StoredEvent& stored : events)
      if (const auto* published = std::get_if<PolicyPublished>(&stored.event.body))
        if (auto added = policies_.add(stored.index, *published); !added) return fail(added.error());
    if (auto fed = feed_projections(events); !fed) return fail(fed.error());
    const StoredEvent& last = events.back();
    barrier_.announce({Position::after(last.index), last.event.registered_at, last.commitment});
  }
  const bool more = events.size() == limits_.events_per_read_max;
  if (!more && confirmed_) caught_up_at_.store(asked_at.time_since_epoch().count());
  return more;
}

Result<void> FeedFollower::feed_projections(std::span<const StoredEvent> events) {
  for (FeedProjection* projection : projections_) {
    const auto next = beyond(projection->position(), events);
    if (next.empty()) continue;
    if (auto applied = projection->apply(log_, next); !applied) return applied;
  }
  return {};
}

void FeedFollower::run(const std::stop_token& stop) {
  std::string last_trouble;
  const Head start = barrier_.applied();
  for (FeedProjection* projection : projections_) projection->begin_at(start);
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
    for (FeedProjection* projection : projections_)
      if (auto settled = projection->settle(log_); !settled) report_(settled.error());
    const auto wait_max = confirmed_ ? limits_.wait_max : std::min(limits_.wait_max, kUnconfirmedWait);
    if (auto seen = feed_.wait_beyond(barrier_.applied().position, wait_max); !seen)
      std::this_thread::sleep_for(limits_.retry_wait);  // polling goes on; read() above reports real trouble
  }
}

}  // namespace ishi::cache
