#include "sql/verify_store.h"

#include <algorithm>
#include <map>
#include <set>

#include "registry/log/event_codec.h"
#include "registry/log/leaf.h"
#include "registry/status/population.h"
#include "sql/event_rows.h"
#include "sql/log_tail.h"
#include "sql/session.h"
#include "sql/verify_subjects.h"

namespace ishi::sql {
namespace {

constexpr std::uint64_t kBatch = 40 * kTileWidth;

struct StoredTile {
  TileHashes hashes;  // empty when malformed
  Digest root{};
};

std::string event_place(std::uint64_t index) {
  return "event " + std::to_string(index);
}

class Verifier {
 public:
  Verifier(Session& session, const VerifyOptions& options) : session_(session), options_(options), subjects_(session) {}

  Result<VerifyReport> run() {
    auto head = read_head(session_);
    if (!head) return fail(head.error());
    report_.head = *head;
    const std::uint64_t size = head->position.events();
    if (auto opened = subjects_.open(); !opened) return fail(opened.error());
    for (std::uint64_t from = 0; from < size; from += kBatch) {
      if (auto done = check_batch(from, std::min(size, from + kBatch)); !done) return fail(done.error());
      if (options_.progress) options_.progress(Position(std::min(size, from + kBatch)), head->position);
    }
    if (auto done = check_surplus(size); !done) return fail(done.error());
    if (auto done = check_head(size); !done) return fail(done.error());
    check_erasures();
    report_.root = tiles_.frontier().root();
    report_.population = population_.digest();
    report_.tokens = population_.token_count();
    return std::move(report_);
  }

 private:
  void found(std::string code, std::string place) {
    ++report_.findings_count;
    if (report_.findings.size() < options_.findings_max)
      report_.findings.push_back({std::move(code), std::move(place)});
  }

  Result<void> check_batch(std::uint64_t from, std::uint64_t to) {
    auto rows = session_.run(kReadLeaves, Parameters().number(from).number(to));
    if (!rows) return fail(rows.error());
    auto stored = read_tiles(0, from / kTileWidth, to / kTileWidth);
    if (!stored) return fail(stored.error());
    std::size_t row = 0;
    for (std::uint64_t index = from; index < to; ++index) {
      const auto tile = stored->find(index / kTileWidth);
      const bool in_tile = tile != stored->end() && !tile->second.hashes.empty();
      const std::optional<Digest> entry =
          in_tile ? std::optional(tile->second.hashes[index % kTileWidth]) : std::nullopt;
      const bool there = row < rows->size() && rows->number(row, 0) == static_cast<std::int64_t>(index);
      if (!there) found("event_missing", event_place(index));
      const Digest leaf_hash = there ? check_event(*rows, row, index, entry) : skip_event(index, entry);
      row += there ? 1 : 0;
      std::vector<TileBuilder::Completed> completed;
      tiles_.append(leaf_hash, completed);
      for (const auto& full : completed) {
        if (auto done = check_tile(full, *stored); !done) return done;
      }
    }
    return subjects_.check(from, to,
                           [this](const char* code, std::uint64_t index) { found(code, event_place(index)); });
  }

  Digest skip_event(std::uint64_t index, const std::optional<Digest>& entry) {
    subjects_.expect_anything(index);
    population_.apply(EventIndex(index), Event{last_time_, "", RecordErased{EventIndex(index), ""}});
    return entry.value_or(Digest{});
  }

  // Columns: index, registered_at, body, commitment, salt, kind.
  Digest check_event(const Rows& rows, std::size_t row, std::uint64_t index, const std::optional<Digest>& entry) {
    Digest commitment{};
    if (!rows.bytes_exactly(row, 3, commitment)) found("event_commitment", event_place(index));
    const Timestamp registered_at(rows.number(row, 1));
    if (registered_at < last_time_) found("event_time", event_place(index));
    last_time_ = std::max(last_time_, registered_at);

    if (rows.is_null(row, 2)) {
      blank_.insert(index);
      subjects_.expect(index, {});
      population_.apply(EventIndex(index), Event{registered_at, "", RecordErased{EventIndex(index), ""}});
      return leaf_hash_of(commitment);
    }
    const Bytes bytes = rows.bytes(row, 2);
    Salt salt{};
    const bool salted = !rows.is_null(row, 4) && rows.bytes_exactly(row, 4, salt);
    const Digest recomputed = commitment_of(salt, bytes);
    if (!salted || recomputed != commitment) found("event_commitment", event_place(index));
    auto event = decode_event(bytes);
    if (!event || encode_event(*event).value_or(Bytes{}) != bytes) {
      found("event_bytes", event_place(index));
      skip_event(index, entry);
    } else {
      if (event->registered_at != registered_at ||
          rows.number(row, 5) != static_cast<std::int64_t>(kind_of(event->body))) {
        found("event_columns", event_place(index));
      }
      if (const auto* erased = std::get_if<RecordErased>(&event->body)) targets_.insert(erased->target.value());
      subjects_.expect(index, subjects_of(event->body));
      population_.apply(EventIndex(index), *event);
    }
    return most_credible(leaf_hash_of(commitment), leaf_hash_of(recomputed), entry);
  }

