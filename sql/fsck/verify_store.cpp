#include "sql/fsck/verify_store.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "registry/events/event_codec.h"
#include "registry/merkle/leaf.h"
#include "registry/status/population.h"
#include "sql/fsck/verify_subjects.h"
#include "sql/log/event_rows.h"
#include "sql/log/log_tail.h"
#include "sql/session/session.h"

namespace ishi::sql {
namespace {

constexpr std::uint64_t kBatch = 40 * kTileWidth;
constexpr std::uint64_t kPersonEvery = kBatch / 16;
constexpr std::int64_t kAheadSecondsMax = 60;       // clocks that differ by seconds are in order
constexpr std::chrono::milliseconds kRestStep{50};  // between two looks at whether to stop

struct StoredTile {
  TileHashes hashes;  // empty when malformed
  Digest root{};
};

std::string event_place(std::uint64_t index) {
  return "event " + std::to_string(index);
}

class Verifier {
 public:
  Verifier(Session& session, const VerifyOptions& options)
      : session_(session),
        options_(options),
        subjects_(session),
        checkpoints_(session, options.keys,
                     [this](const char* code, const std::string& place) { found(code, place); }) {}

  Result<VerifyReport> run() {
    // The checkpoint first: it never covers more than a head read after it.
    if (auto opened = checkpoints_.open(options_.remembered); !opened) return fail(opened.error());
    const auto head = session_.run(kFirstHead);
    if (!head) return fail(head.error());
    if (head->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
    const std::uint64_t size = head->count(0, 0);
    report_.head = {Position(size), Timestamp(head->number(0, 1))};
    if (!head->bytes_exactly(0, 3, report_.head.last_commitment)) report_.head.last_commitment = {};
    for (std::uint64_t from = 0; from < size; from += kBatch) {
      const std::uint64_t to = std::min(size, from + kBatch);
      const auto began = std::chrono::steady_clock::now();
      if (auto done = in_snapshot([&] { return check_batch(from, to); }); !done) return fail(done.error());
      compare_people();
      if (options_.progress) options_.progress(Position(to), report_.head.position);
      if (!rest(std::chrono::steady_clock::now() - began))
        return fail(ErrorKind::kUnavailable, "verify_stopped", "stopped before the end of the log");
    }
    if (auto done = check_surplus(); !done) return fail(done.error());
    check_head(size, head->bytes(0, 2));
    if (auto done = in_snapshot([&] { return check_erasures(size); }); !done) return fail(done.error());
    const auto receipts = checkpoints_.finish();
    if (!receipts) return fail(receipts.error());
    report_.receipts = *receipts;
    report_.root = tiles_.frontier().root();
    if (options_.fold) {
      report_.population = population_.digest();
      report_.tokens = population_.token_count();
    }
    return std::move(report_);
  }

 private:
  // One instant for all that is read in it: an erasure may come between.
  template <typename Work>
  Result<void> in_snapshot(Work&& work) {
    if (auto begun = session_.begin(Session::Isolation::kSnapshotReadOnly); !begun) return begun;
    auto done = work();
    session_.roll_back();
    return done;
  }

  bool rest(std::chrono::steady_clock::duration worked) const {
    const auto stopped = [this] { return options_.stop && options_.stop(); };
    const auto share = std::clamp(options_.busy_percent, 1, 100);
    for (auto left = worked * (100 - share) / share; left.count() > 0 && !stopped(); left -= kRestStep)
      std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, kRestStep));
    return !stopped();
  }

  void compare_people() {
    if (people_.empty()) return;
    if (const auto differing = options_.compare_people(people_)) {
      report_.persons += people_.size();
      for (const EventIndex event : *differing) found("projection_differs", event_place(event.value()));
    }
    people_.clear();
  }

