// Hunt: three servers over one PostgreSQL and one Redis, a crowd that asks and objects through them (crowd.h), and
// faults, one after another. The first server reads heads from a standby, the second lives on Redis, the third sees
// the database through a network of its own; the first and third hold everybody. Reported: how much was answered during
// each fault, and the longest time in which nobody got an answer.
#pragma once

#include <functional>

#include "tests/support/slow_link.h"
#include "tests/system/crowd.h"

namespace ishi::testing {

struct Fault {
  std::string name;
  std::function<void()> begin, end;
  std::chrono::milliseconds hold;  // between the two; in later rounds up to three times as long
};

class Hunt {
 public:
  struct Options {
    std::uint64_t seed = 0;
    std::string redis;          // that section of the configuration
    std::string staleness_max;  // as in CrowdOptions
    std::uint32_t people = 1'200;
  };
  explicit Hunt(const Options& options);

  std::vector<Fault> server_faults();  // killed and frozen
  std::vector<Fault> database_faults();
  std::vector<Fault> network_faults();
  Stack::Server& server(std::size_t i) { return *servers_[i]; }

  // Rounds of every fault, shuffled from the second on, until there are so many and so many checks. `remember` is
  // called when there is something to remember. Afterwards everybody has been told what became of their writes.
  struct Extent {
    std::uint64_t rounds, checks;
  };
  void run(const Extent& extent, const std::function<void()>& remember,
           const std::function<std::vector<Fault>()>& faults);
  // Nothing breaks, but the third server hears of nothing for so long.
  void run_with_the_network_cut(std::chrono::milliseconds long_enough);

  void report() const;
  void tell_when() const;  // every fault in its order, to find out what went wrong
  // Questions about a person that the second server answered from Redis since it was started last.
  double answered_from_redis() const;
  // Why the faults ended before their time: the Redis Cluster did not heal. Empty: they did not.
  const std::string& given_up() const { return given_up_; }
  std::size_t faults_done() const { return stretches_.size(); }  // with the stretches of none
  const Crowd& crowd() const { return *crowd_; }

 private:
  struct Stretch {
    std::string name;
    Nanoseconds from, upto;
  };
  void restart(std::size_t server);
  void inflict(const Extent& extent, const std::function<std::vector<Fault>()>& faults);

  const std::uint64_t seed_;
  Stack stack_;
  PostgresInstance standby_;
  SlowLink link_;
  std::vector<std::unique_ptr<Stack::Server>> servers_;
  std::unique_ptr<Crowd> crowd_;
  std::vector<Stretch> stretches_;
  std::string given_up_;
};

}  // namespace ishi::testing
