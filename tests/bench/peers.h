// What a user would have without Ishi: the same decisions, worked out beforehand and kept in a store, asked for by
// token. Each loads its copy, then answers a batch with one code per token (ReasonCode; unknown people are
// kDenyUnknown).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/data.h"

struct redisContext;
struct pg_conn;

namespace ishi::bench {

class RedisPeer {
 public:
  explicit RedisPeer(int port);
  ~RedisPeer();
  void load(std::uint64_t people);
  std::vector<std::uint8_t> ask(std::span<const Token> tokens);  // MGET of 1000 keys, ten on the way

 private:
  redisContext* redis_ = nullptr;
};

class PostgresPeer {
 public:
  explicit PostgresPeer(const std::string& connection);
  ~PostgresPeer();
  void load(std::uint64_t people);  // one row a person, by token
  // A bare COPY of what the house keeps of its first notices (their events and whom they are about) into tables of the
  // same columns and keys, one durable transaction a round. `house`: libpq's string of its database. Notices a second.
  void copy_same_rows(const std::string& house, std::uint64_t notices, int rounds, std::vector<double>& rates);
  std::vector<std::uint8_t> ask_any(std::span<const Token> tokens);      // = any($1), 10 000 a statement
  std::vector<std::uint8_t> ask_by_join(std::span<const Token> tokens);  // COPY into a temporary table, then a join

 private:
  pg_conn* connection_ = nullptr;
};

// Random cache lines read from a table of the size a near table for so many people has, prefetched: the roof. Lines/s.
double memory_roof(std::uint64_t people, unsigned threads);
// The near table alone, in this process, answers checked. Tokens/s.
double near_table_rate(std::uint64_t people, const Batch& batch, unsigned threads, int rounds,
                       std::vector<double>& rates);

}  // namespace ishi::bench
