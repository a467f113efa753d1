#include "tests/support/memory_log.h"

#include <algorithm>
#include <set>

#include "registry/assert.h"
#include "registry/events/event_codec.h"
#include "registry/ports/append_checks.h"

namespace ishi::testing {
namespace {

// Any bytes do, so long as each event has its own.
Salt salt_of(std::uint64_t index) {
  const Digest digest = sha256(as_bytes("memory salt " + std::to_string(index)));
  Salt salt;
  std::copy_n(digest.begin(), salt.size(), salt.begin());
  return salt;
}

bool touches(const EventBody& body, const std::set<Token>& tokens) {
  const auto subjects = subjects_of(body);
  return std::any_of(subjects.begin(), subjects.end(),
                     [&tokens](const Token& token) { return tokens.contains(token); });
}

}  // namespace

Result<void> MemoryLog::available() const {
  if (broken_) return fail(*broken_);
  return {};
}

StoredEvent MemoryLog::stored(std::uint64_t index) const {
  const Entry& entry = entries_[index];
  const EventIndex at(index);
  if (entry.event) return {at, *entry.event, entry.leaf.commitment};
  return {at, {entry.registered_at, "", RecordErased{at, ""}}, entry.leaf.commitment};
}

std::set<std::uint64_t> MemoryLog::erased_below(std::uint64_t end) const {
  std::set<std::uint64_t> named;
  for (std::uint64_t i = 0; i < end; ++i) {
    if (!entries_[i].event) continue;
    const auto* erased = std::get_if<RecordErased>(&entries_[i].event->body);
    if (erased != nullptr && erased->target.value() < i) named.insert(erased->target.value());
  }
  return named;
}

Result<Appended> MemoryLog::append(AppendRequest request) {
  auto good = check_append_request(request);
  if (!good) return fail(good.error());
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  if (request.key) {
    const auto known = answers_.find({request.key->caller, request.key->key});
    if (known != answers_.end()) {
      if (known->second.body_digest != request.key->body_digest) {
        return fail(ErrorKind::kConflict, "key_reused", "this idempotency key came with another body before");
      }
      Appended again = known->second.appended;
      again.repeated = true;
      again.gap_from.reset();
      return again;
    }
  }
  const Timestamp last = entries_.empty() ? Timestamp() : entries_.back().registered_at;
  const auto earliest = earliest_registration(request.bodies, std::max(clock_.now(), last));
  if (!earliest) return fail(earliest.error());
  const Timestamp registered_at = *earliest;

  std::vector<Entry> entries;
  for (EventBody& body : request.bodies) {
    const std::uint64_t index = entries_.size() + entries.size();
    Event event{registered_at, request.caller, std::move(body)};
    auto bytes = encode_event(event);
    if (!bytes) return fail(bytes.error());
    const Salt salt = salt_of(index);
    StoredLeaf leaf{EventIndex(index), commitment_of(salt, *bytes), salt, *std::move(bytes)};
    entries.push_back({std::move(event), registered_at, std::move(leaf)});
  }
  Appended appended{EventIndex(entries_.size()),
                    Position(entries_.size() + entries.size()),
                    registered_at,
                    false,
                    std::move(request.answer),
                    std::nullopt};
  if (request.sequence) {
    IntakeSource& books = sources_[request.sequence->source];
    auto gap = take_sequence(books, request.sequence->sequence);
    if (!gap) return fail(gap.error());
    appended.gap_from = *gap;
    books.source = request.sequence->source;
    books.batches += 1;
    books.events += entries.size();
    books.last_seen = registered_at;
  }
  if (request.delivery) {
    IntakeKind& kind = intake_[request.delivery->source].kinds[request.delivery->kind];
    const CivilDate day = jst_date(registered_at);
    IntakeTally& tally = kind.days[day];
    tally.batches += 1;
    tally.accepted += request.delivery->accepted;
    tally.rejected += request.delivery->rejected;
    if (!kind.first_day) kind.first_day = day;
    kind.last_day = day;
    if (request.delivery->accepted > 0) kind.last_volume_day = day;
    kind.last_at = registered_at;
  }
  std::move(entries.begin(), entries.end(), std::back_inserter(entries_));
  if (request.key) answers_[{request.key->caller, request.key->key}] = {request.key->body_digest, appended};
  grown_.notify_all();
  return appended;
}

Result<Head> MemoryLog::head() const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  if (entries_.empty()) return Head{};
  return Head{Position(entries_.size()), entries_.back().registered_at, entries_.back().leaf.commitment};
}

