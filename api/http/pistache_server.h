// PistacheServer: the router behind a socket. Pistache listens, accepts and reports that bytes are there; connection.h
// reads and answers. Pistache 0.0.5 alone would answer out of order, retry a full socket in a spin while copying the
// whole reply each time, and write late answers to the client who now has the descriptor.
//
// Plain HTTP/1.1 on loopback: nginx is the edge. Threads: one that accepts, options.reactors that read,
// options.workers that run handlers, one reaper. A reactor first reads all there is to read. Then it answers
// the single checks among it by itself, all with one read of the head, if it need not wait for a store. SIGPIPE is
// ignored for the whole process from start() on.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "api/http/router.h"
#include "api/http/server_options.h"
#include "registry/result.h"

namespace ishi::api {

class PistacheServer {
 public:
  // REQUIRES: router outlives the server and no longer changes. `served` is called by many threads at once.
  PistacheServer(ServerOptions options, const Router& router, ServedObserver served = {});
  ~PistacheServer();  // stop(0)
  PistacheServer(const PistacheServer&) = delete;
  PistacheServer& operator=(const PistacheServer&) = delete;

  // Listens from here on. kUnavailable if the address cannot be had.
  Result<void> start();
  std::uint16_t port() const;  // the one chosen, after start()

  // New requests get 503; those in work are finished and sent, for at most `grace`. Then everything closes.
  // True: nothing was cut off. A second call does nothing.
  bool stop(std::chrono::milliseconds grace);

  std::size_t connections() const;
  std::size_t in_flight() const;
  std::size_t waiting() const;
  // Requests of the fast path, by who answered: the reactor that read them, or the executor.
  std::uint64_t answered_at_once() const;
  std::uint64_t handed_on() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ishi::api
