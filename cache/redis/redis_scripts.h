// What runs inside Redis: five Lua scripts, each of which changes one shard whole or reads it at one instant.
//
//   <prefix>:{tag}meta              hash: epoch, floor, applied, mark, bits; in a cluster also home and line
//   <prefix>:{tag}<epoch>:<bucket>  hash: rest of token -> pieces of a status (status_codec), at most 64 bytes each,
//                                   so that Redis keeps the bucket packed; the first byte tells how many follow
//
// A script that dies half-way leaves `floor` raised and `applied` not: late fills are refused, readers see an older
// tier, the next apply does it all again. Sent by EVALSHA, by EVAL where the server does not know it yet.
#pragma once

#include <string>

namespace ishi::cache {

struct RedisScript {
  explicit RedisScript(std::string lua);
  std::string lua, sha;  // SHA-1 in hex
};

// In a cluster a shard counts at one server only, its home, and nobody else's answers are taken. Replication carries a
// shard as a whole from one home to the next, and a replica that took over can name the line it continues. A slot that
// moves is carried key by key: should that break off, old buckets stay behind on one side and may meet the books again
// later. So a server that has the books, but does not continue the line they were kept in, starts the shard anew.

// keys: meta, then one bucket each. arguments: epoch, then one field each.
// Gives {applied, entry or nil, …}; {} if the shard is not at this epoch, or not at home.
const RedisScript& redis_get_script();
// keys: meta, then one bucket each. arguments: epoch, from, upto, mark, then field and status (empty: forget) each.
// Gives {"done", applied} (also when somebody was quicker), {"behind", applied} if applied < from, {} as above.
const RedisScript& redis_apply_script();
// keys: meta, then one bucket each. arguments: epoch, snapshot, then field and status each.
// Gives the number kept, -1 if snapshot < floor, {} as above. Nothing newer than `applied` is kept.
const RedisScript& redis_fill_script();
// keys: meta. arguments: "cluster" or "alone". Gives {epoch, floor, applied, mark, bits, trusted}: empty texts for what
// is not there; trusted is 0 if the books came here otherwise than by replication. If they may be trusted, they are at
// home from now on.
const RedisScript& redis_look_script();
// keys: meta. arguments: epoch to replace (empty: none), new epoch, position, mark, bits, "cluster" or "alone". Gives
// 1, or 0 if the shard is whole and at another epoch.
const RedisScript& redis_found_script();

constexpr std::size_t kRedisStatusBytesMax = 63 + 255 * 64;

}  // namespace ishi::cache
