// CheckpointPublisher: one look at the log by its signer: is it still the log that was signed last, only longer? Then
// the new head is signed, saved, and only then shown. What was signed last is known from three places (this object, the
// store, a file beside the key that an old backup of the database doesn't take back with it), and the log must agree
// with all.
//
// The leaves since the last full tile before the last checkpoint are folded up again in each round: the old root must
// come out on the way and the root of the log's own right edge at the end. If either does not, the stored log is not
// the one that was signed (an older backup, an edited row): nothing is signed any more, and each later round asks
// anew, from what was remembered, whether the log is whole again. Full tiles below are taken at their roots' word
// here; an audit reads them all (`ishi audit fsck`).
//
// While another server signs, a round still compares the log with what that server published and this one remembers,
// and remembers what is published: so every server knows a restored backup when it sees one, and not the signer alone.
//
// Reads only, beside its own checkpoint. Any thread; one round at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/host/key_file.h"
#include "registry/ports/checkpoint_store.h"
#include "registry/ports/evidence.h"
#include "registry/ports/read_confirmer.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

struct Signed {
  Checkpoint checkpoint;
  SignedNote note;
};

// The lines that stand below the root of the next checkpoint: is_origin() of each. Any thread.
using ExtensionLines = std::function<std::vector<std::string>()>;

class CheckpointPublisher {
 public:
  // `memory_file`: where this server remembers what it signed last; empty: nowhere. The name of the keys is the
  // log's origin. `confirmer`: nothing is signed or remembered that a failover may still take back; null: there is
  // nothing to fail over to. `extensions`: what each checkpoint says below its root. All outlive this object.
  CheckpointPublisher(KeyRing keys, std::string memory_file, const Evidence& evidence, CheckpointStore& store,
                      const ReadConfirmer* confirmer = nullptr, ExtensionLines extensions = {});

  // Something new was signed, or nothing needed to be. What was signed last is signed again when the log's key has
  // changed since. Errors: kCorrupt (the log is not the one that was signed; also while another server signs),
  // kConflict "signer_elsewhere" (another server signs, and nothing is wrong), kUnavailable (try again).
  Result<bool> run();
  // Keeps a cosignature of what was signed last; true if that is what it cosigns. REQUIRES: it verified. Errors: those
  // of SignerLease::save.
  Result<bool> add_cosignature(const Checkpoint& checkpoint, const NoteSignature& cosignature);

  std::optional<Signed> last() const;  // as published, here or by the server that signs
  std::optional<Error> refusal() const;

 private:
  Result<bool> run_locked() ISHI_REQUIRES(mutex_);
  Result<void> take_up() ISHI_REQUIRES(mutex_);
  Result<void> stand_by() ISHI_REQUIRES(mutex_);
  Result<void> learn() ISHI_REQUIRES(mutex_);
  Result<Frontier> compare_head() ISHI_REQUIRES(mutex_);
  Result<void> check_growth(const Checkpoint& found, const char* where) ISHI_REQUIRES(mutex_);
  Result<void> recall(const std::string& note, const char* where) ISHI_REQUIRES(mutex_);
  Result<void> restore_base() ISHI_REQUIRES(mutex_);
  Result<Frontier> fold(const Frontier& head) ISHI_REQUIRES(mutex_);  // of the full tiles below the head
  Result<void> sign(const Frontier& head) ISHI_REQUIRES(mutex_);
  Result<void> save(const Signed& signed_head) ISHI_REQUIRES(mutex_);
  Result<void> confirm_reads() const ISHI_REQUIRES(mutex_);
  Result<bool> publish_again() ISHI_REQUIRES(mutex_);
  bool signed_by_present_key() const ISHI_REQUIRES(mutex_);
  tl::unexpected<Error> refuse(std::string code, std::string detail) ISHI_REQUIRES(mutex_);

  const KeyRing keys_;
  const std::string memory_file_;
  const Evidence& evidence_;
  CheckpointStore& store_;
  const ReadConfirmer* const confirmer_;
  const ExtensionLines extensions_;
  mutable Mutex mutex_;
  std::string round_ ISHI_GUARDED_BY(mutex_);  // what confirmer_ said when this round began
  std::unique_ptr<SignerLease> lease_ ISHI_GUARDED_BY(mutex_);
  std::optional<Signed> last_ ISHI_GUARDED_BY(mutex_);
  bool saved_ ISHI_GUARDED_BY(mutex_) = false;       // last_ is what the store shows
  bool remembered_ ISHI_GUARDED_BY(mutex_) = false;  // last_ is what the file holds
  Frontier base_ ISHI_GUARDED_BY(mutex_);            // of the full tiles below last_
  std::optional<Error> refusal_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::api
