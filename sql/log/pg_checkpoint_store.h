// The last signed checkpoint and the signer's lease, on PostgreSQL. The lease is an advisory lock of a session of its
// own, and saves go through that same session: a signer that lost its connection cannot save any more.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "registry/ports/checkpoint_store.h"

namespace ishi::sql {

struct PgCheckpointOptions {
  std::string connection_string;  // the primary
  std::string role = "ishi_service";
  int statement_ms_max = 10'000;
  std::shared_ptr<const std::atomic<std::uint32_t>> timeline_min = nullptr;  // as of PgLogOptions
};

// Connects when first asked; any thread. A lease may outlive the store.
std::unique_ptr<CheckpointStore> make_pg_checkpoint_store(PgCheckpointOptions options);

}  // namespace ishi::sql
