// The bounds of the HTTP server. Every field has a unit; api/server/config.h reads them from the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "api/http/request_reader.h"
#include "api/messages/message.h"

namespace ishi::api {

struct ServerOptions {
  std::string address = "127.0.0.1";  // loopback: nginx is the edge
  std::uint16_t port = 0;             // 0: the system chooses
  int reactors = 2;                   // threads that read
  std::size_t workers = 64;           // threads that answer; they may block on stores
  std::size_t large_workers = 4;      // threads that answer requests with large bodies; they give way to all others
  std::size_t large_body_bytes = 64 * 1024;  // a body above this is large
  std::size_t queue_max = 1'024;             // requests waiting in each queue; more: 503
  std::size_t connections_max = 4'096;
  ReaderLimits reader;
  std::size_t body_bytes_max_total = std::size_t{1} << 30;   // of all requests being received or answered; more: 503
  std::size_t reply_bytes_max_total = std::size_t{1} << 30;  // of replies that clients are slow to read; more: cut off
  std::size_t ahead_bytes_max = 1 << 20;                // pipelined behind a request in work; more: closed after it
  std::chrono::milliseconds header_timeout{10'000};     // from first byte to blank line: 408
  std::chrono::milliseconds body_timeout{30'000};       // without progress: 408
  std::chrono::milliseconds request_timeout{600'000};   // from first to last byte: 408
  std::chrono::milliseconds keepalive_timeout{75'000};  // between requests
  std::chrono::milliseconds send_timeout{30'000};       // reply without progress: cut off
};

// One answer, for metrics and logs. Never holds a path, a query or a body.
struct Served {
  Method method = Method::kOther;
  std::string_view route;  // pattern; empty when none matched
  int status = 0;
  std::size_t bytes_in = 0, bytes_out = 0;
  std::chrono::microseconds duration{0};  // from the last byte received to the answer made
  std::string failure;                    // type of an exception that left a handler
};
using ServedObserver = std::function<void(const Served&)>;

}  // namespace ishi::api
