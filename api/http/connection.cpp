#include "api/http/connection.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace ishi::api {
namespace {

using std::chrono::steady_clock;
constexpr int kLargeNiceness = 5;                         // a third of a processor's turns when others want it too
constexpr auto kPatience = std::chrono::milliseconds(2);  // of a reactor, for the log's head
constexpr std::size_t kFastPathThreads = 8;               // one works, the others stand in for it
constexpr auto kLinger = std::chrono::seconds(2);         // reading and dropping after our last word

Problem overloaded() {
  return {503, "overloaded", {}, {}, {}};
}

}  // namespace

ConnectionHost::ConnectionHost(ServerOptions chosen, const Router& table, ServedObserver observer)
    : options(std::move(chosen)),
      router(table),
      served(std::move(observer)),
      reaper(options.reply_bytes_max_total, options.send_timeout),
      usual(options.workers, options.queue_max),
      large(options.large_workers, options.queue_max, kLargeNiceness),
      fast_path(kFastPathThreads, options.queue_max) {}

Connection::Connection(int fd, ConnectionHost& host)
    : fd_(fd),
      host_(host),
      reader_(host.options.reader,
              [this](Method method, std::string_view target) {
                match_ = host_.router.resolve(method, target);
                return match_->body_bytes_max();
              }),
      started_(steady_clock::now()),
      progressed_(started_) {
  ++host_.connections;
}

Connection::~Connection() {
  const MutexLock lock(mutex_);  // the last owner may be a thread that never held it: see what the others did
  host_.body_bytes -= accounted_bytes_;
  --host_.connections;
  ::close(fd_);
}

bool Connection::on_bytes(std::string_view bytes) {
  const MutexLock lock(mutex_);
  in_turn_ = true;
  try {
    progressed_ = steady_clock::now();
    consume(bytes);
    receive_body();
  } catch (...) {  // memory is out: this client goes, the others stay
    closing_ = true;
    ::shutdown(fd_, SHUT_RDWR);
  }
  in_turn_ = false;
  return std::exchange(waits_for_turn_, false);
}

void Connection::on_closed() {
  const MutexLock lock(mutex_);
  closed_ = closing_ = true;
}

void Connection::consume(std::string_view bytes) {
  while (!bytes.empty() && !closing_) {
    if (busy_) {
      if (ahead_.size() + bytes.size() > host_.options.ahead_bytes_max)
        ahead_overflow_ = true;
      else
        ahead_.append(bytes);
      return;
    }
    if (reader_.untouched()) started_ = steady_clock::now();
    bytes.remove_prefix(reader_.feed(bytes));
    after_feed();
  }
}

// The transport hands over 4 KiB at a time; the rest of a large body is taken from the socket in large pieces.
void Connection::receive_body() {
  while (!busy_ && !closing_) {
    const std::span<char> room = reader_.body_space();
    if (room.empty()) return;
    const ssize_t bytes = ::recv(fd_, room.data(), room.size(), MSG_DONTWAIT);
    if (bytes <= 0) return;  // nothing now, or the end: the transport will see it too
    reader_.body_filled(static_cast<std::size_t>(bytes));
    after_feed();
  }
}

void Connection::after_feed() {
  account_memory();
  if (host_.body_bytes > host_.options.body_bytes_max_total) return answer_and_close(overloaded());
  switch (reader_.state()) {
    case RequestReader::State::kHead: return;
    case RequestReader::State::kBody:
      if (reader_.take_expects_continue()) {
        Reply go_on{"HTTP/1.1 100 Continue\r\n\r\n", {}, 0, true};
        send_some(fd_, go_on);
      }
      return;
    case RequestReader::State::kDone: return dispatch();
    case RequestReader::State::kRefused: {
      const auto& refusal = reader_.refusal();
      return answer_and_close({refusal.status, std::string(refusal.code), std::string(refusal.detail), {}, {}});
    }
  }
}

void Connection::dispatch() {
  if (host_.stopping) return answer_and_close({503, "stopping", {}, {}, {}});
  busy_ = true;
  ++host_.in_flight;
  Request& request = reader_.request();
  if (!match_) match_ = host_.router.resolve(request.method, reader_.target());
  received_ = steady_clock::now();
  if (request.body.size() > host_.options.large_body_bytes) return submit(host_.large);
  if (match_->lane() != Lane::kFastPath) return submit(host_.usual);
  request.received = received_;  // what began to wait together shares one look at the log
  if (in_turn_)
    waits_for_turn_ = true;
  else
    submit(host_.fast_path);
}

