// Connection: one client, from accept to close, over a socket of its own (a duplicate of the transport's). The
// transport may close and reuse its descriptor at any moment; answers go out over ours, so an answer can never reach
// the next client who was given the same number.
//
// Life of a request: 1 on_bytes (reactor) feeds the reader. The request line is resolved to a route once. A large body
// is received straight into the reader's buffer. 2 When the request is whole, a worker runs the route; bytes that come
// meanwhile wait in `ahead`. A single check is tried on the reactor itself first, which spares it the thread switches.
// 3 The worker sends what the socket takes; the reaper sends the rest. 4 With the last byte out the next request may
// begin, or the connection closes in order (half-close, then read and drop for a moment, so that the client gets to
// read the answer).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "api/http/connection_reaper.h"
#include "api/http/fast_path_executor.h"
#include "api/http/reply.h"
#include "api/http/request_reader.h"
#include "api/http/router.h"
#include "api/http/server_options.h"
#include "api/http/worker_pool.h"
#include "api/messages/problem.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

// What all connections of one server share. Declared in order of dependence: the threads end first.
struct ConnectionHost {
  ConnectionHost(ServerOptions chosen, const Router& table, ServedObserver observer);

  const ServerOptions options;
  const Router& router;
  const ServedObserver served;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> connections = 0, body_bytes = 0, in_flight = 0;
  std::atomic<std::uint64_t> at_once = 0, handed_on = 0;  // of the fast path: answered by a reactor, by the executor
  ConnectionReaper reaper;
  // Three queues, so that a small request never waits behind a large one.
  WorkerPool usual, large;
  FastPathExecutor fast_path;
  std::size_t waiting() const { return usual.waiting() + large.waiting() + fast_path.waiting(); }
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  // Takes `fd` over (non-blocking); closes it at the end. REQUIRES: host outlives every connection.
  Connection(int fd, ConnectionHost& host);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Reactor thread; never throws. True: a request of the fast path is whole. Read what else there is to read, then
  // call answer_at_once().
  [[nodiscard]] bool on_bytes(std::string_view bytes);
  // Reactor thread: answers it if no store has to be waited for. Otherwise, or if `may_try` is false, the
  // fast-path executor answers it. False: it took too long for a reactor.
  bool answer_at_once(bool may_try);
  void on_closed();  // reactor thread: the client is gone
  // Worker or reaper: sends what the socket takes. kAll: the request is finished, with the last byte and not a
  // moment later, so that a client who goes on at once with a large request is never taken for one who runs ahead.
  Sent send(Reply& reply);
  void give_up();  // worker or reaper: the answer will never be out
  // ConnectionReaper, every half second: ends what has waited too long. False: forget this connection.
  bool check(std::chrono::steady_clock::time_point now);
  int fd() const { return fd_; }

 private:
  void consume(std::string_view bytes);
  void receive_body();
  void after_feed();
  void dispatch();
  template <typename Pool>
  void submit(Pool& pool);
  // False: with `at_once_until` there is no answer yet.
  bool run(std::optional<std::chrono::steady_clock::time_point> at_once_until);
  void answer_and_close(const Problem& problem);
  void finish(bool keep_alive);
  void begin_close();
  void forget_request();
  void account_memory();

  const int fd_;
  ConnectionHost& host_;
  Mutex mutex_;  // guards everything below; while busy_, reader_ and match_ belong to the worker alone
  RequestReader reader_;
  std::optional<RouteMatch> match_;  // of the request in reader_, whose target it views; empty: not resolved yet
  std::string ahead_;
  bool in_turn_ = false, waits_for_turn_ = false;  // of the reactor
  bool busy_ = false, closing_ = false, closed_ = false, ahead_overflow_ = false;
  std::size_t accounted_bytes_ = 0;
  std::chrono::steady_clock::time_point started_, progressed_, received_;
};

}  // namespace ishi::api
