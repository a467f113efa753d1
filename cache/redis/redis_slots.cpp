#include "cache/redis/redis_slots.h"

#include <array>

namespace ishi::cache {

std::uint16_t redis_crc16(std::string_view bytes) {
  std::uint16_t crc = 0;
  for (const char byte : bytes) {
    crc = static_cast<std::uint16_t>(crc ^ static_cast<unsigned>(static_cast<unsigned char>(byte)) << 8);
    for (int bit = 0; bit < 8; ++bit)
      crc = static_cast<std::uint16_t>(crc & 0x8000 ? static_cast<unsigned>(crc) << 1 ^ 0x1021
                                                    : static_cast<unsigned>(crc) << 1);
  }
  return crc;
}

std::uint16_t redis_slot(std::string_view key) {
  if (const std::size_t open = key.find('{'); open != std::string_view::npos)
    if (const std::size_t close = key.find('}', open + 1); close != std::string_view::npos && close > open + 1)
      key = key.substr(open + 1, close - open - 1);
  return redis_crc16(key) % kRedisSlots;
}

const std::string& redis_shard_tag(std::size_t shard) {
  static const auto kTags = [] {
    std::array<std::string, kRedisShards> tags;
    std::size_t left = kRedisShards;
    for (unsigned number = 0; left > 0; ++number) {
      std::string tag = std::to_string(number);
      std::string& wanted = tags[redis_crc16(tag) % kRedisSlots / (kRedisSlots / kRedisShards)];
      if (!wanted.empty()) continue;
      wanted = std::move(tag);
      --left;
    }
    return tags;
  }();
  return kTags.at(shard);
}

std::uint16_t redis_shard_slot(std::size_t shard) {
  return redis_slot("{" + redis_shard_tag(shard) + "}");
}

}  // namespace ishi::cache
