// Three servers over one PostgreSQL, and faults. Whoever objects is told so by one server; from then on no server may
// say ALLOW until a withdrawal has been asked for. Judged afterwards over everything anybody was told. Reported: how
// much was answered during each fault, and the longest time in which nobody got an answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "tests/support/redis_instance.h"
#include "tests/support/slow_link.h"
#include "tests/system/crowd.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Fault {
  std::string name;
  std::function<void()> begin, end;
  milliseconds hold;  // between the two
};

struct Stretch {
  std::string name;
  Nanoseconds from, upto;
};

class Hunt {
 public:
  explicit Hunt(std::uint64_t seed, const std::string& staleness_max = "")
      : seed_(seed), stack_(0.001, 1), standby_({.standby_of = &stack_.postgres(), .name = "near_by"}), link_(stack_.postgres().folder() + "/.s.PGSQL.5432") {
    // The third sees the database through a network of its own.
    const std::string here = stack_.database();
    const std::string through_link = "host=" + link_.folder() + here.substr(here.find(' '));
    const std::string at_standby = "host=" + standby_.folder() + here.substr(here.find(' '));
    stack_.postgres().wait_for_standbys("near_by");
    // The first reads heads from a standby, the second lives on Redis; the first and third hold everybody.
    const std::string redis = Stack::redis_section(redis_.address());
    servers_.push_back(stack_.new_server(redis, "connection = \"" + here + "\"\nstandby_connection = \"" + at_standby + "\"\n"));
    servers_.push_back(stack_.new_server(redis + "[near]\npeople_max = 1000\nkeep = \"recent\"\n"));
    const bool loosened = !staleness_max.empty();  // then it is not to wait long for what does not come
    servers_.push_back(stack_.new_server(loosened ? redis + "[filter]\nfreshness_wait_ms_max = 400\n" : redis,
                                         "connection = \"" + through_link + "\"\n" + (loosened ? "lookup_ms_max = 300\n" : "")));
    std::vector<const Stack::Server*> running;
    for (auto& server : servers_) {
      server->start();
      running.push_back(server.get());
    }
    crowd_ = std::make_unique<Crowd>(stack_, running, CrowdOptions{.people = full_hunt() ? 2'000U : 1'200U, .seed = seed, .staleness_max = staleness_max});
  }

  std::vector<Fault> faults() {
    const auto restart = [this](std::size_t i) {
      servers_[i]->start();
      crowd_->server_is_at(i, servers_[i]->url());
    };
    PostgresInstance& postgres = stack_.postgres();
    const auto nothing = [] {};
    std::vector<Fault> list;
    list.push_back({"no fault", nothing, nothing, 2s});
    for (std::size_t i = 0; i < servers_.size(); ++i)
      list.push_back({"server " + std::to_string(i + 1) + " killed", [this, i] { servers_[i]->kill_hard(); }, [restart, i] { restart(i); }, 300ms});
    list.push_back({"server 1 frozen", [this] { servers_[0]->freeze(); }, [this] { servers_[0]->thaw(); }, 1500ms});
    list.push_back({"PostgreSQL restarted", [&] { postgres.restart_immediately(); }, nothing, 0ms});
    list.push_back({"PostgreSQL frozen", [&] { postgres.freeze(); }, [&] { postgres.thaw(); }, 3s});
    list.push_back({"PostgreSQL killed", [&] { postgres.kill_hard(); }, [&] { postgres.start(); }, 500ms});
    list.push_back({"standby frozen", [this] { standby_.freeze(); }, [this] { standby_.thaw(); }, 1s});
    list.push_back({"standby killed", [this] { standby_.kill_hard(); }, [this] { standby_.start(); }, 300ms});
    list.push_back({"Redis emptied", [this] { redis_.command("FLUSHALL"); }, nothing, 500ms});
    list.push_back({"Redis frozen", [this] { redis_.freeze(); }, [this] { redis_.thaw(); }, 1s});
    list.push_back({"Redis killed", [this] { redis_.kill_hard(); }, [this] { redis_.start(); }, 500ms});
    list.push_back({"Redis restored from old", [this] { redis_.restore("old"); }, nothing, 500ms});
    list.push_back({"network of server 3 slow", [this] { link_.delay(100ms); }, [this] { link_.mend(); }, 2s});
    list.push_back({"network of server 3 cut", [this] { link_.cut(); }, [this] { link_.mend(); }, 3s});
    return list;
  }

