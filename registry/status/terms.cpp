#include "registry/status/terms.h"

#include <algorithm>

#include "registry/assert.h"

namespace ishi {

TermsDictionary::~TermsDictionary() {
  for (auto& chunk : chunks_) delete[] chunk.load();
}

TermsId TermsDictionary::intern(Set set) {
  ISHI_ASSERT(!set.empty() && std::is_sorted(set.begin(), set.end()));
  if (const auto known = ids_.find(set); known != ids_.end()) return known->second;
  const std::uint32_t next = count();
  ISHI_ASSERT(next < TermsId::kCountMax);
  auto& chunk = chunks_[next / kChunk];
  if (next % kChunk == 0) chunk.store(new Set[kChunk]);
  chunk.load()[next % kChunk] = set;
  ids_.emplace(std::move(set), TermsId(next));
  count_.store(next + 1, std::memory_order_release);
  return TermsId(next);
}

const TermsDictionary::Set& TermsDictionary::at(TermsId id) const {
  ISHI_ASSERT(id.value() < count());
  return chunks_[id.value() / kChunk].load(std::memory_order_acquire)[id.value() % kChunk];
}

}  // namespace ishi
