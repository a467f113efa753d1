#include "api/http/pistache_server.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>

#include "api/http/connection.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;
constexpr const char* kConnection = "c";
constexpr int kBacklog = 1'024;
constexpr std::size_t kOtherDescriptors = 512;  // of the stores and files
constexpr auto kPause = 20ms;                   // after a store did not answer in time

class PeerHandler final : public Pistache::Tcp::Handler {
 public:
  explicit PeerHandler(ConnectionHost& host) : host_(host) { whole_.reserve(host.options.connections_max); }

  std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<PeerHandler>(host_); }

  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override try {
    int fd = ::fcntl(peer->fd(), F_DUPFD_CLOEXEC, static_cast<int>(host_.options.connections_max + kOtherDescriptors));
    if (fd < 0) fd = ::fcntl(peer->fd(), F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
      ::shutdown(peer->fd(), SHUT_RDWR);
      return;
    }
    auto connection = std::make_shared<Connection>(fd, host_);
    if (host_.connections > host_.options.connections_max) {
      Reply reply = make_reply(to_response({503, "overloaded", {}, {}, {}}, Language::kEnglish), Method::kGet, false);
      send_some(fd, reply);
      ::shutdown(fd, SHUT_RDWR);
      return;
    }
    host_.reaper.watch(connection);
    peer->putData(kConnection, std::move(connection));
  } catch (...) {
    ::shutdown(peer->fd(), SHUT_RDWR);
  }

  void onInput(const char* buffer, std::size_t length, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override try {
    if (const auto data = peer->tryGetData(kConnection))
      if (auto connection = std::static_pointer_cast<Connection>(data); connection->on_bytes({buffer, length}))
        whole_.push_back(std::move(connection));
  } catch (...) {
    ::shutdown(peer->fd(), SHUT_RDWR);
  }

  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override try {
    if (const auto data = peer->tryGetData(kConnection)) std::static_pointer_cast<Connection>(data)->on_closed();
  } catch (...) {
    ::shutdown(peer->fd(), SHUT_RDWR);
  }

  // The reactor has read all that was there: what can be answered at once is.
  void answer_whole() {
    if (whole_.empty()) return;
    bool may_try = std::chrono::steady_clock::now() >= tries_again_at_;
    for (const std::shared_ptr<Connection>& connection : whole_)
      if (!connection->answer_at_once(may_try) && may_try) {
        may_try = false;
        tries_again_at_ = std::chrono::steady_clock::now() + kPause;
      }
    whole_.clear();
  }

 private:
  ConnectionHost& host_;
  std::vector<std::shared_ptr<Connection>> whole_;
  std::chrono::steady_clock::time_point tries_again_at_;
};

// One reactor's turn: everything that is readable is read, then answered, all with one look at the log.
class Turns final : public Pistache::Tcp::Transport {
 public:
  explicit Turns(std::shared_ptr<PeerHandler> handler) : Transport(handler), handler_(std::move(handler)) {}
  void onReady(const Pistache::Aio::FdSet& ready) override {
    Transport::onReady(ready);
    handler_->answer_whole();
  }
  std::shared_ptr<Pistache::Aio::Handler> clone() const override {
    return std::make_shared<Turns>(std::static_pointer_cast<PeerHandler>(handler_->clone()));
  }

 private:
  std::shared_ptr<PeerHandler> handler_;
};

// Two descriptors a connection, and some for the stores.
void allow_descriptors(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections * 2 + 2 * kOtherDescriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct PistacheServer::Impl {
  Impl(ServerOptions options, const Router& router, ServedObserver served)
      : host(std::move(options), router, std::move(served)) {}

  ConnectionHost host;
  std::unique_ptr<Pistache::Tcp::Listener> listener;  // ends before the host: its peers hold connections
  std::uint16_t port = 0;
};

PistacheServer::PistacheServer(ServerOptions options, const Router& router, ServedObserver served)
    : impl_(std::make_unique<Impl>(std::move(options), router, std::move(served))) {}

PistacheServer::~PistacheServer() {
  stop(0ms);
}

Result<void> PistacheServer::start() try {
  const ServerOptions& options = impl_->host.options;
  std::signal(SIGPIPE, SIG_IGN);
  allow_descriptors(options.connections_max);
  using TcpOptions = Pistache::Tcp::Options;
  auto listener =
      std::make_unique<Pistache::Tcp::Listener>(Pistache::Address(options.address, Pistache::Port(options.port)));
  listener->init(static_cast<std::size_t>(options.reactors),
                 Pistache::Flags<TcpOptions>(TcpOptions::ReuseAddr) | TcpOptions::NoDelay | TcpOptions::CloseOnExec,
                 "http", kBacklog);
  auto handler = std::make_shared<PeerHandler>(impl_->host);
  listener->setHandler(handler);
  listener->setTransportFactory([handler] { return std::make_shared<Turns>(handler); });
  listener->bind();
  impl_->port = listener->getPort();
  listener->runThreaded();
  impl_->listener = std::move(listener);
  return {};
} catch (const std::exception& thrown) {
  return fail(ErrorKind::kUnavailable, "cannot_listen",
              "cannot listen on " + impl_->host.options.address + ":" + std::to_string(impl_->host.options.port) +
                  ": " + thrown.what());
}

std::uint16_t PistacheServer::port() const {
  return impl_->port;
}

bool PistacheServer::stop(std::chrono::milliseconds grace) {
  if (!impl_->listener) return true;
  impl_->host.stopping = true;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (impl_->host.in_flight > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  const bool all_finished = impl_->host.in_flight == 0;
  impl_->listener->shutdown();
  impl_->listener.reset();
  return all_finished;
}

std::size_t PistacheServer::connections() const {
  return impl_->host.connections;
}
std::size_t PistacheServer::in_flight() const {
  return impl_->host.in_flight;
}
std::size_t PistacheServer::waiting() const {
  return impl_->host.waiting();
}
std::uint64_t PistacheServer::answered_at_once() const {
  return impl_->host.at_once;
}
std::uint64_t PistacheServer::handed_on() const {
  return impl_->host.handed_on;
}

}  // namespace ishi::api
