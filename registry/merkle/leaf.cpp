#include "registry/merkle/leaf.h"

#include <algorithm>

namespace ishi {

Digest commitment_of(const Salt& salt, ByteView event_bytes) {
  return sha256(salt, event_bytes);
}

Digest leaf_hash_of(const Digest& commitment) {
  return merkle_leaf_hash(commitment);
}

Digest merkle_leaf_hash(ByteView content) {
  constexpr std::uint8_t kPrefix[] = {0x00};
  return sha256(kPrefix, content);
}

Digest merkle_node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> bytes;
  bytes[0] = 0x01;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 33);
  return sha256(bytes);
}

}  // namespace ishi
