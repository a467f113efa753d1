#include "tests/system/cluster_faults.h"

#include <string>

namespace ishi::testing {

using namespace std::chrono_literals;

void ClusterFaults::remember() {
  for (std::size_t i = 0; i < redis_.size(); ++i) redis_[i].dump("old");
}

void ClusterFaults::choose() {
  redis_.wait_until_whole();
  const std::size_t pair = random_() % redis_.kMasters;
  master_ = redis_.master_of(pair);
  replica_ = redis_.partner_of(master_);
}

// Any slot with something in it.
void ClusterFaults::choose_slot() {
  std::string key;
  redis_.wait_for("a key", [&] {
    choose();
    key = redis_[master_].command("RANDOMKEY");
    return key.starts_with("$") && !key.starts_with("$-1");
  });
  key = key.substr(key.find("\r\n") + 2);
  key = key.substr(0, key.find("\r\n"));
  slot_ = static_cast<unsigned>(std::stoul(redis_[master_].command("CLUSTER KEYSLOT " + key).substr(1)));
  to_ = redis_.master_of((master_ + 1 + random_() % (redis_.kMasters - 1)) % redis_.kMasters);
}

void ClusterFaults::wait_for_heir() const {
  redis_.wait_for("a new master", [&] { return redis_.is_master(replica_); });
}

void ClusterFaults::kill_and_wait() {
  redis_[master_].kill_hard();
  wait_for_heir();
}

void ClusterFaults::fail_over_in_order() const {
  redis_.wait_for("the exchange", [&] {
    if (redis_.is_master(replica_)) return true;
    redis_[replica_].command("CLUSTER FAILOVER");
    std::this_thread::sleep_for(50ms);
    return redis_.is_master(replica_);
  });
}

void ClusterFaults::promote_old_data() {
  redis_.cut_off(replica_);
  std::this_thread::sleep_for(std::chrono::milliseconds(300 + random_() % 1'000));  // its data grow old
  redis_.take_over(replica_);
}

void ClusterFaults::put_back_old_data() {
  redis_[replica_].kill_hard();
  redis_[master_].restore("old");
  redis_[replica_].start();
}

void ClusterFaults::empty() {
  for (std::size_t pair = 0; pair < redis_.kMasters; ++pair) redis_[redis_.master_of(pair)].command("FLUSHALL");
}

void ClusterFaults::move_half() const {
  redis_.announce_move(slot_, master_, to_);
  std::vector<std::string> keys = redis_.keys_of(slot_, master_);
  keys.resize((keys.size() + 1) / 2);
  for (const std::string& key : keys) redis_.move_key(key, master_, to_);
}

void ClusterFaults::move_rest() const {
  for (auto keys = redis_.keys_of(slot_, master_); !keys.empty(); keys = redis_.keys_of(slot_, master_))
    for (const std::string& key : keys) redis_.move_key(key, master_, to_);
  redis_.finish_move(slot_, master_, to_);
}

// As an operator may: the move is taken up again, or what was moved is fetched back.
void ClusterFaults::go_on_without_the_dead() {
  master_ = replica_;
  to_ = redis_.master_of(to_ % redis_.kMasters);
  if (random_() % 2 == 0) return redis_.move_back(slot_, to_, master_);
  move_half();
  std::this_thread::sleep_for(200ms);
  move_rest();
}

void ClusterFaults::freeze_everybody(bool frozen) {
  for (std::size_t i = 0; i < redis_.size(); ++i) frozen ? redis_[i].freeze() : redis_[i].thaw();
}

std::vector<Fault> ClusterFaults::list() {
  const auto whole = [this] { redis_.wait_until_whole(); };
  return {
      {"master killed, its replica takes over", [this] { choose(), kill_and_wait(); },
       [this, whole] { redis_[master_].start(), whole(); }, 500ms},
      {"master frozen until its replica is master",
       [this] {
         choose();
         redis_[master_].freeze();
         wait_for_heir();
       },
       [this, whole] { redis_[master_].thaw(), whole(); }, 300ms},
      {"replica takes over while server 2 is frozen",
       [this] {
         choose();
         hunt_.server(1).freeze();
         kill_and_wait();
       },
       [this, whole] {
         hunt_.server(1).thaw();
         std::this_thread::sleep_for(300ms);
         redis_[master_].start(), whole();
       },
       200ms},
      {"orderly failover", [this] { choose(), fail_over_in_order(); }, whole, 300ms},
      {"replica cut off, promoted with old data", [this] { choose(), promote_old_data(); },
       [this, whole] { redis_.mend(replica_), whole(); }, 500ms},
      {"pair put back from an old dump", [this] { choose(), put_back_old_data(); }, whole, 500ms},
      {"master killed and back at once",
       [this] {
         choose();
         redis_[master_].kill_hard();
         redis_[master_].start();
       },
       whole, 300ms},
      {"a slot moves", [this] { choose_slot(), move_half(); }, [this, whole] { move_rest(), whole(); }, 300ms},
      {"a slot's master dies half-way",
       [this] {
         choose_slot();
         move_half();
         kill_and_wait();
       },
       [this, whole] {
         redis_[master_].start();
         whole();
         go_on_without_the_dead();
         whole();
       },
       500ms},
      {"every master emptied", [this, whole] { whole(), empty(); }, whole, 500ms},
      {"everybody frozen", [this] { freeze_everybody(true); }, [this, whole] { freeze_everybody(false), whole(); }, 1s},
  };
}

}  // namespace ishi::testing
