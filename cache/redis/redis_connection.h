// RedisConnection: one socket to one server, RAII over one hiredis context. Never waits beyond the deadline it is
// given, in connecting, writing or reading, however slowly the other side drips. After the first error it is dead:
// what is in flight on it can't be told apart from what comes next, so it is closed and another one opened.
// One thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "cache/redis/redis_reply.h"
#include "cache/redis/redis_settings.h"
#include "registry/result.h"

struct redisContext;

namespace ishi::cache {

using RedisDeadline = std::chrono::steady_clock::time_point;

class RedisConnection {
 public:
  // Errors: kUnavailable, "redis_away".
  static Result<std::unique_ptr<RedisConnection>> open(const RedisAddress& address, const std::string& password,
                                                       RedisDeadline deadline);
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Queues a command; nothing is waited for. REQUIRES: not empty.
  void send(const RedisCommand& command);
  // Writes what is queued as far as that goes without waiting, so that several servers work at the same time.
  void push();
  // The replies to everything sent since the last receive(), in order. A reply may be an error of its command.
  // Errors: kUnavailable, "redis_away" (closed, garbled) or "redis_late"; the connection is dead then.
  Result<std::vector<RedisReply>> receive(RedisDeadline deadline);
  bool alive() const { return context_ != nullptr; }

 private:
  struct Closer {
    void operator()(redisContext* context) const;
  };
  explicit RedisConnection(redisContext* context) : context_(context) {}
  Result<void> wait_for(short events, RedisDeadline deadline) const;
  tl::unexpected<Error> die(Error error);

  std::unique_ptr<redisContext, Closer> context_;
  std::size_t awaited_ = 0;  // replies not yet read
  std::string unwritten_;    // commands, from `written_` on not yet sent
  std::size_t written_ = 0;
};

}  // namespace ishi::cache
