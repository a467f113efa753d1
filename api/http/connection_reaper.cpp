#include "api/http/connection_reaper.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/connection.h"
#include "registry/assert.h"

namespace ishi::api {
namespace {

using std::chrono::steady_clock;
constexpr auto kCheckEvery = std::chrono::milliseconds(500);

}  // namespace

ConnectionReaper::ConnectionReaper(std::size_t reply_bytes_max, std::chrono::milliseconds send_timeout)
    : reply_bytes_max_(reply_bytes_max),
      send_timeout_(send_timeout),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  ISHI_ASSERT(wake_fd_ >= 0);
  thread_ = std::thread([this] { run(); });
}

ConnectionReaper::~ConnectionReaper() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
  take_new();
  for (Carried& carried : carried_) carried.connection->give_up();
  ::close(wake_fd_);
}

void ConnectionReaper::wake() const {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof one));  // a full counter wakes as well
}

void ConnectionReaper::watch(std::weak_ptr<Connection> connection) {
  const MutexLock lock(mutex_);
  new_watched_.push_back(std::move(connection));
}

void ConnectionReaper::carry(std::shared_ptr<Connection> connection, Reply reply) {
  {
    const MutexLock lock(mutex_);
    new_carried_.push_back({std::move(connection), std::move(reply), steady_clock::now() + send_timeout_});
  }
  wake();
}

void ConnectionReaper::run() {
  next_check_ = steady_clock::now() + kCheckEvery;
  for (;;) {
    take_new();
    {
      const MutexLock lock(mutex_);
      if (ending_) return;
    }
    wait_and_send();
    if (steady_clock::now() >= next_check_) check_connections();
  }
}

void ConnectionReaper::take_new() {
  const MutexLock lock(mutex_);
  for (Carried& carried : new_carried_) carried_.push_back(std::move(carried));
  for (auto& watched : new_watched_) watched_.push_back(std::move(watched));
  new_carried_.clear();
  new_watched_.clear();
}

void ConnectionReaper::wait_and_send() {
  std::vector<pollfd> polled;
  polled.push_back({wake_fd_, POLLIN, 0});
  for (const Carried& carried : carried_) polled.push_back({carried.connection->fd(), POLLOUT, 0});
  ::poll(polled.data(), polled.size(), static_cast<int>(kCheckEvery.count()));
  if (polled[0].revents != 0) {
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_fd_, &count, sizeof count));
  }

  const auto now = steady_clock::now();
  std::size_t held = 0;
  std::vector<Carried> still;
  for (std::size_t i = 0; i < carried_.size(); ++i) {
    Carried& carried = carried_[i];
    Sent sent = Sent::kMore;
    if (polled[i + 1].revents != 0) {
      sent = carried.connection->send(carried.reply);
      carried.deadline = now + send_timeout_;
    }
    held += carried.reply.left();
    if (sent == Sent::kAll) continue;
    if (sent == Sent::kBroken || now >= carried.deadline || held > reply_bytes_max_) {
      held -= carried.reply.left();
      carried.connection->give_up();
    } else {
      still.push_back(std::move(carried));
    }
  }
  carried_ = std::move(still);
}

void ConnectionReaper::check_connections() {
  const auto now = steady_clock::now();
  std::erase_if(watched_, [now](const std::weak_ptr<Connection>& watched) {
    const std::shared_ptr<Connection> connection = watched.lock();
    return !connection || !connection->check(now);
  });
  next_check_ = now + kCheckEvery;
}

}  // namespace ishi::api
