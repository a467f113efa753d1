#include "tests/support/redis_cluster_instance.h"

#include <chrono>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace ishi::testing {

constexpr std::size_t kSlots = 16'384;
constexpr int kTriesPerGreeting = 150;  // on a busy machine one is easily lost

RedisClusterInstance::RedisClusterInstance(const Options& options) : options_(options) {
  for (std::size_t i = 0; i < kMasters; ++i) {
    add_member();
    const std::size_t first = kSlots * i / kMasters, last = kSlots * (i + 1) / kMasters - 1;
    members_[i]->command("CLUSTER ADDSLOTSRANGE " + std::to_string(first) + " " + std::to_string(last));
    members_[i]->command("CLUSTER SET-CONFIG-EPOCH " + std::to_string(i + 1));
  }
  int tries = 0;
  wait_for("all slots", [&] {
    if (tries++ % kTriesPerGreeting == 0)
      for (std::size_t i = 1; i < kMasters; ++i) meet(*members_[i]);
    for (const auto& member : members_)
      if (member->command("CLUSTER INFO").find("cluster_state:ok") == std::string::npos ||
          member->command("CLUSTER SLOTS").rfind("*3", 0) != 0)
        return false;
    return true;
  });
  if (options.replicas)
    for (std::size_t i = 0; i < kMasters; ++i) add_replica_of(i);
}

void RedisClusterInstance::add_member() {
  members_.push_back(std::make_unique<RedisInstance>(RedisInstance::Options{
      .cluster = true,
      .arguments = {"--cluster-node-timeout", std::to_string(options_.node_timeout_ms),
                    "--cluster-allow-replica-migration", "no", "--cluster-replica-validity-factor", "0",
                    "--repl-diskless-sync-delay", "0"}}));
}

std::string RedisClusterInstance::seeds() const {
  return members_[0]->address() + "," + members_[1]->address();
}

std::string RedisClusterInstance::id_of(std::size_t member) const {
  const std::string reply = members_[member]->command("CLUSTER MYID");
  return reply.substr(reply.find("\r\n") + 2, 40);
}

std::size_t RedisClusterInstance::add_replica_of(std::size_t master) {
  add_member();
  RedisInstance& replica = *members_.back();
  const std::string id = id_of(master);
  int tries = 0;
  wait_for("the replica", [&] {
    if (tries++ % kTriesPerGreeting == 0) meet(replica);
    return replica.command("CLUSTER REPLICATE " + id).starts_with("+OK");
  });
  // Else it would inherit nothing, or nobody would hear that it did.
  const std::string its_id = id_of(members_.size() - 1);
  wait_for("its connections_opened", [&] {
    for (const auto& member : members_)
      if (member->command("CLUSTER NODES").find(its_id) == std::string::npos) return false;
    return replica.command("CLUSTER SLOTS").starts_with("*3");
  });
  wait_for("its copy",
           [&] { return replica.command("INFO replication").find("master_link_status:up") != std::string::npos; });
  return members_.size() - 1;
}

void RedisClusterInstance::wait_until_alike(std::size_t master, std::size_t replica) const {
  const auto offset = [&](std::size_t member) {
    const std::string answer = members_[member]->command("INFO replication");
    const std::size_t at = answer.find("master_repl_offset:");
    return answer.substr(at, answer.find('\r', at) - at);
  };
  wait_for("the replica's news", [&] { return offset(master) == offset(replica); });
}

void RedisClusterInstance::take_over(std::size_t replica) {
  wait_for("the takeover", [&] { return members_[replica]->command("CLUSTER FAILOVER TAKEOVER").starts_with("+OK"); });
  wait_for("the master",
           [&] { return members_[replica]->command("INFO replication").find("role:master") != std::string::npos; });
}

bool RedisClusterInstance::is_master(std::size_t member) const {
  return members_[member]->command("INFO replication").find("role:master") != std::string::npos;
}

void RedisClusterInstance::wait_until_whole() const try {
  wait_for("a whole cluster", [&] {
    for (std::size_t pair = 0; pair < kMasters; ++pair) {
      const std::size_t master = master_of(pair);
      const std::string follows = members_[partner_of(master)]->command("INFO replication");
      if (follows.find("role:slave") == std::string::npos ||
          follows.find("master_link_status:up") == std::string::npos ||
          follows.find("master_port:" + std::to_string(members_[master]->port()) + "\r") == std::string::npos)
        return false;
    }
    for (const auto& member : members_)
      if (member->command("CLUSTER INFO").find("cluster_state:ok") == std::string::npos) return false;
    return true;
  });
} catch (const NeverCame& never) {
  std::string how = never.what();
  for (std::size_t i = 0; i < members_.size(); ++i)
    how += "\nmember " + std::to_string(i) + " at " + std::to_string(members_[i]->port()) + ": " +
           members_[i]->command("CLUSTER NODES") + members_[i]->command("INFO replication");
  throw NeverCame(how);
}

