#include "cache/feed/snapshot_section.h"

namespace ishi::cache {

Error snapshot_damaged(const std::string& why) {
  return {ErrorKind::kCorrupt, "snapshot_damaged", "the snapshot is damaged: " + why};
}

void put_text(Bytes& bytes, std::string_view text) {
  put_number(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

std::string SnapshotBytes::text() {
  const ByteView taken = take(number<std::uint32_t>());
  return {taken.begin(), taken.end()};
}

ByteView SnapshotBytes::take(std::size_t count) {
  if (count > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

Result<void> SectionWriter::flush() {
  if (bytes.empty()) return {};
  auto added = sink_.add(kind_, bytes);
  bytes.clear();
  return added;
}

}  // namespace ishi::cache
