// A private Redis Cluster of three masters on loopback, with replicas as asked for; its members go away with it.
// Failures throw std::runtime_error.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/redis_instance.h"

namespace ishi::testing {

// The cluster itself did not come to where it was to be within half a minute. what() says how it stands.
struct NeverCame : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RedisClusterInstance {
 public:
  static constexpr std::size_t kMasters = 3;
  struct Options {
    int node_timeout_ms = 2'000;  // silent for so long, a master is called dead; its replica takes over a second later
    bool replicas = false;        // one for each master: member kMasters + i follows member i at first
  };
  RedisClusterInstance() : RedisClusterInstance(Options()) {}
  explicit RedisClusterInstance(const Options& options);

  RedisInstance& operator[](std::size_t member) { return *members_[member]; }  // masters first, then replicas
  std::size_t size() const { return members_.size(); }
  std::string seeds() const;  // of the first two, as a configuration names them
  std::string id_of(std::size_t member) const;
  std::size_t add_replica_of(std::size_t master);  // waits until it has its copy; returns which member it is
  void wait_until_alike(std::size_t master, std::size_t replica) const;
  // The replica becomes the master of its slots without asking anybody: its master may be dead or frozen.
  void take_over(std::size_t replica);

  // Members i and kMasters + i are a pair, whichever of them is the master. Of these `member` must run.
  bool is_master(std::size_t member) const;
  std::size_t partner_of(std::size_t member) const { return (member + kMasters) % (2 * kMasters); }
  std::size_t master_of(std::size_t pair) const { return is_master(pair) ? pair : partner_of(pair); }
  // Waits until in every pair one is a master and the other its replica with a copy. Everybody must run.
  void wait_until_whole() const;
  // The replica stays in the cluster and hears nothing more from its master: what it holds grows old.
  void cut_off(std::size_t replica);
  void mend(std::size_t replica);

  // A slot's journey, as redis-cli moves it: announced on both sides first, so that in between some keys are here and
  // some there. Moving replaces what the other side may still have of an earlier attempt; move_back, towards the
  // keeper, does not, and throws away what the keeper has as well.
  void announce_move(unsigned slot, std::size_t from, std::size_t to) const;
  std::vector<std::string> keys_of(unsigned slot, std::size_t member) const;  // a thousand at most
  void move_key(const std::string& key, std::size_t from, std::size_t to) const;
  void move_back(unsigned slot, std::size_t from, std::size_t keeper) const;
  void finish_move(unsigned slot, std::size_t from, std::size_t to) const;

  // Waits half a minute at most.
  static void wait_for(const char* what, const std::function<bool()>& done);

 private:
  void add_member();
  void announce_import(unsigned slot, std::size_t from, std::size_t to) const;
  bool believes(std::size_t member, unsigned slot, std::size_t keeper) const;
  void meet(RedisInstance& member);
  const Options options_;
  std::vector<std::unique_ptr<RedisInstance>> members_;
};

}  // namespace ishi::testing