Result<std::vector<StoredEvent>> MemoryLog::read(EventIndex from, std::size_t limit) const {
  ISHI_ASSERT(limit >= 1 && limit <= kReadEventsMax);
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  std::vector<StoredEvent> events;
  for (std::uint64_t i = from.value(); i < entries_.size() && events.size() < limit; ++i) events.push_back(stored(i));
  return events;
}

Result<std::vector<StoredEvent>> MemoryLog::read_about(std::span<const Token> tokens, Position upto) const {
  if (tokens.size() > kAboutTokensMax)
    return fail(ErrorKind::kTooLarge, "too_many_tokens", "ask about fewer at a time");
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  ISHI_ASSERT(upto.events() <= entries_.size());
  const auto erased = erased_below(upto.events());
  const auto stored = [&](std::uint64_t index) {
    return erased.contains(index)
               ? StoredEvent{EventIndex(index),
                             {entries_[index].registered_at, "", RecordErased{EventIndex(index), ""}}}
               : this->stored(index);
  };
  std::set<Token> persons(tokens.begin(), tokens.end());
  for (std::size_t before = 0; before != persons.size();) {
    before = persons.size();
    for (std::uint64_t i = 0; i < upto.events(); ++i) {
      const Event& event = stored(i).event;
      if (!std::holds_alternative<TokensLinked>(event.body) || !touches(event.body, persons)) continue;
      for (const Token& token : subjects_of(event.body)) persons.insert(token);
    }
  }
  std::set<Token> households;
  for (std::uint64_t i = 0; i < upto.events(); ++i) {
    const Event& event = stored(i).event;
    const auto* identity = std::get_if<TokenIdentity>(&event.body);
    if (identity != nullptr && persons.contains(identity->exact)) households.insert(identity->household);
  }
  std::vector<StoredEvent> found;
  for (std::uint64_t i = 0; i < upto.events(); ++i) {
    StoredEvent event = stored(i);
    const EventKind kind = kind_of(event.event.body);
    const bool objects = kind == EventKind::kObjection || kind == EventKind::kObjectionWithdrawn;
    if (touches(event.event.body, persons) || (objects && touches(event.event.body, households))) {
      found.push_back(std::move(event));
    }
  }
  return found;
}

Result<Position> MemoryLog::position_at(Timestamp known_at) const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  std::uint64_t count = 0;
  while (count < entries_.size() && entries_[count].registered_at <= known_at) ++count;
  return Position(count);
}

Result<std::optional<EventIndex>> MemoryLog::latest_policy(Position upto) const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  for (std::uint64_t i = std::min<std::uint64_t>(upto.events(), entries_.size()); i-- > 0;) {
    if (std::holds_alternative<PolicyPublished>(stored(i).event.body)) return EventIndex(i);
  }
  return std::nullopt;
}

Result<std::optional<std::string>> MemoryLog::find_answer(const IdempotencyKey& key) const {
  if (auto good = check_idempotency_key(key); !good) return fail(good.error());
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  const auto known = answers_.find({key.caller, key.key});
  if (known == answers_.end()) return std::nullopt;
  if (known->second.body_digest != key.body_digest) {
    return fail(ErrorKind::kConflict, "key_reused", "this idempotency key came with another body before");
  }
  return known->second.appended.answer;
}

Result<std::vector<IntakeSource>> MemoryLog::sources() const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  std::vector<IntakeSource> books;
  for (const auto& [name, source] : sources_) {
    if (source.batches > 0) books.push_back(source);
  }
  return books;
}

Result<void> MemoryLog::note(const IntakeNote& note, Timestamp at) {
  if (auto good = check_delivery(note.source, note.kind); !good) return good;
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  IntakeRecord& record = intake_[note.source];
  IntakeTally& tally = record.kinds[note.kind].days[jst_date(at)];
  if (note.what == Unwritten::kRepeated) ++tally.repeated;
  if (note.what == Unwritten::kDuplicate) ++tally.duplicates;
  if (note.what == Unwritten::kRefused) ++tally.refused;
  if (note.what != Unwritten::kDisagreement) return {};
  ++tally.disagreements;
  auto& list = record.disagreements;
  Disagreement fresh{note.kind, note.sequence, note.announced, note.arrived, 1, at, at};
  const auto place = std::lower_bound(list.begin(), list.end(), fresh, [](const auto& a, const auto& b) {
    return std::pair(a.kind, a.sequence) < std::pair(b.kind, b.sequence);
  });
  if (place != list.end() && place->kind == note.kind && place->sequence == note.sequence) {
    fresh.times = place->times + 1;
    fresh.first_at = place->first_at;
    *place = fresh;
    return {};
  }
  list.insert(place, fresh);
  if (list.size() <= static_cast<std::size_t>(kDisagreementsMax)) return {};
  list.erase(
      std::min_element(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.last_at < b.last_at; }));
  return {};
}

