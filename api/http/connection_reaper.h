// ConnectionReaper: one thread that sends the rest of replies to clients who read slowly (so that they hold no worker)
// and ends connections that have waited too long. Its memory is bounded: beyond reply_bytes_max a slow client is cut
// off.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "api/http/reply.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

class Connection;

class ConnectionReaper {
 public:
  ConnectionReaper(std::size_t reply_bytes_max, std::chrono::milliseconds send_timeout);
  ~ConnectionReaper();  // gives up what is not sent
  ConnectionReaper(const ConnectionReaper&) = delete;
  ConnectionReaper& operator=(const ConnectionReaper&) = delete;

  void watch(std::weak_ptr<Connection> connection);                 // any thread
  void carry(std::shared_ptr<Connection> connection, Reply reply);  // any thread; sends it piece by piece

 private:
  struct Carried {
    std::shared_ptr<Connection> connection;
    Reply reply;
    std::chrono::steady_clock::time_point deadline;
  };

  void run();
  void take_new();
  void wait_and_send();
  void check_connections();
  void wake() const;

  const std::size_t reply_bytes_max_;
  const std::chrono::milliseconds send_timeout_;
  int wake_fd_ = -1;
  Mutex mutex_;  // guards the next three
  std::vector<Carried> new_carried_ ISHI_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<Connection>> new_watched_ ISHI_GUARDED_BY(mutex_);
  bool ending_ ISHI_GUARDED_BY(mutex_) = false;
  std::vector<Carried> carried_;                    // the thread's own
  std::vector<std::weak_ptr<Connection>> watched_;  // the thread's own
  std::chrono::steady_clock::time_point next_check_;
  std::thread thread_;
};

}  // namespace ishi::api
