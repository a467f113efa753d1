// One HTTP exchange at a time with an Ishi server. Tests put their own server behind the same interface.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/result.h"

namespace ishi::client {

struct HttpRequest {
  std::string method = "POST";
  std::string target;        // "/v1/filter?regime=…", already encoded
  std::string content_type;  // empty = none
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;  // valid while send runs
};

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string_view header(std::string_view name) const;  // without case; empty if missing
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Any status is an answer. Errors: kUnavailable (no connection, time-out, reply beyond the bound). One thread.
  virtual Result<HttpReply> send(const HttpRequest& request) = 0;
};

struct ConnectionOptions {
  std::string server;                                  // http(s)://host[:port][/prefix]
  std::string key;                                     // API key; empty = anonymous
  std::string language;                                // Accept-Language; empty = not said
  std::string authority_file;                          // CA certificates (PEM); empty = the system's
  std::string certificate_file, certificate_key_file;  // of the client, for mutual TLS
  std::chrono::seconds connect_wait_max{10};
  std::chrono::seconds exchange_wait_max{300};
  std::size_t reply_bytes_max = 256u << 20;
};

// One kept-alive connection over libcurl. Errors: kInvalidArgument (not an http or https address).
Result<std::unique_ptr<HttpClient>> connect(const ConnectionOptions& options);

struct Patience {
  int attempts_max = 8;                                  // when the server says "later"
  int unreachable_attempts_max = 5;                      // when it does not answer at all: 7.5 seconds
  std::chrono::seconds wait_max{60};                     // between two attempts, also where Retry-After asks for more
  std::function<void(std::chrono::milliseconds)> sleep;  // REQUIRES: set
};
// Sends again after 429, 502, 503, 504 and lost connections: only for requests that the server recognises as the same.
// The last reply or error when patience ends. Retry-After is honoured, else the pause doubles from half a second.
Result<HttpReply> send_patiently(HttpClient& client, const HttpRequest& request, const Patience& patience);
Patience usual_patience();  // sleeps for real

// Not a 2xx: the problem document's code and detail as an Error, or "http_<status>".
Error error_of(const HttpReply& reply);

// name=value with percent-encoding, joined by &; empty values are left out.
std::string query_string(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace ishi::client
