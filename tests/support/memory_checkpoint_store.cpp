#include "tests/support/memory_checkpoint_store.h"

namespace ishi::testing {

class MemoryCheckpointStore::Lease final : public SignerLease {
 public:
  explicit Lease(MemoryCheckpointStore& store) : store_(store) {}
  ~Lease() override {
    const std::lock_guard lock(store_.mutex_);
    store_.leased_ = false;
  }
  Result<void> save(const Checkpoint& checkpoint, const std::string& note) override {
    return store_.save(checkpoint, note);
  }

 private:
  MemoryCheckpointStore& store_;
};

Result<std::optional<std::string>> MemoryCheckpointStore::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

Result<std::unique_ptr<SignerLease>> MemoryCheckpointStore::acquire() {
  const std::lock_guard lock(mutex_);
  if (leased_) return fail(ErrorKind::kConflict, "signer_elsewhere", "another server signs this log");
  leased_ = true;
  return std::make_unique<Lease>(*this);
}

Result<void> MemoryCheckpointStore::save(const Checkpoint& checkpoint, const std::string& note) {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  if (latest_) {
    const auto last = parse_checkpoint(parse_note(*latest_)->text);
    if (checkpoint.size < last->size) {
      return fail(ErrorKind::kConflict, "checkpoint_smaller", "a larger checkpoint was signed");
    }
    if (checkpoint.size == last->size && checkpoint.root != last->root) {
      return fail(ErrorKind::kConflict, "checkpoint_fork", "another root was signed for this size");
    }
  }
  latest_ = note;
  saved_.push_back(note);
  return {};
}

void MemoryCheckpointStore::break_with(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  broken_ = std::move(error);
}

void MemoryCheckpointStore::restore(std::optional<std::string> note) {
  const std::lock_guard lock(mutex_);
  latest_ = std::move(note);
}

std::vector<std::string> MemoryCheckpointStore::saved() const {
  const std::lock_guard lock(mutex_);
  return saved_;
}

}  // namespace ishi::testing
