#include "tests/bench/load_generator.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace ishi::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{10};  // for the last answers; Pistache's own writer has been seen to lose one

struct Client {
  int fd = -1;
  std::size_t next = 0;  // its requests are next, next + connections, …
  const SmallRequest* asked = nullptr;
  Clock::time_point due;
  std::string answer;
};

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  return fd;
}

bool whole(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const auto length = answer.find("Content-Length: ");
  if (length == std::string::npos || length > end) throw std::runtime_error("an answer without Content-Length");
  return answer.size() >= end + 4 + std::strtoull(answer.c_str() + length + 16, nullptr, 10);
}

}  // namespace

LoadResult run_load(int port, const std::vector<SmallRequest>& requests, std::size_t connections, double seconds,
                    double rate_wanted, bool once) {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // nanoseconds: a paced request leaves when it is due
  const int poller = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Client> clients(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    clients[i].fd = connect_to(port);
    clients[i].next = i;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(poller, EPOLL_CTL_ADD, clients[i].fd, &event);
  }
  LoadResult result;
  std::vector<float> took_ms;
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::size_t begun = 0, in_flight = 0;
  const auto due_of = [&](std::size_t number) {
    if (rate_wanted == 0) return Clock::now();
    return start + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(number) / rate_wanted));
  };
  const auto ask = [&](Client& client) {
    if (client.next >= requests.size()) {
      if (once) return;
      client.next %= connections;
    }
    client.asked = &requests[client.next];
    client.next += connections;
    client.due = due_of(begun++);
    client.answer.clear();
    ++in_flight;
    const std::string& bytes = client.asked->bytes;
    if (::send(client.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("the server closed");
  };
  std::vector<std::size_t> idle;
  for (std::size_t i = connections; i-- > 0;) idle.push_back(i);
  char buffer[16'384];
  epoll_event events[64];
  for (;;) {
    const auto now = Clock::now();
    if (now < end)
      while (!idle.empty() && (rate_wanted == 0 || due_of(begun) <= now)) {
        Client& client = clients[idle.back()];
        idle.pop_back();
        ask(client);
      }
    if (now > end + kPatience)
      throw std::runtime_error(std::to_string(in_flight) + " answers never came from port " + std::to_string(port));
    if (in_flight == 0 && (now >= end || idle.empty() || once)) break;
    timespec patience{0, 100'000'000};
    if (rate_wanted > 0 && !idle.empty() &&
        now < end) {  // until the next is due; spinning would take the server's processor
      const auto until_due = std::chrono::nanoseconds(due_of(begun) - now).count();
      patience.tv_nsec = std::clamp<long>(until_due, 0, patience.tv_nsec);
    }
    const int ready = ::epoll_pwait2(poller, events, 64, &patience, nullptr);
    for (int e = 0; e < ready; ++e) {
      Client& client = clients[events[e].data.u64];
      const ssize_t bytes = ::recv(client.fd, buffer, sizeof buffer, 0);
      if (bytes <= 0) throw std::runtime_error("the server closed");
      client.answer.append(buffer, static_cast<std::size_t>(bytes));
      if (!whole(client.answer)) continue;
      const auto answered = Clock::now();
      ++result.answers;
      if (client.answer.find(client.asked->expected) == std::string::npos) ++result.wrong;
      took_ms.push_back(std::chrono::duration<float, std::milli>(answered - client.due).count());
      --in_flight;
      if (rate_wanted == 0 && answered < end) {
        const std::size_t before = in_flight;
        ask(client);
        if (in_flight != before) continue;
      }
      if (rate_wanted > 0) idle.push_back(events[e].data.u64);
    }
  }
  const double lasted = std::chrono::duration<double>(Clock::now() - start).count();
  for (const Client& client : clients) ::close(client.fd);
  ::close(poller);
  result.rate = static_cast<double>(result.answers) / lasted;
  if (!took_ms.empty()) {
    std::sort(took_ms.begin(), took_ms.end());
    result.p50_ms = took_ms[took_ms.size() / 2];
    result.p99_ms = took_ms[std::min(took_ms.size() - 1, took_ms.size() * 99 / 100)];
  }
  return result;
}

}  // namespace ishi::bench
