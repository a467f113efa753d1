// What stands in the tree for an event. commitment = SHA-256(salt || canonical bytes) hides an event that few
// others could be; when salt and bytes are erased, nobody can test guesses against it, and the tree stays whole.
// The Merkle leaf is over the commitment: leaf hash = SHA-256(0x00 || commitment) (RFC 6962 2.1). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "registry/position.h"

namespace ishi {

using Salt = std::array<std::uint8_t, 16>;  // fresh random bytes per event

// As the log keeps it.
struct StoredLeaf {
  EventIndex index;
  Digest commitment{};       // stays for ever
  std::optional<Salt> salt;  // gone, with the bytes, once the content was erased
  Bytes event_bytes;         // canonical; commitment == commitment_of(*salt, event_bytes)
  friend bool operator==(const StoredLeaf&, const StoredLeaf&) = default;
};

Digest commitment_of(const Salt& salt, ByteView event_bytes);
Digest leaf_hash_of(const Digest& commitment);

// RFC 6962 2.1: the hash of a leaf with any content. "hello" gives 8a2a5c9b….
Digest merkle_leaf_hash(ByteView content);
Digest merkle_node_hash(const Digest& left, const Digest& right);  // SHA-256(0x01 || left || right)

}  // namespace ishi
