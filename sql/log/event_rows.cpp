#include "sql/log/event_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "registry/assert.h"
#include "registry/events/event_codec.h"
#include "registry/merkle/leaf.h"
#include "registry/ports/append_checks.h"
#include "sql/log/log_tail.h"

namespace ishi::sql {
namespace {

constexpr std::uint64_t kPositionMax = (std::uint64_t{1} << 63) - 1;

Error not_there() {
  return {ErrorKind::kNotFound, "no_such_tile", "the log is not that long yet"};
}

// Columns: index, registered_at, body, and the commitment where it is asked for.
Result<StoredEvent> event_of(const Rows& rows, std::size_t i, Bytes& buffer, bool with_commitment = false) {
  const EventIndex index(rows.count(i, 0));
  Digest commitment{};
  if (with_commitment && !rows.bytes_exactly(i, 3, commitment))
    return fail(ErrorKind::kCorrupt, "event_malformed", "a row of the log is malformed; run: ishi audit rebuild");
  if (rows.is_null(i, 2))
    return StoredEvent{index, {Timestamp(rows.number(i, 1)), "", RecordErased{index, ""}}, commitment};
  rows.bytes_into(i, 2, buffer);
  auto event = decode_event(buffer);
  if (event) return StoredEvent{index, *std::move(event), commitment};
  Error error = event.error();
  error.detail += " at index " + std::to_string(index.value());
  return fail(std::move(error));
}

Result<void> collect(const Result<Rows>& rows, std::map<EventIndex, Event>& events, std::vector<const Event*>& fresh) {
  if (!rows) return fail(rows.error());
  Bytes buffer;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (events.contains(EventIndex(rows->count(i, 0)))) continue;
    auto event = event_of(*rows, i, buffer);
    if (!event) return fail(event.error());
    fresh.push_back(&events.emplace(event->index, std::move(event->event)).first->second);
  }
  return {};
}

// Healings come with what is read about people, and are about nobody.
BelievedTimes take_healings(std::map<EventIndex, Event>& events) {
  BelievedTimes times;
  for (auto at = events.begin(); at != events.end();) {
    const auto* healed = std::get_if<TimesHealed>(&at->second.body);
    if (healed == nullptr) {
      ++at;
      continue;
    }
    times.add(at->first, at->second.registered_at, *healed);
    at = events.erase(at);
  }
  return times;
}

std::uint64_t end_of(EventIndex from, std::size_t limit) {
  return std::min(kPositionMax, std::min(kPositionMax, from.value()) + limit);
}

}  // namespace

Result<PrimaryHead> read_primary_head(Session& session, std::chrono::milliseconds silence_max) {
  auto rows = session.run(kReadHead, {}, silence_max);
  if (!rows) return fail(rows.error());
  if (rows->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
  if (rows->is_null(0, 3)) {
    session.discard();
    return fail(ErrorKind::kUnavailable, "database_read_only", "this is a standby; connect to the primary");
  }
  PrimaryHead read{{Position(rows->count(0, 0)), Timestamp(rows->number(0, 1))}, std::string(rows->text(0, 3))};
  if (!rows->bytes_exactly(0, 2, read.head.last_commitment)) read.head.last_commitment = {};
  return read;
}

Result<Head> read_head(Session& session, std::chrono::milliseconds silence_max) {
  auto read = read_primary_head(session, silence_max);
  if (!read) return fail(read.error());
  return read->head;
}

Result<BelievedTimes> read_believed_times(Session& session, Position upto) {
  const auto rows = session.run(kReadHealings, Parameters().number(upto.events()));
  if (!rows) return fail(rows.error());
  BelievedTimes times;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto event = decode_event(rows->bytes(i, 1));
    const auto* healed = event ? std::get_if<TimesHealed>(&event->body) : nullptr;
    if (healed == nullptr)
      return fail(ErrorKind::kCorrupt, "event_malformed", "a row of the log is malformed; run: ishi audit rebuild");
    times.add(EventIndex(rows->count(i, 0)), event->registered_at, *healed);
  }
  return times;
}

// The healings are read last: an event below one that was read is read as that one says.
Result<std::vector<StoredEvent>> read_events(Session& session, EventIndex from, std::size_t limit) {
  const std::uint64_t end = end_of(from, limit);
  auto rows = session.run(kReadEvents, Parameters().number(std::min(from.value(), end)).number(end));
  if (!rows) return fail(rows.error());
  std::vector<StoredEvent> events;
  events.reserve(rows->size());
  Bytes buffer;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (rows->count(i, 0) != from.value() + i) {
      return fail(ErrorKind::kCorrupt, "event_missing", "a row of the log is missing; run: ishi audit rebuild");
    }
    auto event = event_of(*rows, i, buffer, true);
    if (!event) return fail(event.error());
    events.push_back(*std::move(event));
  }
  if (events.empty()) return events;
  const auto times = read_believed_times(session, Position(kPositionMax));
  if (!times) return fail(times.error());
  for (StoredEvent& stored : events) times->correct(stored.index, stored.event);
  return events;
}

