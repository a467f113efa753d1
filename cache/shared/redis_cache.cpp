#include "cache/shared/redis_cache.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include "registry/assert.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kBatch = 1'000;         // tokens per exchange
constexpr std::size_t kPeoplePerBucket = 36;  // measured (README.md): packed by Redis, and short enough to search
constexpr unsigned kBitsMin = 4, kBitsMax = 28;
constexpr std::uint64_t kEventsMax = std::uint64_t{1} << 40;  // of any log: an entry says its own in five bytes

template <typename Number>
std::optional<Number> parse_number(const std::string& text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text_of(std::span<const std::uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

std::string field_of(const Token& token, unsigned bits) {
  return text_of(token.bytes().subspan(bits / 8));
}

}  // namespace

RedisCache::RedisCache(RedisSettings settings) : cluster_(std::move(settings)) {}

std::string RedisCache::key_prefix_of(std::size_t shard) const {
  return cluster_.settings().prefix + ":{" + redis_shard_tag(shard) + "}";
}
std::string RedisCache::mode() const {
  return cluster_.settings().cluster ? "cluster" : "alone";
}
std::string RedisCache::meta_key(std::size_t shard) const {
  return key_prefix_of(shard) + "meta";
}
std::string RedisCache::bucket_key(std::size_t shard, const std::string& epoch, unsigned bits,
                                   const Token& token) const {
  std::uint32_t head = 0;
  for (std::size_t i = 0; i < 4; ++i) head = head << 8 | token.bytes()[i];
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, head >> (32 - bits), 16).ptr;
  return key_prefix_of(shard) + epoch + ":" + std::string(digits, end);
}
unsigned RedisCache::bits_wanted() const {
  const std::size_t buckets = cluster_.settings().people_expected / kPeoplePerBucket;
  return std::clamp(static_cast<unsigned>(std::bit_width(buckets)), kBitsMin, kBitsMax);
}

std::array<RedisCache::VerifiedEpoch, kRedisShards> RedisCache::verified_epochs() const {
  const MutexLock lock(mutex_);
  return verified_epochs_;
}
void RedisCache::mark_verified(std::size_t shard, const RedisShardState& state, std::uint64_t connections_opened) {
  const MutexLock lock(mutex_);
  verified_epochs_[shard] = {state.epoch, state.bits, connections_opened};
}
void RedisCache::invalidate(std::size_t shard) const {
  const MutexLock lock(mutex_);
  verified_epochs_[shard] = {};
}
bool RedisCache::verified(std::size_t shard) const {
  const MutexLock lock(mutex_);
  return !verified_epochs_[shard].epoch.empty() &&
         verified_epochs_[shard].connections_opened == cluster_.connections_opened();
}

bool RedisCache::ready() const {
  for (std::size_t shard = 0; shard < kRedisShards; ++shard)
    if (!verified(shard)) return false;
  return true;
}

RedisCache::Stats RedisCache::stats() const {
  return {hits_, misses_, skipped_, unusable_, fills_, fills_refused_, errors_};
}

