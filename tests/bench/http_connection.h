// HttpConnection: the least a load generator needs of HTTP/1.1: one kept connection, one request in flight,
// Content-Length. Blocking; one thread. It must not be what is measured: large bodies go out and come in without a copy
// of ours.
#pragma once

#include <string>
#include <string_view>

namespace ishi::bench {

class HttpConnection {
 public:
  explicit HttpConnection(int port);  // on loopback; throws std::runtime_error
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  struct Reply {
    int status = 0;
    std::string_view body;  // until the next exchange
  };
  Reply exchange(std::string_view head, std::string_view body);  // throws std::runtime_error

  static std::string head(std::string_view method, std::string_view target, std::string_view key, std::string_view type,
                          std::size_t body_bytes);

 private:
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace ishi::bench
