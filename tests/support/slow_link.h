// A network between a program and its PostgreSQL, as bad as a test wants it: a forwarder from a unix socket of its own
// to the server's. Slow: every piece is delivered so much later, in each direction. Cut: nothing is delivered and
// nothing is closed, as with a pulled cable; afterwards it goes on. It goes away with its object.
#pragma once

#include <chrono>
#include <condition_variable>
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

 private:
  void accept_all();
  void pump(int from, int to);
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
  std::thread acceptor_;
};

}  // namespace ishi::testing
