#include "api/evidence/tile_cache.h"

namespace ishi::api {
namespace {

constexpr std::size_t kEntryOverheadBytes = 200;  // list, map and string around the bytes

}  // namespace

std::shared_ptr<const std::string> TileCache::find(const Name& name) {
  Segment& segment = segment_of(name);
  const MutexLock lock(segment.mutex);
  const auto place = segment.places.find(name);
  if (place == segment.places.end()) return nullptr;
  segment.by_use.splice(segment.by_use.begin(), segment.by_use, place->second);
  return place->second->second;
}

void TileCache::keep(const Name& name, std::shared_ptr<const std::string> bytes) {
  const std::size_t size = bytes->size() + kEntryOverheadBytes;
  if (size > segment_bytes_max_) return;
  Segment& segment = segment_of(name);
  const MutexLock lock(segment.mutex);
  if (segment.places.contains(name)) return;  // two asked at once; it never changes
  segment.by_use.emplace_front(name, std::move(bytes));
  segment.places.emplace(name, segment.by_use.begin());
  segment.bytes += size;
  while (segment.bytes > segment_bytes_max_) {
    const Entry& last = segment.by_use.back();
    segment.bytes -= last.second->size() + kEntryOverheadBytes;
    segment.places.erase(last.first);
    segment.by_use.pop_back();
  }
}

std::size_t TileCache::bytes() const {
  std::size_t bytes = 0;
  for (Segment& segment : segments_) {
    const MutexLock lock(segment.mutex);
    bytes += segment.bytes;
  }
  return bytes;
}

}  // namespace ishi::api