  void fold(std::uint64_t index, const Event& event) {
    if (options_.fold) population_.apply(EventIndex(index), event);
  }
  void fold_nothing(std::uint64_t index, Timestamp at) { fold(index, {at, "", RecordErased{EventIndex(index), ""}}); }

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
      checkpoints_.grown(tiles_);
      last_leaf_ = leaf_hash;
      if (index + 1 == to) checkpoints_.sample(index, leaf_hash);
      for (const auto& full : completed) {
        if (auto done = check_tile(full, *stored); !done) return done;
      }
    }
    return subjects_.check(from, to,
                           [this](const char* code, std::uint64_t index) { found(code, event_place(index)); });
  }

  Digest skip_event(std::uint64_t index, const std::optional<Digest>& entry) {
    subjects_.expect_anything(index);
    fold_nothing(index, last_time_);
    return entry.value_or(Digest{});
  }

  // Columns: index, registered_at, body, commitment, salt, kind.
  Digest check_event(const Rows& rows, std::size_t row, std::uint64_t index, const std::optional<Digest>& entry) {
    Digest commitment{};
    if (!rows.bytes_exactly(row, 3, commitment)) found("event_commitment", event_place(index));
    const Timestamp registered_at(rows.number(row, 1));
    if (registered_at < last_time_) found("event_time", event_place(index));
    if (options_.now && registered_at > options_.now->plus_seconds(kAheadSecondsMax))
      found("event_future", event_place(index));
    last_time_ = std::max(last_time_, registered_at);

    if (rows.is_null(row, 2)) {
      blank_.insert(index);
      subjects_.expect(index, {});
      fold_nothing(index, registered_at);
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
      const auto* erased = std::get_if<RecordErased>(&event->body);
      if (erased && erased->target.value() < index) targets_.try_emplace(erased->target.value(), index);
      auto subjects = subjects_of(event->body);
      if (options_.compare_people && index % kPersonEvery == 0 && !subjects.empty())
        people_.push_back({EventIndex(index), subjects.front()});
      subjects_.expect(index, std::move(subjects));
      fold(index, *event);
    }
    return most_credible(leaf_hash_of(commitment), leaf_hash_of(recomputed), entry);
  }

  // A leaf is stored three times: by the commitment, by salt and content, by the tile. The tree goes on with what two
  // agree on, so that one altered row is one finding and not a tree full of them.
  static Digest most_credible(const Digest& stored, const Digest& recomputed, const std::optional<Digest>& entry) {
    if (stored == recomputed || !entry) return stored;
    return *entry == recomputed ? recomputed : stored;
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
  Result<void> check_surplus() {
    auto events = session_.run(kEventsBeyond);
    if (!events) return fail(events.error());
    for (std::size_t i = 0; i < events->size(); ++i) found("event_surplus", "event " + std::string(events->text(i, 0)));
    auto tiles = session_.run(kTilesBeyond);
    if (!tiles) return fail(tiles.error());
    for (std::size_t i = 0; i < tiles->size(); ++i)
      found("tile_surplus", "tile " + std::string(tiles->text(i, 0)) + " " + std::string(tiles->text(i, 1)));
    auto answers = session_.run(kAnswersBeyond);
    if (!answers) return fail(answers.error());
    if (answers->number(0, 0) != 0) found("answer_beyond_head", "idempotency");
    return subjects_.check_beyond([this](const char* code, std::uint64_t index) { found(code, event_place(index)); });
  }

  void check_head(std::uint64_t size, const Bytes& peaks) {
    auto frontier = frontier_of(size, peaks);
    if (!frontier || *frontier != tiles_.frontier()) found("head_tree", "log_head");
    if (report_.head.last_registered_at != last_time_) found("head_time", "log_head");
    const bool commits = report_.head.last_commitment != Digest{};  // not by a server of an earlier version
    if (size > 0 && commits && leaf_hash_of(report_.head.last_commitment) != last_leaf_)
      found("head_commitment", "log_head");
  }

  Result<void> check_erasures(std::uint64_t size) {
    auto rows = session_.run(kErasuresBelow, Parameters().number(size));
    if (!rows) return fail(rows.error());
    std::map<std::uint64_t, std::uint64_t> listed;
    for (std::size_t i = 0; i < rows->size(); ++i) listed[rows->count(i, 0)] = rows->count(i, 1);
    for (const auto& [target, record] : targets_) {
      const auto row = listed.find(target);
      if (row == listed.end() || row->second != record) found("erasure_missing", event_place(target));
      report_.erasures_pending += blank_.contains(target) ? 0 : 1;
    }
    for (const auto& [target, record] : listed)
      if (!targets_.contains(target)) found("erasure_surplus", event_place(target));
    for (const std::uint64_t index : blank_) {
      auto named = targets_.contains(index) ? Result<bool>(true) : erased_since(index);
      if (!named) return fail(named.error());
      if (*named) {
        ++report_.erased;
      } else {
        found("erased_without_record", event_place(index));
      }
    }
    return {};
  }

  // By a record that was appended after we began.
  Result<bool> erased_since(std::uint64_t index) {
    auto rows = session_.run(kErasureOf, Parameters().number(index));
    if (!rows) return fail(rows.error());
    if (rows->size() != 1 || rows->is_null(0, 0)) return false;
    const auto event = decode_event(rows->bytes(0, 0));
    const auto* erased = event ? std::get_if<RecordErased>(&event->body) : nullptr;
    return erased != nullptr && erased->target == EventIndex(index);
  }

  Session& session_;
  const VerifyOptions& options_;
  VerifyReport report_;
  TileBuilder tiles_;
  Population population_;
  SubjectChecker subjects_;
  CheckpointChecker checkpoints_;
  Timestamp last_time_;
  Digest last_leaf_{};
  std::set<std::uint64_t> blank_;                   // events without content
  std::map<std::uint64_t, std::uint64_t> targets_;  // events that a RecordErased names, and the first that does
  std::vector<VerifyOptions::Person> people_;       // of this batch
};

}  // namespace

Result<VerifyReport> verify_store(const VerifyOptions& options) {
  auto session =
      Session::open({.connection_string = options.connection_string, .role = options.role, .statement_ms_max = 0});
  if (!session) return fail(session.error());
  return Verifier(**session, options).run();
}

}  // namespace ishi::sql
