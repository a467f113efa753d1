// DeadlineWatch: cuts connections whose database does not answer. libpq's calls have no time limit of their own, and a
// frozen server (stopped, or a dead disk under it) keeps its connections open: its kernel goes on acknowledging, so
// neither keepalives nor tcp_user_timeout nor the server's own statement_timeout end the wait. Here one thread ends
// it, by shutting the socket down; the caller then gets the library's ordinary "connection lost". Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>

#include "registry/threads/mutex.h"

namespace ishi::sql {

// The timeline that is in force (SessionOptions::timeline_min), and the one under which a connection was opened.
struct TimelineEpoch {
  const std::atomic<std::uint32_t>* in_force = nullptr;
  std::uint32_t opened_under = 0;
};

class DeadlineWatch {
 public:
  // The one of this process, kept while anybody holds it.
  static std::shared_ptr<DeadlineWatch> shared();
  DeadlineWatch();
  ~DeadlineWatch();

  // Cuts at once who waits for an answer of a server that was replaced since the connection was opened.
  void cut_outdated();

  // While it lives the deadline counts. Bounded by the caller's scope; takes no descriptor of its own.
  class Guard {
   public:
    // `socket` stays open until after this is gone. `limit` 0: none.
    Guard(DeadlineWatch& watch, int socket, std::chrono::milliseconds limit, TimelineEpoch epoch = {});
    ~Guard() { finish(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    // Ends the guard. True: the deadline had passed and the connection was cut.
    bool finish();

   private:
    friend class DeadlineWatch;
    DeadlineWatch& watch_;
    const int socket_;
    const TimelineEpoch epoch_;
    std::multimap<std::chrono::steady_clock::time_point, Guard*>::iterator place_ ISHI_GUARDED_BY(watch_.mutex_);
    bool watched_ = false, cut_ = false;
  };

 private:
  void run();
  void cut(Guard& guard) ISHI_REQUIRES(mutex_);

  Mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, Guard*> guards_ ISHI_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point wakes_at_ ISHI_GUARDED_BY(mutex_) =
      std::chrono::steady_clock::time_point::max();
  bool stopping_ ISHI_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ishi::sql
