// Where the last signed checkpoint lies, and who may sign the next. sql/log/pg_checkpoint_store.h and
// tests/support/memory_checkpoint_store.h offer it. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "registry/notes/checkpoint.h"
#include "registry/result.h"

namespace ishi {

// The right to sign. One at a time for all servers of a log; it ends with this object, with the process, or with the
// connection to the store, whichever comes first. One thread.
class SignerLease {
 public:
  virtual ~SignerLease() = default;
  // Durable on return, and only then may anybody see it. `note` is the signed checkpoint; a later one for the same
  // size and root (with more cosignatures) replaces it. Errors: kConflict "checkpoint_smaller" (a larger one was
  // signed), "checkpoint_fork" (another root was signed for that size); kUnavailable (the lease may be lost: give it
  // up).
  virtual Result<void> save(const Checkpoint& checkpoint, const std::string& note) = 0;
};

class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  // The largest one saved, as its note; nothing before the first. Errors: kUnavailable.
  virtual Result<std::optional<std::string>> latest() const = 0;
  // Errors: kConflict "signer_elsewhere" (another one holds the lease), kUnavailable.
  virtual Result<std::unique_ptr<SignerLease>> acquire() = 0;
};

}  // namespace ishi
