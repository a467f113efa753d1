// What auditors, receipts and checkpoints need of the log, beside its events: the tree, its leaves and what opens
// them. sql/ and tests/support/memory_log.h offer it. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry/merkle/leaf.h"
#include "registry/merkle/tile.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi {

class Evidence : public TileReader {
 public:
  // The right edge of the tree at the log's head: size, peaks, root.
  virtual Result<Frontier> frontier() const = 0;
  // In order from `from` on, at most `limit` (1..100'000); fewer at the end of the log. What an erasure names comes
  // without what opens it, also before its content is destroyed.
  virtual Result<std::vector<StoredLeaf>> read_leaves(EventIndex from, std::size_t limit) const = 0;
};

}  // namespace ishi
