#include "tests/support/slow_link.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace ishi::testing {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the socket's path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace

SlowLink::SlowLink(std::string socket) : server_socket_(std::move(socket)) {
  char pattern[] = "/tmp/ishi-link-XXXXXX";
  if (!mkdtemp(pattern)) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  const sockaddr_un address = address_of(folder_ + "/.s.PGSQL.5432");
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0 || bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0)
    throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

SlowLink::~SlowLink() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& pump : pumps_) pump.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void SlowLink::delay(std::chrono::milliseconds each_way) {
  const std::lock_guard lock(mutex_);
  delay_ = each_way;
}

void SlowLink::cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
}

void SlowLink::mend() {
  {
    const std::lock_guard lock(mutex_);
    delay_ = std::chrono::milliseconds(0);
    cut_ = false;
  }
  changed_.notify_all();
}

void SlowLink::accept_all() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(server_socket_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(server);
      close(client);
      continue;
    }
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    sockets_.push_back(server);
    if (stopping_) shutdown(client, SHUT_RDWR), shutdown(server, SHUT_RDWR);
    pumps_.emplace_back([this, client, server] { pump(client, server, false); });
    pumps_.emplace_back([this, client, server] { pump(server, client, true); });
  }
}

bool SlowLink::wait_for_delivery() {
  std::unique_lock lock(mutex_);
  if (delay_.count() > 0) changed_.wait_for(lock, delay_, [this] { return stopping_; });
  changed_.wait(lock, [this] { return stopping_ || !cut_; });
  return !stopping_;
}

void SlowLink::pump(int from, int to, bool from_server) {
  std::vector<char> piece(64 << 10);
  for (;;) {
    const ssize_t got = read(from, piece.data(), piece.size());
    if (got > 0 && server_spoke_.exchange(from_server) && !from_server) ++round_trips_;
    const bool delivered = wait_for_delivery();
    if (got <= 0 || !delivered) break;
    bool sent = true;
    for (ssize_t at = 0; sent && at < got;) {
      const ssize_t put = send(to, piece.data() + at, static_cast<std::size_t>(got - at), MSG_NOSIGNAL);
      sent = put > 0;
      at += put;
    }
    if (!sent) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace ishi::testing
