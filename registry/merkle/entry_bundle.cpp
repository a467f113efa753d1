#include "registry/merkle/entry_bundle.h"

#include <string_view>

#include "registry/assert.h"
#include "registry/merkle/tile.h"

namespace ishi {
namespace {

constexpr std::string_view kLength{"\x00\x20", 2};
constexpr std::size_t kEntryBytes = 2 + sizeof(Digest);

}  // namespace

std::string format_entry_bundle(std::span<const Digest> commitments) {
  ISHI_ASSERT(!commitments.empty() && commitments.size() <= kTileWidth);
  std::string bytes;
  bytes.reserve(commitments.size() * kEntryBytes);
  for (const Digest& commitment : commitments) {
    bytes += kLength;
    bytes += as_text(commitment);
  }
  return bytes;
}

}  // namespace ishi
