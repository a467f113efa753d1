// CheckpointStore in memory, for tests. It also tells what was saved, in order.
#pragma once

#include <mutex>
#include <vector>

#include "registry/ports/checkpoint_store.h"

namespace ishi::testing {

class MemoryCheckpointStore final : public CheckpointStore {
 public:
  Result<std::optional<std::string>> latest() const override;
  Result<std::unique_ptr<SignerLease>> acquire() override;

  void break_with(std::optional<Error> error);    // every save fails so, until nullopt
  void restore(std::optional<std::string> note);  // as an old backup would
  std::vector<std::string> saved() const;

 private:
  class Lease;
  Result<void> save(const Checkpoint& checkpoint, const std::string& note);

  mutable std::mutex mutex_;
  bool leased_ = false;
  std::optional<Error> broken_;
  std::optional<std::string> latest_;
  std::vector<std::string> saved_;
};

}  // namespace ishi::testing
