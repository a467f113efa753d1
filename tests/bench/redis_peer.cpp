#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstring>

#include "tests/bench/measure.h"
#include "tests/bench/peers.h"

namespace ishi::bench {
namespace {

constexpr std::size_t kKeys = 1'000, kOnTheWay = 10;

redisReply* next_reply(redisContext* redis) {
  void* reply = nullptr;
  require(redisGetReply(redis, &reply) == REDIS_OK && reply, "Redis went away");
  return static_cast<redisReply*>(reply);
}

void send(redisContext* redis, const char* verb, std::vector<const char*>& arguments, std::vector<std::size_t>& sizes) {
  arguments[0] = verb;
  sizes[0] = std::strlen(verb);
  require(redisAppendCommandArgv(redis, static_cast<int>(arguments.size()), arguments.data(), sizes.data()) == REDIS_OK,
          "Redis");
}

}  // namespace

RedisPeer::RedisPeer(int port) : redis_(redisConnect("127.0.0.1", port)) {
  require(redis_ && redis_->err == 0, "cannot connect to Redis");
}
RedisPeer::~RedisPeer() {
  redisFree(redis_);
}

void RedisPeer::load(std::uint64_t people) {
  for (std::uint64_t from = 0; from < people; from += kKeys) {
    const std::size_t count = std::min<std::uint64_t>(kKeys, people - from);
    std::vector<Token> tokens(count);
    std::vector<char> codes(count);
    std::vector<const char*> arguments(1 + 2 * count);
    std::vector<std::size_t> sizes(arguments.size());
    for (std::size_t i = 0; i < count; ++i) {
      tokens[i] = token_of(from + i);
      codes[i] = static_cast<char>('A' + static_cast<int>(truth_of(from + i, people)));
      arguments[1 + 2 * i] = reinterpret_cast<const char*>(&tokens[i]);
      sizes[1 + 2 * i] = Token::kSizeBytes;
      arguments[2 + 2 * i] = &codes[i];
      sizes[2 + 2 * i] = 1;
    }
    send(redis_, "MSET", arguments, sizes);
    freeReplyObject(next_reply(redis_));
  }
}

std::vector<std::uint8_t> RedisPeer::ask(std::span<const Token> tokens) {
  std::vector<std::uint8_t> codes;
  codes.reserve(tokens.size());
  std::size_t asked = 0;
  while (codes.size() < tokens.size()) {
    while (asked < tokens.size() && asked - codes.size() < kKeys * kOnTheWay) {
      const std::size_t count = std::min(kKeys, tokens.size() - asked);
      std::vector<const char*> arguments(1 + count);
      std::vector<std::size_t> sizes(1 + count, Token::kSizeBytes);
      for (std::size_t i = 0; i < count; ++i) arguments[1 + i] = reinterpret_cast<const char*>(&tokens[asked + i]);
      send(redis_, "MGET", arguments, sizes);
      asked += count;
    }
    redisReply* reply = next_reply(redis_);
    for (std::size_t i = 0; i < reply->elements; ++i) {
      const redisReply* value = reply->element[i];
      codes.push_back(value->type == REDIS_REPLY_STRING ? static_cast<std::uint8_t>(value->str[0] - 'A')
                                                        : static_cast<std::uint8_t>(ReasonCode::kDenyUnknown));
    }
    freeReplyObject(reply);
  }
  return codes;
}

}  // namespace ishi::bench
