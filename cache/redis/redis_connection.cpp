#include "cache/redis/redis_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <hiredis/hiredis.h>

#include "registry/assert.h"

namespace ishi::cache {
namespace {

Error away(const char* what) {
  return {ErrorKind::kUnavailable, "redis_away", std::string("Redis: ") + what};
}

RedisReply take_over(const redisReply& reply) {
  RedisReply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.kind = RedisReply::Kind::kInteger;
      result.integer = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      result.kind = reply.type == REDIS_REPLY_ERROR ? RedisReply::Kind::kError : RedisReply::Kind::kText;
      result.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ARRAY:
      result.kind = RedisReply::Kind::kList;
      result.items.reserve(reply.elements);
      for (std::size_t i = 0; i < reply.elements; ++i) result.items.push_back(take_over(*reply.element[i]));
      break;
    default: break;
  }
  return result;
}

}  // namespace

void RedisConnection::Closer::operator()(redisContext* context) const {
  redisFree(context);
}

tl::unexpected<Error> RedisConnection::die(Error error) {
  context_.reset();
  awaited_ = 0;
  return fail(std::move(error));
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address, const std::string& password,
                                                               RedisDeadline deadline) {
  redisContext* context = address.port == 0 ? redisConnectUnixNonBlock(address.host.c_str())
                                            : redisConnectNonBlock(address.host.c_str(), address.port);
  if (context == nullptr) return fail(away("no memory for a connection"));
  std::unique_ptr<RedisConnection> connection(new RedisConnection(context));
  if (context->err != 0) return fail(away(context->errstr));
  if (auto ready = connection->wait_for(POLLOUT, deadline); !ready) return fail(ready.error());
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(context->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return fail(away("nobody listens there"));
  if (!password.empty()) {
    connection->send({"AUTH", password});
    auto replies = connection->receive(deadline);
    if (!replies) return fail(replies.error());
    if (!replies->front().is("OK")) return fail(away("the password was refused"));
  }
  return connection;
}

Result<void> RedisConnection::wait_for(short events, RedisDeadline deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return fail(ErrorKind::kUnavailable, "redis_late", "Redis did not answer within its deadline");
    pollfd waited{context_->fd, events, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(away("its socket can't be waited for"));
  }
}

void RedisConnection::send(const RedisCommand& command) {
  ISHI_ASSERT(!command.empty());
  if (!context_) return;
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(command.size());
  sizes.reserve(command.size());
  for (const std::string& argument : command) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* formatted = nullptr;
  const int size = redisFormatCommandArgv(&formatted, static_cast<int>(texts.size()), texts.data(), sizes.data());
  ISHI_ASSERT(size > 0);
  unwritten_.append(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
  ++awaited_;
}

// Not by hiredis: its write() raises SIGPIPE when the server has gone.
void RedisConnection::push() {
  while (context_ && written_ < unwritten_.size()) {
    const ssize_t size =
        ::send(context_->fd, unwritten_.data() + written_, unwritten_.size() - written_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size < 0) return context_.reset();
    written_ += static_cast<std::size_t>(size);
  }
  unwritten_.clear();
  written_ = 0;
}

Result<std::vector<RedisReply>> RedisConnection::receive(RedisDeadline deadline) {
  std::vector<RedisReply> replies;
  replies.reserve(awaited_);
  while (context_ && awaited_ > 0) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return die(away("it does not speak the protocol"));
    if (raw != nullptr) {
      const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply(static_cast<redisReply*>(raw),
                                                                          &freeReplyObject);
      replies.push_back(take_over(*reply));
      --awaited_;
      continue;
    }
    push();
    if (!context_) break;
    // While we still write, the server may already wait for us to read: both at once, or both wait for ever.
    const short events = unwritten_.empty() ? POLLIN : POLLIN | POLLOUT;
    if (auto ready = wait_for(events, deadline); !ready) return die(ready.error());
    if (redisBufferRead(context_.get()) != REDIS_OK) return die(away(context_->errstr));
  }
  if (!context_) return die(away("the connection was closed"));
  return replies;
}

}  // namespace ishi::cache
