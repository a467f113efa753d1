// A client over a real socket that says exactly what it is told, and hears one answer at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace ishi::api {

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { leave(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void leave() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void half_close() { ::shutdown(fd_, SHUT_WR); }
  bool say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // One answer: head and body by Content-Length. Empty when the server closed or said nothing for ten seconds.
  std::string hear(bool head_only = false) {
    std::size_t end;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return {};
    end += 4;
    const auto at = held_.find("Content-Length: ");
    std::size_t length = 0;
    if (at != std::string::npos && at < end && !head_only) length = std::stoul(held_.substr(at + 16));
    while (held_.size() < end + length)
      if (!more()) return {};
    std::string answer = held_.substr(0, end + length);
    held_.erase(0, end + length);
    return answer;
  }
  bool closed_by_server() {
    while (more()) {
    }
    return ended_;
  }

 private:
  bool more() {
    pollfd polled{fd_, POLLIN, 0};
    if (::poll(&polled, 1, 10'000) <= 0) return false;
    char buffer[65'536];
    const ssize_t bytes = ::recv(fd_, buffer, sizeof buffer, 0);
    if (bytes <= 0) {
      ended_ = true;
      return false;
    }
    held_.append(buffer, static_cast<std::size_t>(bytes));
    return true;
  }

  int fd_;
  std::string held_;
  bool ended_ = false;
};

inline int status_of(const std::string& answer) {
  return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}
inline std::string body_of(const std::string& answer) {
  const auto at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.substr(at + 4);
}
inline std::string get(std::string_view target, std::string_view extra = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(extra) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body, std::string_view extra = {}) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + std::string(extra) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace ishi::api
