#include "api/evidence/checkpoint_publisher.h"

#include <algorithm>

#include "api/host/durable_file.h"
#include "registry/assert.h"

namespace ishi::api {
namespace {

constexpr std::size_t kTilesAtOnce = 256;  // 2 MiB

std::uint64_t full_tiles_below(std::uint64_t size) {
  return size / kTileWidth * kTileWidth;
}

}  // namespace

CheckpointPublisher::CheckpointPublisher(KeyRing keys, std::string memory_file, const Evidence& evidence,
                                         CheckpointStore& store, const ReadConfirmer* confirmer,
                                         ExtensionLines extensions)
    : keys_(std::move(keys)),
      memory_file_(std::move(memory_file)),
      evidence_(evidence),
      store_(store),
      confirmer_(confirmer),
      extensions_(std::move(extensions)) {
  ISHI_ASSERT(keys_.signing.verifier().type() == NoteKeyType::kSignature);
}

std::optional<Signed> CheckpointPublisher::last() const {
  const MutexLock lock(mutex_);
  return last_;
}

std::optional<Error> CheckpointPublisher::refusal() const {
  const MutexLock lock(mutex_);
  return refusal_;
}

tl::unexpected<Error> CheckpointPublisher::refuse(std::string code, std::string detail) {
  refusal_ = Error{ErrorKind::kCorrupt, std::move(code), std::move(detail)};
  lease_.reset();
  return fail(*refusal_);
}

Result<bool> CheckpointPublisher::run() {
  const MutexLock lock(mutex_);
  if (confirmer_ != nullptr) round_ = confirmer_->begin();
  auto done = run_locked();
  // Whatever went wrong with the store, the lease may be gone with it.
  if (!done && done.error().kind != ErrorKind::kConflict) lease_.reset();
  if (done) refusal_.reset();
  return done;
}

Result<void> CheckpointPublisher::confirm_reads() const {
  return confirmer_ == nullptr ? Result<void>() : confirmer_->confirm(round_);
}

Result<bool> CheckpointPublisher::run_locked() {
  if (lease_ == nullptr) {
    const auto taken = take_up();
    if (!taken && taken.error().code == "signer_elsewhere") {
      if (auto compared = stand_by(); !compared) return fail(compared.error());
    }
    if (!taken) return fail(taken.error());
  }
  const auto head = compare_head();
  if (!head) return fail(head.error());
  if (last_ && head->size() == last_->checkpoint.size)
    return saved_ && signed_by_present_key() ? Result<bool>(false) : publish_again();
  auto next_base = fold(*head);
  if (!next_base) return fail(next_base.error());
  if (auto signed_head = sign(*head); !signed_head) return fail(signed_head.error());
  base_ = *std::move(next_base);
  return true;
}

// Is the log at least as long as what was signed, and if just as long, the same?
Result<Frontier> CheckpointPublisher::compare_head() {
  auto head = evidence_.frontier();
  if (!head) return fail(head.error());
  if (last_ && head->size() < last_->checkpoint.size) {
    return refuse("log_shorter", "the log ends at " + std::to_string(head->size()) + " and was signed up to " +
                                     std::to_string(last_->checkpoint.size) + ": an older copy of it was restored");
  }
  if (last_ && head->size() == last_->checkpoint.size && head->root() != last_->checkpoint.root)
    return refuse("log_forked", "the log has another root than was signed for the same size");
  return head;
}

// The lease first: what is read after it can't be overtaken by another signer.
Result<void> CheckpointPublisher::take_up() {
  auto lease = store_.acquire();
  if (!lease) return fail(lease.error());
  if (auto learned = learn(); !learned) return learned;
  lease_ = *std::move(lease);
  return {};
}

// Another server signs. Its word is compared with what this one remembers, and kept.
Result<void> CheckpointPublisher::stand_by() {
  const auto known = last_;
  if (auto learned = learn(); !learned) return learned;
  const auto head = compare_head();
  if (!head) return fail(head.error());
  const bool must_fold = refusal_ || !known || known->checkpoint != last_->checkpoint;
  if (must_fold && last_ && head->size() > last_->checkpoint.size) {
    if (const auto folded = fold(*head); !folded) return fail(folded.error());
  }
  refusal_.reset();
  if (last_ && !remembered_ && !memory_file_.empty()) {
    if (auto written = write_durably(memory_file_, format_note(last_->note)); !written) return written;
    remembered_ = true;
  }
  return {};
}

// What was signed last, from wherever it is known.
Result<void> CheckpointPublisher::learn() {
  const auto stored = store_.latest();
  if (!stored) return fail(stored.error());
  if (*stored) {
    if (auto stays = confirm_reads(); !stays) return stays;
    if (auto recalled = recall(**stored, "the store"); !recalled) return recalled;
  }
  if (!memory_file_.empty()) {
    const auto remembered = read_if_there(memory_file_, kNoteBytesMax);
    if (!remembered) return fail(remembered.error());
    if (*remembered) {
      if (auto recalled = recall(**remembered, "the signer's file"); !recalled) return recalled;
    }
    remembered_ = last_ && *remembered == format_note(last_->note);
  }
  if (auto restored = restore_base(); !restored) return restored;
  saved_ = last_ && *stored == format_note(last_->note);
  return {};
}

// Keeps the larger of the checkpoint it knows and the one in `bytes`.
Result<void> CheckpointPublisher::recall(const std::string& bytes, const char* where) {
  auto note = parse_note(bytes);
  if (!note) return refuse("checkpoint_unreadable", std::string(where) + " holds no signed note");
  auto checkpoint = open_checkpoint(*note, keys_.verifiers);
  if (!checkpoint || checkpoint->origin != keys_.signing.verifier().name()) {
    return refuse("checkpoint_foreign", std::string(where) + " holds a checkpoint that none of the log's keys signed");
  }
  if (last_ && checkpoint->size == last_->checkpoint.size && checkpoint->root != last_->checkpoint.root) {
    return refuse("log_forked", std::string(where) + " holds another root for a size that was signed");
  }
  if (last_ && checkpoint->size != last_->checkpoint.size) {
    if (auto one_log = check_growth(*checkpoint, where); !one_log) return one_log;
  }
  const bool more =
      !last_ || checkpoint->size > last_->checkpoint.size ||
      (checkpoint->size == last_->checkpoint.size && note->signatures.size() > last_->note.signatures.size());
  if (more) last_ = Signed{*std::move(checkpoint), *std::move(note)};
  return {};
}

// Two sizes were signed: does the larger tree begin with the smaller?
Result<void> CheckpointPublisher::check_growth(const Checkpoint& found, const char* where) {
  const Checkpoint& known = last_->checkpoint;
  const Checkpoint& small = found.size < known.size ? found : known;
  const Checkpoint& large = found.size < known.size ? known : found;
  const auto proof = prove_consistency(small.size, large.size, TiledHashReader(evidence_, large.size));
  if (!proof && proof.error().kind == ErrorKind::kNotFound)
    return refuse("log_shorter", "the log ends before what was signed: an older copy of it was restored");
  if (!proof) return fail(proof.error());
  if (check_consistency(small.size, small.root, large.size, large.root, *proof)) return {};
  return refuse("log_forked", std::string(where) + " holds a checkpoint of a log that does not go on with the other");
}

Result<void> CheckpointPublisher::restore_base() {
  base_ = Frontier();
  const std::uint64_t size = last_ ? full_tiles_below(last_->checkpoint.size) : 0;
  if (size == 0) return {};
  std::vector<Node> peaks = peaks_of(size);
  std::vector<Node> sorted = peaks;
  std::sort(sorted.begin(), sorted.end());
  const auto hashes = TiledHashReader(evidence_, size).read_hashes(sorted);
  if (!hashes && hashes.error().kind == ErrorKind::kNotFound) {
    return refuse("log_shorter", "the log lacks tiles that were signed: an older copy of it was restored");
  }
  if (!hashes) return fail(hashes.error());
  std::vector<Digest> in_order;
  for (const Node& peak : peaks) {
    const auto found = std::lower_bound(sorted.begin(), sorted.end(), peak);
    in_order.push_back((*hashes)[static_cast<std::size_t>(found - sorted.begin())]);
  }
  auto base = Frontier::restore(size, std::move(in_order));
  if (!base) return fail(base.error());
  base_ = *std::move(base);
  return {};
}

Result<Frontier> CheckpointPublisher::fold(const Frontier& head) {
  Frontier tree = base_, next_base = base_;
  const std::uint64_t next_size = full_tiles_below(head.size());
  const auto right_so_far = [&]() ISHI_REQUIRES(mutex_) {
    return !last_ || tree.size() != last_->checkpoint.size || tree.root() == last_->checkpoint.root;
  };
  bool old_root_met = right_so_far();
  while (old_root_met && tree.size() < head.size()) {
    std::vector<Tile> tiles;
    for (std::uint64_t at = tree.size(); at < head.size() && tiles.size() < kTilesAtOnce; at += kTileWidth) {
      const auto width = static_cast<std::uint32_t>(std::min<std::uint64_t>(kTileWidth, head.size() - at));
      tiles.push_back({0, at / kTileWidth, width});
    }
    const auto hashes = evidence_.read_tiles(tiles);
    if (!hashes) return fail(hashes.error());
    for (const TileHashes& tile : *hashes) {
      for (const Digest& hash : tile) {
        tree.append(hash);
        old_root_met = old_root_met && right_so_far();
        if (tree.size() == next_size) next_base = tree;
      }
    }
  }
  if (!old_root_met) return refuse("log_forked", "the stored events no longer give the root that was signed for them");
  if (tree != head)
    return refuse("log_inconsistent", "the stored events don't give the log's own root: a row was edited");
  return next_base;
}

Result<void> CheckpointPublisher::sign(const Frontier& head) {
  if (auto stays = confirm_reads(); !stays) return stays;
  Signed fresh;
  fresh.checkpoint = {keys_.signing.verifier().name(), head.size(), head.root(), {}};
  if (extensions_) fresh.checkpoint.extensions = extensions_();
  fresh.note.text = format_checkpoint(fresh.checkpoint);
  fresh.note.signatures.push_back(keys_.signing.sign(fresh.note.text));
  return save(fresh);
}

Result<void> CheckpointPublisher::save(const Signed& signed_head) {
  const std::string note = format_note(signed_head.note);
  if (!memory_file_.empty()) {
    if (auto written = write_durably(memory_file_, note); !written) return written;
    remembered_ = true;
  }
  auto saved = lease_->save(signed_head.checkpoint, note);
  if (!saved && saved.error().kind == ErrorKind::kConflict) return refuse(saved.error().code, saved.error().detail);
  if (!saved) return saved;
  last_ = signed_head;
  saved_ = true;
  return {};
}

// It was signed, and the store didn't take it or forgot it; or the log's key has changed since. Signatures of earlier
// keys stay beside the new one: they are true, and who knows only the old key can still check this checkpoint.
Result<bool> CheckpointPublisher::publish_again() {
  Signed again = *last_;
  if (!signed_by_present_key())
    again.note.signatures.insert(again.note.signatures.begin(), keys_.signing.sign(again.note.text));
  if (auto saved = save(again); !saved) return fail(saved.error());
  return true;
}

bool CheckpointPublisher::signed_by_present_key() const {
  return std::any_of(last_->note.signatures.begin(), last_->note.signatures.end(),
                     [this](const NoteSignature& signature) { return keys_.signing.verifier().matches(signature); });
}

Result<bool> CheckpointPublisher::add_cosignature(const Checkpoint& checkpoint, const NoteSignature& cosignature) {
  const MutexLock lock(mutex_);
  if (lease_ == nullptr || !last_ || last_->checkpoint != checkpoint) return false;
  Signed more = *last_;
  std::erase_if(more.note.signatures, [&](const NoteSignature& known) {
    return known.name == cosignature.name && known.key_id == cosignature.key_id;
  });
  more.note.signatures.push_back(cosignature);
  if (auto saved = save(more); !saved) return fail(saved.error());
  return true;
}

}  // namespace ishi::api
