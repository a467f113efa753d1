// ishi_bench: measures a running ishid and its peers on the same data, in turn, and prints a table. ops/bench starts
// them and calls this. Without servers only the near table and the memory below it are measured.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "tests/bench/figures.h"
#include "tests/bench/rounds.h"
#include "tests/bench/targets.h"

namespace {

using namespace ishi::bench;

Setup setup_of(int argc, char** argv) {
  Setup setup;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--people")
      setup.people = std::strtoull(value, nullptr, 10);
    else if (name == "--batch")
      setup.batch = std::strtoull(value, nullptr, 10);
    else if (name == "--rounds")
      setup.rounds = std::atoi(value);
    else if (name == "--server")
      setup.server_port = std::atoi(value);
    else if (name == "--process")
      setup.server_process = std::atoi(value);
    else if (name == "--redis")
      setup.redis_port = std::atoi(value);
    else if (name == "--lua")
      setup.lua_port = std::atoi(value);
    else if (name == "--route")
      setup.route_port = std::atoi(value);
    else if (name == "--postgres")
      setup.postgres = value;
    else if (name == "--route-process")
      setup.route_process = std::atoi(value);
    else if (name == "--house-database")
      setup.house_database = value;
    else if (name == "--client")
      setup.client = value;
    else if (name == "--duckdb")
      setup.duckdb = value;
    else if (name == "--folder")
      setup.folder = value;
    else if (name == "--only")
      setup.only = value;
    else if (name == "--loaded")
      setup.loaded = std::string_view(value) == "yes";
    else
      wrong("unknown option " + std::string(name));
  }
  return setup;
}

constexpr std::uint64_t kPeopleOfNationsRoof = 82'500'000;  // 40 bytes each: 3.3 GB

void progress(const char* what) {
  std::fprintf(stderr, "   %s\n", what);
}

}  // namespace

int main(int argc, char** argv) {
  const Setup setup = setup_of(argc, argv);
  Table table;
  const Batch batch = make_batch(setup.batch, setup.people, 1);
  std::unique_ptr<RedisPeer> redis;
  std::unique_ptr<PostgresPeer> postgres;
  if (setup.redis_port != 0) {
    progress("loading Redis");
    redis = std::make_unique<RedisPeer>(setup.redis_port);
    redis->load(setup.people);
  }
  if (!setup.postgres.empty()) {
    progress("loading PostgreSQL");
    postgres = std::make_unique<PostgresPeer>(setup.postgres);
    postgres->load(setup.people);
  }
  if (setup.server_port != 0) {
    progress("loading ishid");
    if (!setup.loaded) load_house(setup, table);
    if (postgres && !setup.house_database.empty()) {
      progress("bare COPY");
      postgres->copy_same_rows(setup.house_database, std::min<std::uint64_t>(setup.people, 500'000), setup.rounds,
                               table.figure(kBareCopy, "lines").rates);
    }
    if (setup.wants("filter")) {
      progress("filters");
      filter_rounds(setup, table, batch, redis.get(), postgres.get());
    }
    if (setup.wants("single")) {
      progress("single checks");
      single_rounds(setup, table);
    }
    if (setup.wants("opt-outs")) {
      progress("opt-outs");
      opt_out_rounds(setup, table, batch);
    }
  }
  if (setup.server_port != 0 && setup.wants("files")) {
    progress("whole files");
    file_rounds(setup, table, batch);
  }
  if (setup.wants("memory")) {
    progress("memory");
    near_table_rate(setup.people, batch, 1, setup.rounds, table.figure(kNearOne, "tokens").rates);
    near_table_rate(setup.people, batch, 2, setup.rounds, table.figure(kNearTwo, "tokens").rates);
    for (int round = 0; round < setup.rounds; ++round) {
      table.figure(kRoof, "lines").rates.push_back(memory_roof(setup.people, 2));
      if (setup.server_port != 0)
        table.figure(kRoofOfNation, "lines").rates.push_back(memory_roof(kPeopleOfNationsRoof, 2));
    }
  }

  std::printf("%s\n%s", table.markdown().c_str(), targets_markdown(table).c_str());
  return 0;
}
