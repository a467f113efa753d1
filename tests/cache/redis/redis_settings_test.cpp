// Where Redis is and where things lie in it.
#include "cache/redis/redis_settings.h"

#include <gtest/gtest.h>

#include "cache/redis/redis_scripts.h"
#include "cache/redis/redis_slots.h"

namespace ishi::cache {
namespace {

TEST(RedisAddress, IsAPathOrAHostWithAPort) {
  const auto addresses = parse_redis_addresses("/run/redis.sock,127.0.0.1:6379,[::1]:7000");
  ASSERT_TRUE(addresses.has_value());
  EXPECT_EQ(*addresses, (std::vector<RedisAddress>{{"/run/redis.sock", 0}, {"127.0.0.1", 6379}, {"::1", 7000}}));
}

TEST(RedisAddress, AnythingElseIsRefused) {
  for (const char* text :
       {"", "redis", "host:", ":6379", "host:0", "host:65536", "host:6379x", "a:1,", ",a:1", "host:-1"})
    EXPECT_EQ(parse_redis_addresses(text).error().code, "redis_address") << text;
}

TEST(RedisSlots, AreThoseOfRedisItself) {
  EXPECT_EQ(redis_crc16("123456789"), 0x31c3);  // the check value of CRC-16/XMODEM
  EXPECT_EQ(redis_slot("foo"), 12'182);
  EXPECT_EQ(redis_slot("{user1000}.following"), redis_slot("user1000"));
  EXPECT_EQ(redis_slot("foo{}{bar}"), redis_crc16("foo{}{bar}") % kRedisSlots);
}

TEST(RedisSlots, EachShardLiesInItsOwnSixteenthOfTheSlots) {
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) EXPECT_EQ(redis_shard_slot(shard) / 1'024, shard);
}

TEST(RedisScripts, AreNamedByTheirSha1) {
  EXPECT_EQ(RedisScript("return 1").sha, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

}  // namespace
}  // namespace ishi::cache