// Links are followed round by round. Each round asks about tokens that no round before knew, so it ends.
Result<std::vector<StoredEvent>> read_events_about(Session& session, std::span<const Token> tokens, Position upto) {
  const auto too_many = [] {
    return fail(ErrorKind::kTooLarge, "too_many_tokens", "ask about fewer tokens at a time");
  };
  std::set<Token> persons(tokens.begin(), tokens.end()), households;
  std::vector<Token> next(persons.begin(), persons.end());
  std::map<EventIndex, Event> events;
  while (!next.empty()) {
    if (persons.size() > kAboutTokensMax) return too_many();
    std::vector<const Event*> fresh;
    auto rows = session.run(kReadAbout, Parameters().tokens(next).number(upto.events()));
    if (auto done = collect(rows, events, fresh); !done) return fail(done.error());
    next.clear();
    for (const Event* event : fresh) {
      if (const auto* identity = std::get_if<TokenIdentity>(&event->body);
          identity && persons.contains(identity->exact)) {
        households.insert(identity->household);
      }
      const auto* link = std::get_if<TokensLinked>(&event->body);
      if (link == nullptr) continue;
      for (const Token& token : {link->first, link->second}) {
        if (persons.insert(token).second) next.push_back(token);
      }
    }
  }
  std::vector<Token> cards;
  std::set_difference(households.begin(), households.end(), persons.begin(), persons.end(), std::back_inserter(cards));
  if (!cards.empty()) {
    std::vector<const Event*> fresh;
    auto rows = session.run(kReadHouseholdObjections, Parameters().tokens(cards).number(upto.events()));
    if (auto done = collect(rows, events, fresh); !done) return fail(done.error());
  }
  const BelievedTimes times = take_healings(events);
  std::vector<StoredEvent> found;
  found.reserve(events.size());
  for (auto& [index, event] : events) {
    times.correct(index, event);
    found.push_back({index, std::move(event)});
  }
  return found;
}

// The believed time never falls, so a binary search over the primary key finds the place without an index of its own.
Result<Position> read_position_at(Session& session, Timestamp known_at) {
  auto head = read_head(session);
  if (!head) return fail(head.error());
  std::uint64_t low = 0, high = head->position.events();
  if (head->last_registered_at <= known_at) return head->position;
  const auto times = read_believed_times(session, head->position);
  if (!times) return fail(times.error());
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    auto rows = session.run(kRegisteredAt, Parameters().number(middle));
    if (!rows) return fail(rows.error());
    if (rows->size() != 1)
      return fail(ErrorKind::kCorrupt, "event_missing", "a row of the log is missing; run: ishi audit rebuild");
    if (times->registered_at(EventIndex(middle), Timestamp(rows->number(0, 0))) <= known_at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Position(low);
}

Result<std::optional<EventIndex>> read_latest_policy(Session& session, Position upto) {
  auto rows = session.run(kLatestPolicy, Parameters().number(end_of(EventIndex(upto.events()), 0)));
  if (!rows) return fail(rows.error());
  if (rows->is_null(0, 0)) return std::nullopt;
  return EventIndex(rows->count(0, 0));
}

Result<Frontier> read_frontier(Session& session) {
  auto rows = session.run(kReadFrontier);
  if (!rows) return fail(rows.error());
  if (rows->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
  return frontier_of(rows->count(0, 0), rows->bytes(0, 1));
}

Result<std::vector<StoredLeaf>> read_leaves(Session& session, EventIndex from, std::size_t limit) {
  const std::uint64_t end = end_of(from, limit);
  auto rows = session.run(kReadOpenLeaves, Parameters().number(std::min(from.value(), end)).number(end));
  if (!rows) return fail(rows.error());
  std::vector<StoredLeaf> leaves;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    StoredLeaf leaf;
    leaf.index = EventIndex(rows->count(i, 0));
    bool whole = leaf.index.value() == from.value() + i && rows->bytes_exactly(i, 3, leaf.commitment);
    if (!rows->is_null(i, 2)) {
      rows->bytes_into(i, 2, leaf.event_bytes);
      whole = whole && rows->bytes_exactly(i, 4, leaf.salt.emplace());
    }
    if (!whole)
      return fail(ErrorKind::kCorrupt, "event_malformed", "a row of the log is malformed; run: ishi audit rebuild");
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

Result<TileHashes> read_tile(Session& session, const Tile& tile) {
  if (tile.index >= kTreeSizeMax / kTileWidth) return fail(not_there());
  TileHashes hashes;
  const std::uint64_t level = tile.level;
  auto full = session.run(kReadTiles, Parameters().number(level).number(tile.index).number(tile.index + 1));
  if (!full) return fail(full.error());
  if (full->size() == 1) {
    const Bytes bytes = full->bytes(0, 2);
    if (bytes.size() != kTileWidth * sizeof(Digest))
      return fail(ErrorKind::kCorrupt, "tile_malformed", "a stored tile is malformed");
    hashes.resize(tile.width);
    for (std::size_t i = 0; i < tile.width; ++i) {
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * sizeof(Digest)), sizeof(Digest), hashes[i].begin());
    }
    return hashes;
  }
  const std::uint64_t begin = tile.index * kTileWidth, end = begin + tile.width;
  auto rows = level == 0 ? session.run(kReadLeaves, Parameters().number(begin).number(end))
                         : session.run(kReadTileRoots, Parameters().number(level - 1).number(begin).number(end));
  if (!rows) return fail(rows.error());
  if (rows->size() != tile.width) return fail(not_there());
  for (std::size_t i = 0; i < tile.width; ++i) {
    Digest digest{};
    if (!rows->bytes_exactly(i, level == 0 ? 3 : 1, digest))
      return fail(ErrorKind::kCorrupt, "tile_malformed", "a stored hash is malformed");
    hashes.push_back(level == 0 ? leaf_hash_of(digest) : digest);
  }
  return hashes;
}

}  // namespace ishi::sql
