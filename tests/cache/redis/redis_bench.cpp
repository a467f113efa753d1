// What a person costs in Redis and how fast many are read: redis_bench [people]. Prints a table; checks its answers.
// Plain keys and smaller and larger buckets are measured beside ours (the third). Machine-dependent: run by hand,
// figures go to cache/README.md.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "cache/redis/redis_connection.h"
#include "cache/shared/redis_cache.h"
#include "registry/assert.h"
#include "registry/status/status_codec.h"
#include "tests/support/redis_instance.h"

namespace ishi::cache {
namespace {

using Seconds = std::chrono::duration<double>;

Token any_token(std::mt19937_64& random) {
  std::uint64_t words[2] = {random(), random()};
  return Token(std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(words), 16));
}

// 1.8 notices on average, from 200 hospitals; one in thirty objects.
PersonStatus any_person(const Token& token, std::mt19937_64& random) {
  PersonStatus status;
  status.as_of = Position(1 + random() % 2'000'000);
  status.tokens = {token};
  const std::uint64_t dice = random() % 100;
  for (int n = dice < 45 ? 1 : dice < 80 ? 2 : dice < 95 ? 3 : 4; n > 0; --n) {
    const bool anonymous = random() % 2 == 0;
    status.notices.push_back({std::to_string(1'310'000'000 + random() % 200 * 37),
                              anonymous ? "NGMIA_ANON" : "NGMIA_PSEUDO", anonymous ? "anon-2024" : "pseudo-2024",
                              NoticeMethod::kHanded,
                              CivilDate::of(2026, 1, 1).plus_days(static_cast<std::int32_t>(random() % 300))});
  }
  std::sort(status.notices.begin(), status.notices.end());
  if (random() % 30 == 0)
    status.objections.push_back({EventIndex(random() % 1'000'000),
                                 token,
                                 {},
                                 RequesterKind::kSelf,
                                 Timestamp(1'790'000'000'000'000),
                                 {},
                                 PastData::kStopOnly,
                                 {}});
  return status;
}

std::uint64_t used_memory(const testing::RedisInstance& redis) {
  const std::string info = redis.command("INFO memory");
  return std::strtoull(info.c_str() + info.find("used_memory:") + 12, nullptr, 10);
}

void measure_plain_keys(std::size_t people) {
  testing::RedisInstance redis;
  auto connection =
      RedisConnection::open({redis.socket(), 0}, "", std::chrono::steady_clock::now() + std::chrono::seconds(5));
  ISHI_ASSERT(connection.has_value());
  const std::uint64_t before = used_memory(redis);
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < people; ++i) {
    const Token token = any_token(random);
    const auto bytes = encode_status(any_person(token, random), token);
    (*connection)
        ->send({"SET", "ishi:{12}" + std::string(token.bytes().begin(), token.bytes().end()),
                std::string(bytes->begin(), bytes->end())});
    if (i % 1'000 == 999 || i + 1 == people) {
      const auto replies = (*connection)->receive(std::chrono::steady_clock::now() + std::chrono::seconds(10));
      ISHI_ASSERT(replies.has_value());
    }
  }
  std::printf("plain keys        %6.1f bytes a person\n",
              static_cast<double>(used_memory(redis) - before) / static_cast<double>(people));
}

void measure_buckets(std::size_t people, std::size_t people_expected) {
  testing::RedisInstance redis;
  RedisSettings settings{.addresses = *parse_redis_addresses(redis.socket()),
                         .people_expected = people_expected,
                         .deadline = std::chrono::milliseconds(10'000)};
  RedisCache tier(settings);
  const std::uint64_t before = used_memory(redis);
  const Head end{Position(2'000'000), Timestamp(1)};
  std::array<RedisShardState, kRedisShards> states;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
    states[shard] = {"0123456789abcdef", end.position, end.position, 1, tier.bits_wanted()};
    const auto request = tier.found_request(shard, "", states[shard]);
    ISHI_ASSERT(tier.cluster().exchange({&request, 1}).front().has_value());
    tier.mark_verified(shard, states[shard], tier.cluster().connections_opened());
  }
  std::mt19937_64 random(1);
  std::vector<Token> tokens;
  std::size_t value_bytes = 0;
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < people;) {
    std::vector<Token> chunk;
    std::vector<PersonStatus> statuses;
    for (; chunk.size() < 1'000 && done < people; ++done) {
      chunk.push_back(any_token(random));
      statuses.push_back(any_person(chunk.back(), random));
      value_bytes += encode_status(statuses.back(), chunk.back())->size();
    }
    std::vector<SharedCache::Known> known;
    for (std::size_t i = 0; i < chunk.size(); ++i) known.push_back({&chunk[i], &statuses[i]});
    tier.fill(end.position, known);
    tokens.insert(tokens.end(), chunk.begin(), chunk.end());
  }
  const double filled = Seconds(std::chrono::steady_clock::now() - begun).count();
  ISHI_ASSERT(tier.stats().fills == people);
  std::printf("buckets of %6.1f %6.1f bytes a person (%.1f of them the status)",
              static_cast<double>(people) / static_cast<double>(std::size_t{1} << tier.bits_wanted()),
              static_cast<double>(used_memory(redis) - before) / static_cast<double>(people),
              static_cast<double>(value_bytes) / static_cast<double>(people));
  std::printf("  fill %4.0f", static_cast<double>(people) / filled / 1'000);
  std::shuffle(tokens.begin(), tokens.end(), random);
  std::size_t found = 0;
  const auto asked = std::chrono::steady_clock::now();
  tier.get_many(end.position, tokens, [&](std::size_t i, const PersonStatus& status) {
    ISHI_ASSERT(status.tokens.front() == tokens[i]);
    ++found;
  });
  const double read = Seconds(std::chrono::steady_clock::now() - asked).count();
  ISHI_ASSERT(found == people);
  std::printf("  get_many %4.0f thousand people a second\n", static_cast<double>(people) / read / 1'000);
}

}  // namespace
}  // namespace ishi::cache

int main(int count, char** arguments) {
  const std::size_t people = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100'000;
  std::printf("%zu people, 1.8 notices each, one in thirty objects\n", people);
  ishi::cache::measure_plain_keys(people);
  for (const std::size_t expected : {people * 16, people * 4, people, people / 4, people / 16})
    ishi::cache::measure_buckets(people, expected);
}
