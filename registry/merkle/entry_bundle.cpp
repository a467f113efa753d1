#include "registry/merkle/entry_bundle.h"

#include <algorithm>

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

Result<std::vector<Digest>> parse_entry_bundle(std::string_view bytes) {
  const auto malformed =
      fail(ErrorKind::kInvalidArgument, "entry_bundle_format", "1 to 256 entries of 32 bytes, each behind its length");
  if (bytes.empty() || bytes.size() % kEntryBytes != 0 || bytes.size() / kEntryBytes > kTileWidth) return malformed;
  std::vector<Digest> commitments(bytes.size() / kEntryBytes);
  for (Digest& commitment : commitments) {
    if (!bytes.starts_with(kLength)) return malformed;
    const ByteView content = as_bytes(bytes.substr(kLength.size(), commitment.size()));
    std::copy(content.begin(), content.end(), commitment.begin());
    bytes.remove_prefix(kEntryBytes);
  }
  return commitments;
}

}  // namespace ishi
