// A complete EventLog, ChangeFeed, Evidence and IntakeBooks in memory, for tests and for nothing else. It keeps every
// promise of registry/ports/event_log.h (tests/contract/event_log_contract.h) and scolds its callers: a broken REQUIRES
// aborts. It forgets nothing and is slow on purpose: what it computes, it computes in the plainest way.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry/ports/change_feed.h"
#include "registry/ports/event_log.h"
#include "registry/ports/evidence.h"
#include "registry/ports/intake_books.h"

namespace ishi::testing {

class MemoryLog final : public EventLog, public ChangeFeed, public Evidence, public IntakeBooks {
 public:
  explicit MemoryLog(const Clock& clock) : clock_(clock) {}

  Result<Appended> append(AppendRequest request) override;
  Result<Head> head() const override;
  Result<Head> head_at_once() const override { return head(); }
  Result<std::vector<StoredEvent>> read(EventIndex from, std::size_t limit) const override;
  Result<std::vector<StoredEvent>> read_about(std::span<const Token> tokens, Position upto) const override;
  Result<Position> position_at(Timestamp known_at) const override;
  Result<std::optional<EventIndex>> latest_policy(Position upto) const override;
  Result<std::optional<std::string>> find_answer(const IdempotencyKey& key) const override;
  Result<std::vector<IntakeSource>> sources() const override;

  Result<void> note(const IntakeNote& note, Timestamp at) override;
  Result<std::map<std::string, IntakeRecord>> intake(CivilDate today) const override;

  Result<Position> wait_beyond(Position seen, std::chrono::milliseconds timeout) override;

  Result<Frontier> frontier() const override;
  Result<std::vector<StoredLeaf>> read_leaves(EventIndex from, std::size_t limit) const override;
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> tiles) const override;

  // From now on every call fails so, until nullopt. An append that fails writes nothing.
  void break_with(std::optional<Error> error);
  void erase(EventIndex index);  // content and salt, as an eraser would

 private:
  struct Entry {
    std::optional<Event> event;  // nullopt: erased
    Timestamp registered_at;
    StoredLeaf leaf;
  };
  struct Answer {
    Digest body_digest{};
    Appended appended;
  };
  Result<void> available() const;
  BelievedTimes times_below(std::uint64_t end) const;
  StoredEvent stored(std::uint64_t index) const;
  std::set<std::uint64_t> erased_below(std::uint64_t end) const;  // named by a RecordErased

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::optional<Error> broken_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> healings_;
  std::map<std::pair<std::string, std::string>, Answer> answers_;
  std::map<std::string, IntakeSource> sources_;
  std::map<std::string, IntakeRecord> intake_;  // `numbered` stays empty: sources_ has it
};

}  // namespace ishi::testing