// With a password that nobody has, it is not let in again.
void RedisClusterInstance::cut_off(std::size_t replica) {
  members_[replica]->command("CONFIG SET masterauth nobody-has-this");
  members_[partner_of(replica)]->command("CLIENT KILL TYPE replica");
  wait_for("the cut", [&] {
    return members_[replica]->command("INFO replication").find("master_link_status:down") != std::string::npos;
  });
}

void RedisClusterInstance::mend(std::size_t replica) {
  members_[replica]->command("CONFIG SET masterauth \"\"");
}

bool RedisClusterInstance::believes(std::size_t member, unsigned slot, std::size_t keeper) const {
  const std::string id = id_of(keeper);
  std::istringstream nodes(members_[member]->command("CLUSTER NODES"));
  for (std::string line; std::getline(nodes, line);) {
    if (line.find(id) > 64) continue;  // after the reply's length at most
    std::istringstream words(line);
    std::string word;
    for (int field = 0; field < 8; ++field) words >> word;
    while (words >> word) {
      unsigned first = 0, last = 0;
      const int found = std::sscanf(word.c_str(), "%u-%u", &first, &last);
      if (found > 0 && first <= slot && slot <= (found == 2 ? last : first)) return true;
    }
  }
  return false;
}

// The server that imports a slot does not hear that its keeper has changed; this may be a move begun anew.
void RedisClusterInstance::announce_import(unsigned slot, std::size_t from, std::size_t to) const {
  const std::string set = "CLUSTER SETSLOT " + std::to_string(slot);
  members_[to]->command(set + " STABLE");
  wait_for("the keeper's name", [&] { return believes(to, slot, from); });
  wait_for("the importing side",
           [&] { return members_[to]->command(set + " IMPORTING " + id_of(from)).starts_with("+OK"); });
}

void RedisClusterInstance::announce_move(unsigned slot, std::size_t from, std::size_t to) const {
  const std::string set = "CLUSTER SETSLOT " + std::to_string(slot);
  announce_import(slot, from, to);
  wait_for("the migrating side",
           [&] { return members_[from]->command(set + " MIGRATING " + id_of(to)).starts_with("+OK"); });
}

std::vector<std::string> RedisClusterInstance::keys_of(unsigned slot, std::size_t member) const {
  std::istringstream reply(members_[member]->command("CLUSTER GETKEYSINSLOT " + std::to_string(slot) + " 1000"));
  std::vector<std::string> keys;
  for (std::string line; std::getline(reply, line);)
    if (!line.starts_with('*') && !line.starts_with('$')) keys.push_back(line.substr(0, line.size() - 1));
  return keys;
}

void RedisClusterInstance::move_key(const std::string& key, std::size_t from, std::size_t to) const {
  wait_for("a key's journey", [&] {
    const std::string reply = members_[from]->command("MIGRATE 127.0.0.1 " + std::to_string(members_[to]->port()) +
                                                      " " + key + " 0 5000 REPLACE");
    if (!reply.starts_with("+") && reply.find("CLUSTERDOWN") == std::string::npos)
      throw std::runtime_error("a key stays where it is: " + reply);
    return reply.starts_with("+");
  });
}

void RedisClusterInstance::move_back(unsigned slot, std::size_t from, std::size_t keeper) const {
  announce_import(slot, keeper, from);
  for (const std::string& key : keys_of(slot, from)) {
    const std::string reply = members_[from]->command("MIGRATE 127.0.0.1 " + std::to_string(members_[keeper]->port()) +
                                                      " " + key + " 0 5000");
    if (reply.find("BUSYKEY") != std::string::npos)
      members_[from]->command("ASKING\r\nDEL " + key);
    else if (!reply.starts_with("+"))
      throw std::runtime_error("a key stays where it is: " + reply);
  }
  members_[from]->command("CLUSTER SETSLOT " + std::to_string(slot) + " STABLE");
}

void RedisClusterInstance::finish_move(unsigned slot, std::size_t from, std::size_t to) const {
  for (const std::size_t member : {to, from}) {
    const std::string reply =
        members_[member]->command("CLUSTER SETSLOT " + std::to_string(slot) + " NODE " + id_of(to));
    if (!reply.starts_with("+OK")) throw std::runtime_error("a slot stays where it is: " + reply);
  }
}

void RedisClusterInstance::wait_for(const char* what, const std::function<bool()>& done) {
  for (int i = 0; i < 3'000; ++i) {
    if (done()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw NeverCame(std::string("never came: ") + what);
}

void RedisClusterInstance::meet(RedisInstance& member) {
  member.command("CLUSTER MEET 127.0.0.1 " + std::to_string(members_.front()->port()));
}

}  // namespace ishi::testing