Result<std::map<std::string, IntakeRecord>> MemoryLog::intake(CivilDate today) const {
  const auto numbered = sources();
  if (!numbered) return fail(numbered.error());
  const std::lock_guard lock(mutex_);
  auto records = intake_;
  for (const IntakeSource& source : *numbered) records[source.source].numbered = source;
  for (auto& [name, record] : records) {
    for (auto& [what, kind] : record.kinds) {
      std::erase_if(kind.days, [&kind = kind, today](const auto& entry) {
        const bool recent = entry.first > today.plus_days(-kRecentDays);
        const bool habit = kind.last_volume_day && entry.first <= *kind.last_volume_day &&
                           entry.first > kind.last_volume_day->plus_days(-kHabitDays);
        return !recent && !habit;
      });
    }
  }
  return records;
}

Result<Position> MemoryLog::wait_beyond(Position seen, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, timeout, [&] { return broken_ || entries_.size() > seen.events(); });
  if (auto up = available(); !up) return fail(up.error());
  if (entries_.size() < seen.events())
    return fail(ErrorKind::kCorrupt, "log_shorter", "the log ends before what was seen");
  return Position(entries_.size());
}

Result<Frontier> MemoryLog::frontier() const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  Frontier frontier;
  for (const Entry& entry : entries_) frontier.append(leaf_hash_of(entry.leaf.commitment));
  return frontier;
}

Result<std::vector<StoredLeaf>> MemoryLog::read_leaves(EventIndex from, std::size_t limit) const {
  ISHI_ASSERT(limit >= 1 && limit <= kReadEventsMax);
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  std::vector<StoredLeaf> leaves;
  for (std::uint64_t i = from.value(); i < entries_.size() && leaves.size() < limit; ++i)
    leaves.push_back(entries_[i].leaf);
  const auto erased = erased_below(entries_.size());
  for (StoredLeaf& leaf : leaves) {
    if (!erased.contains(leaf.index.value())) continue;
    leaf.salt.reset();
    leaf.event_bytes.clear();
  }
  return leaves;
}

Result<std::vector<TileHashes>> MemoryLog::read_tiles(std::span<const Tile> tiles) const {
  const std::lock_guard lock(mutex_);
  if (auto up = available(); !up) return fail(up.error());
  std::vector<TileHashes> levels(1);
  for (const Entry& entry : entries_) levels[0].push_back(leaf_hash_of(entry.leaf.commitment));
  while (levels.back().size() >= kTileWidth) {
    const TileHashes& below = levels.back();
    TileHashes level;
    for (std::size_t i = 0; i + kTileWidth <= below.size(); i += kTileWidth) {
      level.push_back(tile_root(std::span(below).subspan(i, kTileWidth)));
    }
    levels.push_back(std::move(level));
  }
  std::vector<TileHashes> found;
  for (const Tile& tile : tiles) {
    const std::size_t begin = tile.index * kTileWidth;
    if (tile.level >= levels.size() || begin + tile.width > levels[tile.level].size()) {
      return fail(ErrorKind::kNotFound, "no_such_tile", "the log is not that long yet");
    }
    const auto first = levels[tile.level].begin() + static_cast<std::ptrdiff_t>(begin);
    found.emplace_back(first, first + tile.width);
  }
  return found;
}

void MemoryLog::break_with(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  broken_ = std::move(error);
  grown_.notify_all();
}

void MemoryLog::erase(EventIndex index) {
  const std::lock_guard lock(mutex_);
  ISHI_ASSERT(index.value() < entries_.size());
  Entry& entry = entries_[index.value()];
  entry.event.reset();
  entry.leaf.salt.reset();
  entry.leaf.event_bytes.clear();
}

}  // namespace ishi::testing