  // A leaf is told three times: by the commitment, by salt and content, by the tile. The tree goes on with what two
  // agree on, so that one altered row is one finding and not a tree full of them.
  static Digest most_credible(const Digest& told, const Digest& recomputed, const std::optional<Digest>& entry) {
    if (told == recomputed || !entry) return told;
    return *entry == recomputed ? recomputed : told;
  }

  Result<void> check_tile(const TileBuilder::Completed& full, const std::map<std::uint64_t, StoredTile>& level_0) {
    const auto at = full.tile;
    auto stored = at.level == 0 ? Result<std::map<std::uint64_t, StoredTile>>(level_0)
                                : read_tiles(at.level, at.index, at.index + 1);
    if (!stored) return fail(stored.error());
    const auto tile = stored->find(at.index);
    if (tile == stored->end()) {
      found("tile_missing", tile_path(at));
      return {};
    }
    if (tile->second.hashes != full.hashes) found("tile_hashes", tile_path(at));
    if (tile->second.root != full.root) found("tile_root", tile_path(at));
    return {};
  }

  Result<std::map<std::uint64_t, StoredTile>> read_tiles(std::uint8_t level, std::uint64_t from, std::uint64_t to) {
    auto rows = session_.run(kReadTiles, Parameters().number(std::int64_t{level}).number(from).number(to));
    if (!rows) return fail(rows.error());
    std::map<std::uint64_t, StoredTile> tiles;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      StoredTile& tile = tiles[rows->count(i, 1)];
      const Bytes bytes = rows->bytes(i, 2);
      if (bytes.size() == kTileWidth * sizeof(Digest)) {
        tile.hashes.resize(kTileWidth);
        for (std::size_t k = 0; k < kTileWidth; ++k) {
          std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(k * sizeof(Digest)), sizeof(Digest),
                      tile.hashes[k].begin());
        }
      }
      if (!rows->bytes_exactly(i, 3, tile.root)) tile.root = {};
    }
    return tiles;
  }

  // Rows where the log, as long as its head says, has none.
  Result<void> check_surplus(std::uint64_t size) {
    auto events = session_.run(kEventsFrom, Parameters().number(size));
    if (!events) return fail(events.error());
    for (std::size_t i = 0; i < events->size(); ++i) found("event_surplus", "event " + std::string(events->text(i, 0)));
    auto levels = session_.run(kTileLevels);
    if (!levels) return fail(levels.error());
    for (std::size_t i = 0; i < levels->size(); ++i) {
      const std::int64_t level = levels->number(i, 0);
      const bool possible = level >= 0 && level < 8;
      const std::uint64_t full = possible ? size >> (8 * (level + 1) < 64 ? 8 * (level + 1) : 63) : 0;
      auto surplus = session_.run(kTilesFrom, Parameters().number(level).number(full));
      if (!surplus) return fail(surplus.error());
      for (std::size_t k = 0; k < surplus->size(); ++k) {
        found("tile_surplus", "tile " + std::to_string(level) + " " + std::string(surplus->text(k, 0)));
      }
    }
    auto answers = session_.run(kAnswersBeyond, Parameters().number(size));
    if (!answers) return fail(answers.error());
    if (answers->number(0, 0) != 0) found("answer_beyond_head", "idempotency");
    return subjects_.finish([this](const char* code, std::uint64_t index) { found(code, event_place(index)); });
  }

  Result<void> check_head(std::uint64_t size) {
    auto rows = session_.run(kReadFrontier);
    if (!rows) return fail(rows.error());
    auto frontier = frontier_of(size, rows->bytes(0, 1));
    if (!frontier || *frontier != tiles_.frontier()) found("head_tree", "log_head");
    if (report_.head.last_registered_at != last_time_) found("head_time", "log_head");
    return {};
  }

  void check_erasures() {
    for (const std::uint64_t index : blank_) {
      if (targets_.contains(index)) {
        ++report_.erased;
      } else {
        found("erased_without_record", event_place(index));
      }
    }
    for (const std::uint64_t target : targets_) report_.erasures_pending += blank_.contains(target) ? 0 : 1;
  }

  Session& session_;
  const VerifyOptions& options_;
  VerifyReport report_;
  TileBuilder tiles_;
  Population population_;
  SubjectChecker subjects_;
  Timestamp last_time_;
  std::set<std::uint64_t> blank_, targets_;  // events without content; events that a RecordErased names
};

}  // namespace

Result<VerifyReport> verify_store(const VerifyOptions& options) {
  auto session =
      Session::open({.connection_string = options.connection_string, .role = options.role, .statement_ms_max = 0});
  if (!session) return fail(session.error());
  if (auto begun = (*session)->begin(Session::Isolation::kSnapshotReadOnly); !begun) return fail(begun.error());
  return Verifier(**session, options).run();
}

}  // namespace ishi::sql
