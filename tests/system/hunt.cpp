#include "tests/system/hunt.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <regex>

#include "tests/support/redis_cluster_instance.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

void nothing() {}

void add(Availability& sum, const Availability& one) {
  sum.asked += one.asked;
  sum.answered += one.answered;
  sum.longest_gap = std::max(sum.longest_gap, one.longest_gap);
}

std::string cell(const Availability& one) {
  char text[64];
  std::snprintf(text, sizeof text, "%7lu/%7lu %5.1f%%", static_cast<unsigned long>(one.answered),
                static_cast<unsigned long>(one.asked), 100 * one.share());
  return text;
}

}  // namespace

Hunt::Hunt(const Options& options)
    : seed_(options.seed),
      stack_(0.001, 1),
      standby_({.standby_of = &stack_.postgres(), .name = "near_by"}),
      link_(stack_.postgres().folder() + "/.s.PGSQL.5432") {
  const std::string here = stack_.database();
  const std::string through_link = "host=" + link_.folder() + here.substr(here.find(' '));
  const std::string at_standby = "host=" + standby_.folder() + here.substr(here.find(' '));
  stack_.postgres().wait_for_standbys("near_by");
  const std::string& redis = options.redis;
  servers_.push_back(
      stack_.new_server(redis, "connection = \"" + here + "\"\nstandby_connection = \"" + at_standby + "\"\n"));
  servers_.push_back(stack_.new_server(redis + "[near]\npeople_max = 1000\nkeep = \"recent\"\n"));
  const bool loosened = !options.staleness_max.empty();  // then it is not to wait long for what does not come
  servers_.push_back(
      stack_.new_server(loosened ? redis + "[filter]\nfreshness_wait_ms_max = 400\n" : redis,
                        "connection = \"" + through_link + "\"\n" + (loosened ? "lookup_ms_max = 300\n" : "")));
  std::vector<const Stack::Server*> running;
  for (auto& server : servers_) {
    server->start();
    running.push_back(server.get());
  }
  crowd_ = std::make_unique<Crowd>(
      stack_, running, CrowdOptions{.people = options.people, .seed = seed_, .staleness_max = options.staleness_max});
}

void Hunt::restart(std::size_t server) {
  servers_[server]->start();
  crowd_->server_is_at(server, servers_[server]->url());
}

std::vector<Fault> Hunt::server_faults() {
  std::vector<Fault> list;
  for (std::size_t i = 0; i < servers_.size(); ++i)
    list.push_back({"server " + std::to_string(i + 1) + " killed", [this, i] { servers_[i]->kill_hard(); },
                    [this, i] { restart(i); }, 300ms});
  list.push_back({"server 1 frozen", [this] { servers_[0]->freeze(); }, [this] { servers_[0]->thaw(); }, 1500ms});
  return list;
}

std::vector<Fault> Hunt::database_faults() {
  PostgresInstance& postgres = stack_.postgres();
  return {
      {"PostgreSQL restarted", [&] { postgres.restart_immediately(); }, nothing, 0ms},
      {"PostgreSQL frozen", [&] { postgres.freeze(); }, [&] { postgres.thaw(); }, 3s},
      {"PostgreSQL killed", [&] { postgres.kill_hard(); }, [&] { postgres.start(); }, 500ms},
      {"standby frozen", [this] { standby_.freeze(); }, [this] { standby_.thaw(); }, 1s},
      {"standby killed", [this] { standby_.kill_hard(); }, [this] { standby_.start(); }, 300ms},
  };
}

std::vector<Fault> Hunt::network_faults() {
  return {
      {"network of server 3 slow", [this] { link_.delay(100ms); }, [this] { link_.mend(); }, 2s},
      {"network of server 3 cut", [this] { link_.cut(); }, [this] { link_.mend(); }, 3s},
  };
}

void Hunt::run(const Extent& extent, const std::function<void()>& remember,
               const std::function<std::vector<Fault>()>& faults) {
  crowd_->start();
  std::this_thread::sleep_for(500ms);
  try {
    remember();
    inflict(extent, faults);
  } catch (const NeverCame& never) {  // Redis' own matter, and one more fault: what was answered is judged all the same
    given_up_ = never.what();
    for (auto& server : servers_) server->thaw();
  }
  std::this_thread::sleep_for(500ms);
  crowd_->stop();
}

void Hunt::inflict(const Extent& extent, const std::function<std::vector<Fault>()>& faults) {
  std::mt19937_64 random(seed_);
  for (std::uint64_t round = 0; round < extent.rounds || crowd_->checks() < extent.checks; ++round) {
    std::vector<Fault> list = faults();
    list.insert(list.begin(), Fault{"no fault", nothing, nothing, 2s});
    if (round > 0) std::shuffle(list.begin(), list.end(), random);
    for (const Fault& fault : list) {
      std::this_thread::sleep_for(full_hunt() ? 1s : 400ms);  // of quiet before
      if (full_hunt()) {
        std::printf("round %lu: %s\n", static_cast<unsigned long>(round + 1), fault.name.c_str());
        std::fflush(stdout);
      }
      const Nanoseconds from = steady_now();
      fault.begin();
      std::this_thread::sleep_for(fault.hold * (round == 0 ? 1 : 1 + random() % 3));
      fault.end();
      std::this_thread::sleep_for(500ms);  // recovery belongs to it
      stretches_.push_back({fault.name, from, steady_now()});
    }
  }
}

void Hunt::run_with_the_network_cut(milliseconds long_enough) {
  link_.cut();
  crowd_->start();
  std::this_thread::sleep_for(long_enough);
  link_.mend();
  crowd_->stop();
}

void Hunt::report() const {
  struct Sum {
    Availability reads, writes;
    int times = 0;
    Nanoseconds took = 0;
  };
  std::map<std::string, Sum> sums;
  std::vector<std::string> order;
  for (const Stretch& stretch : stretches_) {
    if (!sums.contains(stretch.name)) order.push_back(stretch.name);
    Sum& sum = sums[stretch.name];
    add(sum.reads, availability(crowd_->reads(), stretch.from, stretch.upto));
    add(sum.writes, availability(crowd_->writes(), stretch.from, stretch.upto));
    sum.took += stretch.upto - stretch.from;
    ++sum.times;
  }
  std::printf("%-44s %5s %5s  %22s %9s  %22s %9s\n", "fault", "times", "s", "questions answered", "gap ms",
              "writes answered", "gap ms");
  for (const std::string& name : order) {
    const Sum& sum = sums[name];
    std::printf("%-44s %5d %5.1f  %s %9ld  %s %9ld\n", name.c_str(), sum.times, static_cast<double>(sum.took) / 1e9,
                cell(sum.reads).c_str(), static_cast<long>(sum.reads.longest_gap / 1'000'000), cell(sum.writes).c_str(),
                static_cast<long>(sum.writes.longest_gap / 1'000'000));
  }
}

void Hunt::tell_when() const {
  for (const Stretch& stretch : stretches_)
    std::printf("%lld to %lld: %s\n", static_cast<long long>(stretch.from), static_cast<long long>(stretch.upto),
                stretch.name.c_str());
}

double Hunt::answered_from_redis() const {
  const auto reply = stack_.client(*servers_[1], "registry-ops")->send({.method = "GET", .target = "/metrics"});
  std::smatch found;
  if (!reply || !std::regex_search(reply->body, found, std::regex("\nishi_redis_hits ([0-9.e+]+)"))) return -1;
  return std::stod(found[1]);
}

}  // namespace ishi::testing
