// TileCache: full tiles and entry bundles, ready to be sent. They never change, so each is read from the store once
// and then taken from here. Bounded in bytes; the least recently used goes first. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "registry/threads/mutex.h"

namespace ishi::api {

class TileCache {
 public:
  // Which tile: its level, or kEntries for the commitments of a level-0 tile.
  static constexpr std::uint8_t kEntries = 255;
  struct Name {
    std::uint8_t level = 0;
    std::uint64_t index = 0;
    friend bool operator==(const Name&, const Name&) = default;
  };

  explicit TileCache(std::size_t bytes_max) : segment_bytes_max_(bytes_max / kSegments) {}

  std::shared_ptr<const std::string> find(const Name& name);  // null: not here
  void keep(const Name& name, std::shared_ptr<const std::string> bytes);
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kSegments = 16;  // so that many threads do not wait for one lock
  struct Hash {
    std::size_t operator()(const Name& name) const {
      return static_cast<std::size_t>((name.index * 256 + name.level) * 0x9e3779b97f4a7c15U >> 20);
    }
  };
  using Entry = std::pair<Name, std::shared_ptr<const std::string>>;
  struct Segment {
    Mutex mutex;
    std::list<Entry> by_use ISHI_GUARDED_BY(mutex);  // the last asked for first
    std::unordered_map<Name, std::list<Entry>::iterator, Hash> places ISHI_GUARDED_BY(mutex);
    std::size_t bytes ISHI_GUARDED_BY(mutex) = 0;
  };
  Segment& segment_of(const Name& name) { return segments_[Hash()(name) % kSegments]; }

  const std::size_t segment_bytes_max_;
  mutable std::array<Segment, kSegments> segments_;
};

}  // namespace ishi::api
