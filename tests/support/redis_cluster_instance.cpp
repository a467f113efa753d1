#include "tests/support/redis_cluster_instance.h"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace ishi::testing {

constexpr std::size_t kSlots = 16'384;

RedisClusterInstance::RedisClusterInstance() {
  for (std::size_t i = 0; i < kMasters; ++i) {
    members_.push_back(std::make_unique<RedisInstance>(RedisInstance::Options{true, {}}));
    const std::size_t first = kSlots * i / kMasters, last = kSlots * (i + 1) / kMasters - 1;
    members_[i]->command("CLUSTER ADDSLOTSRANGE " + std::to_string(first) + " " + std::to_string(last));
    members_[i]->command("CLUSTER SET-CONFIG-EPOCH " + std::to_string(i + 1));
    if (i > 0) meet(*members_[i]);
  }
  wait_for("all slots", [&] {
    for (const auto& member : members_)
      if (member->command("CLUSTER INFO").find("cluster_state:ok") == std::string::npos ||
          member->command("CLUSTER SLOTS").rfind("*3", 0) != 0)
        return false;
    return true;
  });
}

std::string RedisClusterInstance::seeds() const {
  return members_[0]->address() + "," + members_[1]->address();
}

std::string RedisClusterInstance::id_of(std::size_t member) const {
  const std::string reply = members_[member]->command("CLUSTER MYID");
  return reply.substr(reply.find("\r\n") + 2, 40);
}

std::size_t RedisClusterInstance::add_replica_of(std::size_t master) {
  members_.push_back(std::make_unique<RedisInstance>(RedisInstance::Options{true, {}}));
  RedisInstance& replica = *members_.back();
  meet(replica);
  const std::string id = id_of(master);
  wait_for("the replica", [&] { return replica.command("CLUSTER REPLICATE " + id).starts_with("+OK"); });
  wait_for("its copy", [&] { return replica.command("INFO replication").find("master_link_status:up") != std::string::npos; });
  return members_.size() - 1;
}

void RedisClusterInstance::take_over(std::size_t replica) {
  wait_for("the takeover", [&] { return members_[replica]->command("CLUSTER FAILOVER TAKEOVER").starts_with("+OK"); });
  wait_for("the master", [&] { return members_[replica]->command("INFO replication").find("role:master") != std::string::npos; });
}

void RedisClusterInstance::wait_for(const char* what, const std::function<bool()>& done) {
  for (int i = 0; i < 3'000; ++i) {
    if (done()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error(std::string("never came: ") + what);
}

void RedisClusterInstance::meet(RedisInstance& member) {
  member.command("CLUSTER MEET 127.0.0.1 " + std::to_string(members_.front()->port()));
}

}  // namespace ishi::testing
