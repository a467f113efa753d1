#include "cache/redis/redis_scripts.h"

#include <openssl/evp.h>

#include "registry/assert.h"
#include "registry/bytes.h"

namespace ishi::cache {
namespace {

const std::string kKnowEpoch = R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'floor', 'applied', 'home')
if meta[1] ~= ARGV[1] or not meta[2] or not meta[3] then return {} end
if meta[4] and meta[4] ~= redis.call('CLUSTER', 'MYID') then return {} end
local floor, applied = tonumber(meta[2]), tonumber(meta[3])
)";

// The monotone rule: an entry gives way only to a newer one. Pieces go in with one command, so that no mixture of
// two statuses can ever be read. A bucket that somebody was forgotten in stays, be it empty: were it absent, an older
// copy of it, left elsewhere by a slot's broken journey, could be let in.
const std::string kPut = R"(
local function as_of(text, at)
  local a, b, c, d, e = string.byte(text, at, at + 4)
  if not e then return -1 end
  return (((a * 256 + b) * 256 + c) * 256 + d) * 256 + e
end
local function put(key, field, status)
  local old = redis.call('HGET', key, field)
  local old_more = old and string.byte(old, 1) or 0
  local more = 0
  if status == '' then
    redis.call('HSET', key, '', '')
    if not old then return 0 end
    redis.call('HDEL', key, field)
  else
    if old and as_of(old, 3) >= as_of(status, 2) then return 0 end
    if #status > 63 then more = math.ceil((#status - 63) / 64) end
    local pieces = {'HSET', key, field, string.char(more) .. string.sub(status, 1, 63)}
    for n = 1, more do
      pieces[#pieces + 1] = field .. string.char(n)
      pieces[#pieces + 1] = string.sub(status, 64 * n, 64 * n + 63)
    end
    redis.call(unpack(pieces))
  end
  for n = more + 1, old_more do redis.call('HDEL', key, field .. string.char(n)) end
  return 1
end
)";

// Who this server is, and the lines of replication it continues: its own, and that of the master it replaced.
const std::string kWhoAmI = R"(
local function who_am_i()
  local replication = redis.call('INFO', 'replication')
  return redis.call('CLUSTER', 'MYID'), string.match(replication, 'master_replid:(%x+)'),
         string.match(replication, 'master_replid2:(%x+)')
end
local function keep_at_home()  -- a line begins anew when a master gets its first replica
  local me, line = who_am_i()
  redis.call('HSET', KEYS[1], 'home', me, 'line', line)
end
)";

const std::string kGet = R"(
local out = {meta[3]}
for i = 2, #KEYS do
  local head = redis.call('HGET', KEYS[i], ARGV[i])
  if head and string.byte(head, 1) > 0 then
    local pieces = {head}
    for n = 1, string.byte(head, 1) do
      pieces[n + 1] = redis.call('HGET', KEYS[i], ARGV[i] .. string.char(n)) or ''
    end
    head = table.concat(pieces)
  end
  out[i] = head
end
return out
)";

const std::string kApply = R"(
local from, upto = tonumber(ARGV[2]), tonumber(ARGV[3])
if applied < from then return {'behind', meta[3]} end
if applied >= upto then return {'done', meta[3]} end
if floor < upto then redis.call('HSET', KEYS[1], 'floor', ARGV[3]) end
for i = 2, #KEYS do put(KEYS[i], ARGV[1 + 2 * i], ARGV[2 + 2 * i]) end
redis.call('HSET', KEYS[1], 'applied', ARGV[3], 'mark', ARGV[4])
if meta[4] then keep_at_home() end
return {'done', ARGV[3]}
)";

const std::string kFill = R"(
if tonumber(ARGV[2]) < floor then return -1 end
local kept = 0
for i = 2, #KEYS do
  local status = ARGV[2 * i]
  if as_of(status, 2) <= applied then kept = kept + put(KEYS[i], ARGV[2 * i - 1], status) end
end
return kept
)";

const std::string kLook = R"(
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'floor', 'applied', 'mark', 'bits', 'home', 'line')
local trusted = 1
if ARGV[1] == 'cluster' and meta[1] then
  local me, line, line_before = who_am_i()
  if meta[6] ~= me and meta[7] ~= line and meta[7] ~= line_before then
    trusted = 0
  elseif meta[6] ~= me or meta[7] ~= line then
    keep_at_home()
  end
end
return {meta[1] or '', meta[2] or '', meta[3] or '', meta[4] or '', meta[5] or '', trusted}
)";

const std::string kFound = R"(
local meta = redis.pcall('HMGET', KEYS[1], 'epoch', 'floor', 'applied', 'mark', 'bits')
local whole = not meta.err and meta[1] and meta[2] and meta[3] and meta[4] and meta[5]
if whole and meta[1] ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'floor', ARGV[3], 'applied', ARGV[3], 'mark', ARGV[4], 'bits', ARGV[5])
if ARGV[6] == 'cluster' then
  keep_at_home()
end
return 1
)";

std::string sha1_hex(const std::string& text) {
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  ISHI_ASSERT(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) == 1);
  return to_hex(ByteView(digest, size));
}

}  // namespace

RedisScript::RedisScript(std::string text) : lua(std::move(text)), sha(sha1_hex(lua)) {}

const RedisScript& redis_get_script() {
  static const RedisScript script(kKnowEpoch + kGet);
  return script;
}
const RedisScript& redis_apply_script() {
  static const RedisScript script(kKnowEpoch + kPut + kWhoAmI + kApply);
  return script;
}
const RedisScript& redis_fill_script() {
  static const RedisScript script(kKnowEpoch + kPut + kFill);
  return script;
}
const RedisScript& redis_look_script() {
  static const RedisScript script(kWhoAmI + kLook);
  return script;
}
const RedisScript& redis_found_script() {
  static const RedisScript script(kWhoAmI + kFound);
  return script;
}

}  // namespace ishi::cache
