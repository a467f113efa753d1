// What is measured of the house and of its peers, one function a subject. Each loads nothing, checks every answer and
// adds its rounds to the table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/data.h"
#include "tests/bench/measure.h"
#include "tests/bench/peers.h"

namespace ishi::bench {

constexpr const char* kHospitalKey = "bench-hospital-key-0001";  // policy.toml knows its digest

struct Setup {
  std::uint64_t people = 1'000'000, cards = 100'000;
  std::size_t batch = 1'000'000;
  int rounds = 5;
  int server_port = 0, server_process = 0;  // ishid; 0: only what needs no server
  int route_process = 0;
  int redis_port = 0, lua_port = 0, route_port = 0;
  std::string postgres;        // libpq's connection string
  std::string house_database;  // the same, of ishid's database
  std::string client;          // path of the program ishi
  std::string duckdb;          // command that reads asked tokens from a file and prints seconds and count
  std::string folder;          // scratch
  bool loaded = false;         // ishid holds the people already
  std::string only;            // subjects, "single,opt-outs"; empty: all
  bool wants(std::string_view subject) const { return only.empty() || only.find(subject) != std::string::npos; }
};

void load_house(const Setup& setup, Table& table);
void filter_rounds(const Setup& setup, Table& table, const Batch& batch, RedisPeer* redis, PostgresPeer* postgres);
void single_rounds(const Setup& setup, Table& table);
void opt_out_rounds(const Setup& setup, Table& table, const Batch& batch);
void file_rounds(const Setup& setup, Table& table, const Batch& batch);  // by our client program, and by DuckDB

}  // namespace ishi::bench