// REQUIRES: mutex_ is held.
template <typename Pool>
void Connection::submit(Pool& pool) {
  if (pool.try_submit([self = shared_from_this()] { self->run({}); })) return;
  busy_ = false;
  --host_.in_flight;
  answer_and_close(overloaded());
}

bool Connection::answer_at_once(bool may_try) {
  const auto began = steady_clock::now();
  if (!may_try || !run(began + kPatience)) {
    ++host_.handed_on;
    const MutexLock lock(mutex_);
    submit(host_.fast_path);
  } else {
    ++host_.at_once;
  }
  return steady_clock::now() - began < kPatience;
}

bool Connection::run(std::optional<steady_clock::time_point> at_once_until) {
  Request& request = reader_.request();
  request.at_once_until = at_once_until;
  if (!request.received) request.received = steady_clock::now();  // its waits are counted from when its turn came
  const Method method = request.method;
  const bool keep_alive = reader_.keep_alive();
  const std::size_t bytes_in = request.body.size();
  try {
    Answer answer = host_.router.handle(*match_, request);
    if (at_once_until && answer.response.status == 503) return false;
    const Served served{method,
                        answer.route,
                        answer.response.status,
                        bytes_in,
                        answer.response.body.size(),
                        std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - received_),
                        std::move(answer.failure)};
    Reply reply = make_reply(std::move(answer.response), method, keep_alive && !host_.stopping);
    if (host_.served) host_.served(served);
    switch (send(reply)) {
      case Sent::kAll: return true;
      case Sent::kMore: host_.reaper.carry(shared_from_this(), std::move(reply)); return true;
      case Sent::kBroken: break;
    }
  } catch (...) {  // memory is out, or the observer failed: no answer is better than half of one
  }
  give_up();
  return true;
}

Sent Connection::send(Reply& reply) {
  const MutexLock lock(mutex_);
  const Sent sent = send_some(fd_, reply);
  if (sent == Sent::kAll) finish(reply.keep_alive);
  return sent;
}

void Connection::give_up() {
  ::shutdown(fd_, SHUT_RDWR);
  const MutexLock lock(mutex_);
  finish(false);
}

void Connection::finish(bool keep_alive) {
  --host_.in_flight;
  busy_ = false;
  forget_request();
  started_ = progressed_ = steady_clock::now();
  if (closing_) return;
  if (!keep_alive || ahead_overflow_ || host_.stopping) return begin_close();
  if (ahead_.empty()) return;
  const std::string waiting = std::exchange(ahead_, {});
  try {
    consume(waiting);
  } catch (...) {
    closing_ = true;
    ::shutdown(fd_, SHUT_RDWR);
  }
}

void Connection::answer_and_close(const Problem& problem) {
  const Request& request = reader_.request();
  Response response = problem_response(problem, request);
  if (host_.served) host_.served({request.method, {}, problem.status, 0, response.body.size(), {}, {}});
  Reply reply = make_reply(std::move(response), request.method, false);
  send_some(fd_, reply);  // a page at most: what the socket does not take now is lost with the connection
  begin_close();
}

void Connection::begin_close() {
  closing_ = true;
  ahead_.clear();
  forget_request();
  progressed_ = steady_clock::now();
  ::shutdown(fd_, SHUT_WR);
}

bool Connection::check(steady_clock::time_point now) {
  const MutexLock lock(mutex_);
  if (closed_) return false;
  if (busy_) return true;
  const ServerOptions& options = host_.options;
  if (closing_) {
    if (now - started_ > kLinger && now - progressed_ > kLinger) ::shutdown(fd_, SHUT_RDWR);
    if (now - started_ > 5 * kLinger) ::shutdown(fd_, SHUT_RDWR);
    return true;
  }
  if (reader_.untouched()) {
    if (host_.stopping || now - progressed_ > options.keepalive_timeout) begin_close();
    return true;
  }
  const bool late = reader_.state() == RequestReader::State::kHead ? now - started_ > options.header_timeout
                                                                   : now - progressed_ > options.body_timeout;
  if (late || now - started_ > options.request_timeout)
    answer_and_close({408, "request_timeout", "The request did not arrive in time.", {}, {}});
  return true;
}

void Connection::forget_request() {
  match_.reset();
  reader_.reset();
  account_memory();
}

void Connection::account_memory() {
  const std::size_t bytes = reader_.memory_bytes();
  host_.body_bytes += bytes - accounted_bytes_;  // modulo 2^64: right in both directions
  accounted_bytes_ = bytes;
}

}  // namespace ishi::api
