// Where things lie: Redis Cluster's 16384 slots, and our shards upon them. Pure.
//
// People are spread over kRedisShards shards by the first bits of their token. All keys of a shard carry one hash
// tag, so a shard lies in one slot, on one server, and one script can change it whole together with its own
// `floor` and `applied`: that is what makes a shard trustworthy by itself. The tags are chosen so that shard n lies
// in the n-th sixteenth of the slots: an even division of slots among servers divides the people evenly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/identifiers/token.h"

namespace ishi::cache {

constexpr std::size_t kRedisShards = 16;
constexpr std::uint16_t kRedisSlots = 16'384;

std::uint16_t redis_crc16(std::string_view bytes);  // CRC-16/XMODEM
std::uint16_t redis_slot(std::string_view key);     // of the part between the first { and the next }, if not empty
const std::string& redis_shard_tag(std::size_t shard);
std::uint16_t redis_shard_slot(std::size_t shard);
inline std::size_t redis_shard_of(const Token& token) {
  return token.bytes()[0] / (256 / kRedisShards);
}

}  // namespace ishi::cache
