// A network between a program and its PostgreSQL, as bad as a test wants it: a forwarder from a unix socket of its own
// to the server's. Slow: every piece is delivered so much later, in each direction. Cut: nothing is delivered and
// nothing is closed, as with a pulled cable; afterwards it goes on. It goes away with its object.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ishi::testing {

class SlowLink {
 public:
  // `socket`: the server's unix socket, "<folder>/.s.PGSQL.5432".
  explicit SlowLink(std::string socket);
  ~SlowLink();
  SlowLink(const SlowLink&) = delete;
  SlowLink& operator=(const SlowLink&) = delete;

  const std::string& folder() const { return folder_; }  // for libpq's host=
  void delay(std::chrono::milliseconds each_way);
  void cut();
  void mend();  // no delay, not cut
  // How often the program has spoken after the server had (or for the first time): its round trips, if it speaks over
  // one connection at a time.
  std::uint64_t round_trips() const { return round_trips_; }

 private:
  void accept_all();
  void pump(int from, int to, bool from_server);
  bool wait_for_delivery();  // false: the link goes away

  const std::string server_socket_;
  std::string folder_;
  int listener_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::chrono::milliseconds delay_{0};
  bool cut_ = false, stopping_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> pumps_;
  std::atomic<bool> server_spoke_{true};
  std::atomic<std::uint64_t> round_trips_{0};
  std::thread acceptor_;
};

}  // namespace ishi::testing
