// ishi_bench: measures a running ishid and its peers on the same data, in turn, and prints a table. ops/bench starts
// them and calls this. Without servers only the near table and the memory below it are measured.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "tests/bench/rounds.h"

namespace {

using namespace ishi::bench;

Setup setup_of(int argc, char** argv) {
  Setup setup;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--people") setup.people = std::strtoull(value, nullptr, 10);
    else if (name == "--batch") setup.batch = std::strtoull(value, nullptr, 10);
    else if (name == "--rounds") setup.rounds = std::atoi(value);
    else if (name == "--server") setup.server_port = std::atoi(value);
    else if (name == "--process") setup.server_process = std::atoi(value);
    else if (name == "--redis") setup.redis_port = std::atoi(value);
    else if (name == "--lua") setup.lua_port = std::atoi(value);
    else if (name == "--route") setup.route_port = std::atoi(value);
    else if (name == "--postgres") setup.postgres = value;
    else if (name == "--duckdb") setup.duckdb = value;
    else if (name == "--folder") setup.folder = value;
    else if (name == "--only") setup.only = value;
    else if (name == "--loaded") setup.loaded = std::string_view(value) == "yes";
    else wrong("unknown option " + std::string(name));
  }
  return setup;
}

void ratio(const Table& table, const char* what, const char* ours, const char* theirs, double wanted) {
  if (table.rate(ours) == 0 || table.rate(theirs) == 0) return;
  if (wanted > 0) std::printf("| %s | %.2f | %.2f |\n", what, table.rate(ours) / table.rate(theirs), wanted);
  else std::printf("| %s | %.2f | |\n", what, table.rate(ours) / table.rate(theirs));
}

void progress(const char* what) { std::fprintf(stderr, "   %s\n", what); }

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
    table.figure("PostgreSQL, bare COPY of the same rows, durable", "lines").rates.push_back(postgres->load(setup.people));
  }
  if (setup.server_port != 0) {
    progress("loading ishid");
    if (!setup.loaded) load_house(setup, table);
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
  if (!setup.duckdb.empty()) duckdb_rounds(setup, table, batch);
  if (setup.wants("memory")) {
    progress("memory");
    near_table_rate(setup.people, batch, 1, setup.rounds, table.figure("near table, 1 thread", "tokens").rates);
    near_table_rate(setup.people, batch, 2, setup.rounds, table.figure("near table, 2 threads", "tokens").rates);
    for (int round = 0; round < setup.rounds; ++round)
      table.figure("the memory roof, 2 threads", "lines").rates.push_back(memory_roof(setup.people, 2));
  }

  std::printf("%s\n| ratio | here | wanted |\n| --- | --- | --- |\n", table.markdown().c_str());
  const char* ours = table.rate("filter, tokens, answer=bitmap, 2 clients") > table.rate("filter, tokens, answer=allowed, 2 clients")
                         ? "filter, tokens, answer=bitmap, 2 clients" : "filter, tokens, answer=allowed, 2 clients";
  ratio(table, "token filter / Redis MGET", ours, "Redis MGET, 1000 keys, pipelined", 20);
  ratio(table, "token filter / PostgreSQL any()", ours, "PostgreSQL = any($1), 10 000 each", 150);
  ratio(table, "token filter / PostgreSQL join", ours, "PostgreSQL, temporary table and join", 0);
  ratio(table, "token filter / memory roof", ours, "the memory roof, 2 threads", 0.13);
  ratio(table, "hex lines / DuckDB semi-join", "filter, hex lines, 2 clients", "DuckDB, semi-join of a CSV file of hex lines, written out", 0);
  ratio(table, "single check / nginx + Lua + Redis", "single check, strict, 32 connections", "nginx + Lua + Redis, 32 connections", 1.1);
  ratio(table, "single check / bare Pistache route", "single check, strict, 32 connections", "a Pistache route that does nothing, 32 connections", 0.85);
  ratio(table, "notices in bulk / bare COPY", "notices in bulk, durable (50 000 lines a request)", "PostgreSQL, bare COPY of the same rows, durable", 0.25);
  return 0;
}
