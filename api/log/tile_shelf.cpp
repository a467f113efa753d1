#include "api/log/tile_shelf.h"

namespace ishi::api {
namespace {

constexpr std::size_t kEntryOverheadBytes = 200;  // list, map and string around the bytes

}  // namespace

std::shared_ptr<const std::string> TileShelf::find(const Name& name) {
  Shelf& shelf = shelf_of(name);
  const std::lock_guard lock(shelf.mutex);
  const auto place = shelf.places.find(name);
  if (place == shelf.places.end()) return nullptr;
  shelf.by_use.splice(shelf.by_use.begin(), shelf.by_use, place->second);
  return place->second->second;
}

void TileShelf::keep(const Name& name, std::shared_ptr<const std::string> bytes) {
  const std::size_t size = bytes->size() + kEntryOverheadBytes;
  if (size > shelf_bytes_max_) return;
  Shelf& shelf = shelf_of(name);
  const std::lock_guard lock(shelf.mutex);
  if (shelf.places.contains(name)) return;  // two asked at once; it never changes
  shelf.by_use.emplace_front(name, std::move(bytes));
  shelf.places.emplace(name, shelf.by_use.begin());
  shelf.bytes += size;
  while (shelf.bytes > shelf_bytes_max_) {
    const Entry& last = shelf.by_use.back();
    shelf.bytes -= last.second->size() + kEntryOverheadBytes;
    shelf.places.erase(last.first);
    shelf.by_use.pop_back();
  }
}

std::size_t TileShelf::bytes() const {
  std::size_t bytes = 0;
  for (Shelf& shelf : shelves_) {
    const std::lock_guard lock(shelf.mutex);
    bytes += shelf.bytes;
  }
  return bytes;
}

}  // namespace ishi::api