std::vector<Result<std::optional<RedisShardState>>> RedisCache::read_shards() const {
  std::vector<RedisRequest> requests;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard)
    requests.push_back({redis_shard_slot(shard), &redis_look_script(), {meta_key(shard)}, {mode()}});
  std::vector<Result<std::optional<RedisShardState>>> states;
  for (auto& reply : cluster_.exchange(requests)) {
    if (!reply) {
      if (reply.error().code != "redis_skipped") ++errors_;
      states.push_back(fail(reply.error()));
      continue;
    }
    if (reply->kind != RedisReply::Kind::kList || reply->items.size() != 6) {
      ++errors_;
      if (is_foreign(*reply)) {
        states.push_back(std::optional<RedisShardState>());
        continue;
      }
      states.push_back(fail(ErrorKind::kUnavailable, "redis_refused", "Redis: " + reply->text));
      continue;
    }
    const auto floor = parse_number<std::uint64_t>(reply->items[1].text);
    const auto applied = parse_number<std::uint64_t>(reply->items[2].text);
    const auto mark = parse_number<std::int64_t>(reply->items[3].text);
    const auto bits = parse_number<unsigned>(reply->items[4].text);
    const std::string& epoch = reply->items[0].text;
    const bool all_there = std::none_of(reply->items.begin(), reply->items.begin() + 5,
                                        [](const RedisReply& item) { return item.text.empty(); });
    if (!all_there)
      states.push_back(std::optional<RedisShardState>());
    else if (!floor || !applied || !mark || !bits || *bits < kBitsMin || *bits > kBitsMax ||
             std::max(*applied, *floor) > kEventsMax)
      states.push_back(std::optional(RedisShardState{epoch, {}, {}, 0, 0}));
    else
      states.push_back(std::optional(
          RedisShardState{epoch, Position(*floor), Position(*applied), *mark, *bits, reply->items[5].integer == 1}));
  }
  return states;
}

void RedisCache::get_many(Position as_of, std::span<const Token> tokens,
                          const std::function<void(std::size_t, const PersonStatus&)>& each) const {
  for (std::size_t begin = 0; begin < tokens.size(); begin += kBatch) {
    if (get_batch(as_of, tokens.subspan(begin, std::min(kBatch, tokens.size() - begin)), begin, each)) continue;
    skipped_ += tokens.size() - std::min(tokens.size(), begin + kBatch);
    return;
  }
}

bool RedisCache::get_batch(Position as_of, std::span<const Token> tokens, std::size_t offset,
                           const std::function<void(std::size_t, const PersonStatus&)>& each) const {
  const auto verified = verified_epochs();
  const std::uint64_t known = cluster_.connections_opened();
  std::array<RedisRequest, kRedisShards> by_shard;
  std::array<std::vector<std::size_t>, kRedisShards> asked_by_shard;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t shard = redis_shard_of(tokens[i]);
    const VerifiedEpoch& epoch_verified = verified[shard];
    if (epoch_verified.epoch.empty() || epoch_verified.connections_opened != known) {
      ++skipped_;
      continue;
    }
    RedisRequest& request = by_shard[shard];
    if (request.keys.empty())
      request = {redis_shard_slot(shard), &redis_get_script(), {meta_key(shard)}, {epoch_verified.epoch}};
    request.keys.push_back(bucket_key(shard, epoch_verified.epoch, epoch_verified.bits, tokens[i]));
    request.arguments.push_back(field_of(tokens[i], epoch_verified.bits));
    asked_by_shard[shard].push_back(i);
  }
  std::vector<RedisRequest> requests;
  std::vector<std::size_t> shards;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
    if (asked_by_shard[shard].empty()) continue;
    requests.push_back(std::move(by_shard[shard]));
    shards.push_back(shard);
  }
  if (requests.empty()) return false;
  const auto replies = cluster_.exchange(requests);
  const bool still_the_same = cluster_.connections_opened() == known;
  bool any_answered = false;
  for (std::size_t r = 0; r < replies.size(); ++r) {
    const auto& asked = asked_by_shard[shards[r]];
    if (!replies[r]) {
      if (replies[r].error().code != "redis_skipped") ++errors_;
      skipped_ += asked.size();
      continue;
    }
    const RedisReply& reply = *replies[r];
    any_answered = true;
    const auto applied = reply.items.empty() ? std::nullopt : parse_number<std::uint64_t>(reply.items[0].text);
    if (reply.kind != RedisReply::Kind::kList || !applied || reply.items.size() != asked.size() + 1 ||
        !still_the_same) {
      if (reply.kind == RedisReply::Kind::kError) ++errors_;
      if ((reply.kind == RedisReply::Kind::kList && reply.items.empty()) || is_foreign(reply))
        invalidate(shards[r]);  // flushed, or founded anew
      skipped_ += asked.size();
      continue;
    }
    for (std::size_t k = 0; k < asked.size(); ++k) {
      const std::string& entry = reply.items[k + 1].text;
      if (entry.empty()) {
        ++misses_;
        continue;
      }
      const Token& token = tokens[asked[k]];
      const auto status = decode_status(as_bytes(entry).subspan(1), token);
      if (!status || status->as_of > as_of || (Position(*applied) < as_of && status->as_of != as_of)) {
        ++misses_;
        ++unusable_;
        continue;
      }
      ++hits_;
      each(offset + asked[k], *status);
    }
  }
  return any_answered;
}

