#include "sql/fsck/verify_checkpoints.h"

#include <algorithm>

#include "registry/notes/note.h"
#include "sql/log/event_rows.h"

namespace ishi::sql {
namespace {

constexpr std::size_t kSamplesMax = 1'000;

class SessionTiles final : public TileReader {
 public:
  explicit SessionTiles(Session& session) : session_(session) {}
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> tiles) const override {
    std::vector<TileHashes> read;
    for (const Tile& tile : tiles) {
      auto hashes = read_tile(session_, tile);
      if (!hashes) return fail(hashes.error());
      read.push_back(*std::move(hashes));
    }
    return read;
  }

 private:
  Session& session_;
};

}  // namespace

CheckpointChecker::CheckpointChecker(Session& session, std::vector<VerifierKey> keys, Report report)
    : session_(session), keys_(std::move(keys)), report_(std::move(report)) {}

Result<void> CheckpointChecker::open(const std::vector<KnownCheckpoint>& remembered) {
  const auto rows = session_.run(kReadCheckpoint);
  if (!rows) return fail(rows.error());
  if (rows->size() == 1) take({"checkpoint", std::string(as_text(rows->bytes(0, 2)))}, &*rows);
  for (const KnownCheckpoint& known : remembered) take(known, nullptr);
  std::stable_sort(signed_.begin(), signed_.end(),
                   [](const Claim& one, const Claim& other) { return one.checkpoint.size < other.checkpoint.size; });
  grown(TileBuilder());
  return {};
}

void CheckpointChecker::take(const KnownCheckpoint& known, const Rows* columns) {
  const auto note = parse_note(known.note);
  auto checkpoint = note ? parse_checkpoint(note->text) : Result<Checkpoint>(fail(note.error()));
  if (!checkpoint) return report_("checkpoint_unreadable", known.place);
  if (!keys_.empty() && !open_checkpoint(*note, keys_)) report_("checkpoint_signature", known.place);
  Digest root{};
  if (columns != nullptr && (columns->number(0, 0) < 0 || columns->count(0, 0) != checkpoint->size ||
                             !columns->bytes_exactly(0, 1, root) || root != checkpoint->root)) {
    report_("checkpoint_columns", known.place);
  }
  signed_.push_back({known.place, *std::move(checkpoint)});
}

void CheckpointChecker::compare(const TileBuilder& tree) {
  const Digest root = tree.frontier().root();
  for (; next_ < signed_.size() && signed_[next_].checkpoint.size == tree.size(); ++next_) {
    if (signed_[next_].checkpoint.root != root) {
      report_("checkpoint_root", signed_[next_].place);
    } else {
      latest_ = signed_[next_].checkpoint;
    }
  }
}

void CheckpointChecker::sample(std::uint64_t index, const Digest& leaf_hash) {
  if (samples_.size() < kSamplesMax) samples_.push_back({index, leaf_hash});
}

Result<std::uint64_t> CheckpointChecker::finish() {
  for (; next_ < signed_.size(); ++next_) report_("checkpoint_beyond_log", signed_[next_].place);
  if (!latest_) return 0;
  std::uint64_t tried = 0;
  const SessionTiles tiles(session_);
  for (const Sample& sample : samples_) {
    if (sample.index >= latest_->size) continue;
    ++tried;
    const auto proof = prove_inclusion(sample.index, latest_->size, TiledHashReader(tiles, latest_->size));
    if (!proof && proof.error().kind == ErrorKind::kUnavailable) return fail(proof.error());
    if (!proof || !check_inclusion(sample.index, latest_->size, sample.leaf_hash, *proof, latest_->root))
      report_("receipt_proof", "event " + std::to_string(sample.index));
  }
  return tried;
}

}  // namespace ishi::sql
