// What can happen to a Redis Cluster whose masters have a replica each. Every fault ends with the cluster whole again:
// three masters, three replicas with a copy. A pair, and where a slot goes, is chosen at random each time.
#pragma once

#include <random>

#include "tests/support/redis_cluster_instance.h"
#include "tests/system/hunt.h"

namespace ishi::testing {

class ClusterFaults {
 public:
  ClusterFaults(RedisClusterInstance& redis, Hunt& hunt, std::uint64_t seed)
      : redis_(redis), hunt_(hunt), random_(seed) {}
  void remember();  // what every member holds now is what it will be put back to
  std::vector<Fault> list();

 private:
  void choose();               // master_ and replica_
  void choose_slot();          // slot_, of the chosen master, and to_, another master
  void wait_for_heir() const;  // until the replica is master
  void kill_and_wait();
  void fail_over_in_order() const;
  void promote_old_data();
  void put_back_old_data();
  void empty();
  void move_half() const;
  void move_rest() const;
  void go_on_without_the_dead();
  void freeze_everybody(bool frozen);

  RedisClusterInstance& redis_;
  Hunt& hunt_;
  std::mt19937_64 random_;
  std::size_t master_ = 0, replica_ = 0, to_ = 0;
  unsigned slot_ = 0;
};

}  // namespace ishi::testing
