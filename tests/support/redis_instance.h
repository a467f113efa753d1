// A private redis-server in a temporary directory for one test program, on a unix socket (and on a port of loopback
// if asked). It goes away with its object, and with the program however that ends. Failures throw std::runtime_error.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace ishi::testing {

class RedisInstance {
 public:
  struct Options {
    bool cluster = false;                // a member of a cluster, on a port; it joins nobody by itself
    std::vector<std::string> arguments;  // "--maxmemory", "100mb"
  };
  RedisInstance() : RedisInstance(Options()) {}
  explicit RedisInstance(Options options);
  ~RedisInstance();
  RedisInstance(const RedisInstance&) = delete;
  RedisInstance& operator=(const RedisInstance&) = delete;

  void start();      // waits until it answers; what dump() kept is loaded
  void kill_hard();  // SIGKILL: nothing is saved
  void freeze();     // SIGSTOP: it holds its connections and says nothing
  void thaw();
  std::string command(const std::string& words) const;  // one line, over a connection of its own; the raw reply
  void dump(const std::string& name) const;             // keeps what it holds now under a name
  void restore(const std::string& name);                // kill, put that back, start

  std::string socket() const { return folder_ + "/redis.sock"; }
  int port() const { return port_; }  // 0 unless in a cluster
  std::string address() const { return port_ ? "127.0.0.1:" + std::to_string(port_) : socket(); }

 private:
  Options options_;
  std::string folder_;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace ishi::testing
