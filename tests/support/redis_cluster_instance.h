// A private Redis Cluster of three masters on loopback, with replicas as asked for; its members go away with it.
// Failures throw std::runtime_error.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_instance.h"

namespace ishi::testing {

class RedisClusterInstance {
 public:
  static constexpr std::size_t kMasters = 3;
  RedisClusterInstance();

  RedisInstance& operator[](std::size_t member) { return *members_[member]; }  // masters first, then replicas
  std::string seeds() const;                           // of the first two, as a configuration names them
  std::string id_of(std::size_t member) const;
  std::size_t add_replica_of(std::size_t master);      // waits until it has its copy; returns which member it is
  // The replica becomes the master of its slots without asking anybody: its master may be dead or frozen.
  void take_over(std::size_t replica);
  // Waits half a minute at most.
  static void wait_for(const char* what, const std::function<bool()>& done);

 private:
  void meet(RedisInstance& member);
  std::vector<std::unique_ptr<RedisInstance>> members_;
};

}  // namespace ishi::testing