  void run() {
    std::mt19937_64 random(seed_);
    crowd_->start();
    std::this_thread::sleep_for(500ms);
    redis_.dump("old");
    const std::uint64_t checks_wanted = steps(0, 10'000'000), rounds_wanted = steps(1, 4);
    for (std::uint64_t round = 0; round < rounds_wanted || crowd_->checks() < checks_wanted; ++round) {
      std::vector<Fault> list = faults();
      if (round > 0) std::shuffle(list.begin(), list.end(), random);
      for (const Fault& fault : list) {
        std::this_thread::sleep_for(full_hunt() ? 1s : 400ms);  // of quiet before
        const Nanoseconds from = steady_now();
        fault.begin();
        std::this_thread::sleep_for(fault.hold * (round == 0 ? 1 : 1 + random() % 3));
        fault.end();
        std::this_thread::sleep_for(500ms);  // recovery belongs to it
        stretches_.push_back({fault.name, from, steady_now()});
      }
    }
    std::this_thread::sleep_for(500ms);
    crowd_->stop();
  }

  void report() const {
    struct Sum {
      Availability reads, writes;
      int times = 0;
    };
    std::map<std::string, Sum> sums;
    std::vector<std::string> order;
    const auto add = [](Availability& sum, const Availability& one) {
      sum.asked += one.asked;
      sum.answered += one.answered;
      sum.longest_gap = std::max(sum.longest_gap, one.longest_gap);
    };
    for (const Stretch& stretch : stretches_) {
      if (!sums.contains(stretch.name)) order.push_back(stretch.name);
      Sum& sum = sums[stretch.name];
      add(sum.reads, availability(crowd_->reads(), stretch.from, stretch.upto));
      add(sum.writes, availability(crowd_->writes(), stretch.from, stretch.upto));
      ++sum.times;
    }
    std::printf("%-26s %5s  %22s %9s  %22s %9s\n", "fault", "times", "questions answered", "gap ms", "writes answered", "gap ms");
    for (const std::string& name : order) {
      const Sum& sum = sums[name];
      const auto cell = [](const Availability& one) {
        char text[64];
        std::snprintf(text, sizeof text, "%7lu/%7lu %5.1f%%", static_cast<unsigned long>(one.answered), static_cast<unsigned long>(one.asked), 100 * one.share());
        return std::string(text);
      };
      std::printf("%-26s %5d  %s %9ld  %s %9ld\n", name.c_str(), sum.times, cell(sum.reads).c_str(), static_cast<long>(sum.reads.longest_gap / 1'000'000),
                  cell(sum.writes).c_str(), static_cast<long>(sum.writes.longest_gap / 1'000'000));
    }
  }

  // Nothing breaks, but the third server hears of nothing.
  void run_with_the_network_cut(milliseconds long_enough) {
    link_.cut();
    crowd_->start();
    std::this_thread::sleep_for(long_enough);
    link_.mend();
    crowd_->stop();
  }

  const Crowd& crowd() const { return *crowd_; }

 private:
  const std::uint64_t seed_;
  Stack stack_;
  PostgresInstance standby_;
  SlowLink link_;
  RedisInstance redis_;
  std::vector<std::unique_ptr<Stack::Server>> servers_;
  std::unique_ptr<Crowd> crowd_;
  std::vector<Stretch> stretches_;
};

TEST(ThreeServers, NoAllowAfterAnAcknowledgedObjectionWhateverFails) {
  const std::uint64_t seed = seed_of_this_run();
  std::printf("ISHI_SEED=%lu\n", static_cast<unsigned long>(seed));
  Hunt hunt(seed);
  hunt.run();
  const WishVerdict found = hunt.crowd().history().judge();
  hunt.report();
  std::printf("%lu checks, %lu acknowledged writes: %lu stale ALLOW, %lu stale DENY, %lu not as the log says, %lu went back, "
              "%lu from the future, %lu malformed\n",
              static_cast<unsigned long>(found.checks), static_cast<unsigned long>(found.writes), static_cast<unsigned long>(found.stale_allows),
              static_cast<unsigned long>(found.stale_denials), static_cast<unsigned long>(found.not_at_position),
              static_cast<unsigned long>(found.went_back), static_cast<unsigned long>(found.from_the_future), static_cast<unsigned long>(found.malformed));
  for (const std::string& example : found.examples) ADD_FAILURE() << example;
  for (const std::string& surprise : hunt.crowd().surprises()) ADD_FAILURE() << surprise;
  EXPECT_TRUE(found.linearizable());
  EXPECT_EQ(found.stale_allows, 0U);
  EXPECT_GE(found.checks, steps(50'000, 10'000'000));
  EXPECT_GE(found.writes, steps(100, 1'000));
}

// That the hunt can find something: the same crowd, content with answers that are a minute old, gets old ones.
TEST(ThreeServers, StaleAnswersAreFoundWhereTheyWereAskedFor) {
  const std::uint64_t seed = seed_of_this_run();
  SCOPED_TRACE("ISHI_SEED=" + std::to_string(seed));
  Hunt hunt(seed, "60");
  hunt.run_with_the_network_cut(4s);
  const WishVerdict found = hunt.crowd().history().judge();
  EXPECT_GT(found.stale_allows, 0U);
  EXPECT_GT(found.went_back, 0U);
  EXPECT_EQ(found.not_at_position, 0U) << "old, but never other than the log was at the Position they name";
}

}  // namespace
}  // namespace ishi::testing
