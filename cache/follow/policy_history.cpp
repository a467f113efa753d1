#include "cache/follow/policy_history.h"

#include "registry/policy/reading/policy_text.h"

namespace ishi::cache {

Result<void> PolicyHistory::add(EventIndex index, const PolicyPublished& published) {
  auto reading = read_policy(published.documents);
  if (!reading.book) {
    const auto& first = reading.complaints.front();
    return fail(ErrorKind::kCorrupt, "policy_unreadable",
                "policy event " + std::to_string(index.value()) + ": " + first.document + ":" +
                    std::to_string(first.line) + ": " + first.field + " " + first.message);
  }
  add(index, std::move(reading.book));
  return {};
}

void PolicyHistory::add(EventIndex index, std::shared_ptr<const PolicyBook> book) {
  const WriterLock lock(mutex_);
  versions_.emplace(index, std::move(book));
}

void PolicyHistory::clear() {
  const WriterLock lock(mutex_);
  versions_.clear();
}

std::vector<EventIndex> PolicyHistory::events() const {
  const ReaderLock lock(mutex_);
  std::vector<EventIndex> events;
  for (const auto& [index, book] : versions_) events.push_back(index);
  return events;
}

std::optional<PolicyHistory::Version> PolicyHistory::at(Position position) const {
  const ReaderLock lock(mutex_);
  auto after = versions_.lower_bound(position.next_index());
  if (after == versions_.begin()) return std::nullopt;
  --after;
  return Version(after->first, after->second);
}

}  // namespace ishi::cache
