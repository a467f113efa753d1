#include "tests/bench/http_connection.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace ishi::bench {

HttpConnection::HttpConnection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
}

HttpConnection::~HttpConnection() {
  ::close(fd_);
}

std::string HttpConnection::head(std::string_view method, std::string_view target, std::string_view key,
                                 std::string_view type, std::size_t body_bytes) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n");
  if (!key.empty()) out.append("Authorization: Bearer ").append(key).append("\r\n");
  if (!type.empty())
    out.append("Content-Type: ")
        .append(type)
        .append("\r\nContent-Length: ")
        .append(std::to_string(body_bytes))
        .append("\r\n");
  return out + "\r\n";
}

HttpConnection::Reply HttpConnection::exchange(std::string_view head, std::string_view body) {
  std::size_t sent = 0;
  while (sent < head.size() + body.size()) {
    iovec parts[2];
    std::size_t count = 0;
    if (sent < head.size()) parts[count++] = {const_cast<char*>(head.data()) + sent, head.size() - sent};
    const std::size_t at = sent < head.size() ? 0 : sent - head.size();
    parts[count++] = {const_cast<char*>(body.data()) + at, body.size() - at};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t bytes = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (bytes < 0) throw std::runtime_error("the server closed while a request was sent");
    sent += static_cast<std::size_t>(bytes);
  }
  std::size_t have = 0, need = 0, head_size = 0;
  while (need == 0 || have < need) {
    if (buffer_.size() < std::max(need, have + 16'384)) buffer_.resize(std::max(need, have + 65'536));
    const ssize_t bytes = ::recv(fd_, buffer_.data() + have, buffer_.size() - have, 0);
    if (bytes <= 0)
      throw std::runtime_error("the server closed before its answer was whole, after " + std::to_string(have) +
                               " bytes");
    have += static_cast<std::size_t>(bytes);
    if (need != 0) continue;
    const std::string_view seen(buffer_.data(), have);
    const auto end = seen.find("\r\n\r\n");
    if (end == std::string_view::npos) continue;
    const auto length = seen.substr(0, end).find("Content-Length: ");
    if (length == std::string_view::npos) throw std::runtime_error("an answer without Content-Length");
    head_size = end + 4;
    need = head_size + std::strtoull(buffer_.c_str() + length + 16, nullptr, 10);
  }
  return {std::atoi(buffer_.c_str() + 9), std::string_view(buffer_).substr(head_size, need - head_size)};
}

}  // namespace ishi::bench