void RedisCache::fill(Position snapshot, std::span<const Known> people) const {
  for (std::size_t begin = 0; begin < people.size(); begin += kBatch) {
    const auto verified = verified_epochs();
    const std::uint64_t known = cluster_.connections_opened();
    std::array<RedisRequest, kRedisShards> by_shard;
    for (const Known& person : people.subspan(begin, std::min(kBatch, people.size() - begin))) {
      const std::size_t shard = redis_shard_of(*person.token);
      const VerifiedEpoch& epoch_verified = verified[shard];
      if (epoch_verified.epoch.empty() || epoch_verified.connections_opened != known) continue;
      const auto bytes = encode_status(*person.status, *person.token);
      if (!bytes || bytes->size() > kRedisStatusBytesMax) continue;
      RedisRequest& request = by_shard[shard];
      if (request.keys.empty())
        request = {redis_shard_slot(shard),
                   &redis_fill_script(),
                   {meta_key(shard)},
                   {epoch_verified.epoch, std::to_string(snapshot.events())}};
      request.keys.push_back(bucket_key(shard, epoch_verified.epoch, epoch_verified.bits, *person.token));
      request.arguments.push_back(field_of(*person.token, epoch_verified.bits));
      request.arguments.push_back(text_of(*bytes));
    }
    std::vector<RedisRequest> requests;
    for (RedisRequest& request : by_shard)
      if (!request.keys.empty()) requests.push_back(std::move(request));
    if (requests.empty()) return;
    bool any_answered = false;
    const auto replies = cluster_.exchange(requests);
    for (std::size_t r = 0; r < replies.size(); ++r) {
      const auto& reply = replies[r];
      if (!reply || reply->kind == RedisReply::Kind::kError) ++errors_;
      if (!reply) continue;
      any_answered = true;
      if (reply->kind != RedisReply::Kind::kInteger) continue;
      if (reply->integer < 0)
        fills_refused_ += requests[r].keys.size() - 1;
      else
        fills_ += static_cast<std::uint64_t>(reply->integer);
    }
    if (!any_answered) return;
  }
}

RedisRequest RedisCache::apply_request(std::size_t shard, const RedisShardState& state, Position from, const Head& upto,
                                       std::span<const Item> items) const {
  RedisRequest request{redis_shard_slot(shard),
                       &redis_apply_script(),
                       {meta_key(shard)},
                       {state.epoch, std::to_string(from.events()), std::to_string(upto.position.events()),
                        std::to_string(upto.last_registered_at.microseconds())}};
  for (const Item& item : items) {
    ISHI_ASSERT(item.bytes.size() <= kRedisStatusBytesMax);
    request.keys.push_back(bucket_key(shard, state.epoch, state.bits, item.token));
    request.arguments.push_back(field_of(item.token, state.bits));
    request.arguments.push_back(item.bytes);
  }
  return request;
}

RedisRequest RedisCache::found_request(std::size_t shard, const std::string& old_epoch,
                                       const RedisShardState& state) const {
  return {redis_shard_slot(shard),
          &redis_found_script(),
          {meta_key(shard)},
          {old_epoch, state.epoch, std::to_string(state.applied.events()), std::to_string(state.mark),
           std::to_string(state.bits), mode()}};
}

}  // namespace ishi::cache
