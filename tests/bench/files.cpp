// Whole files: a file of hex lines goes in, a file of those that may be used comes out.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "registry/bytes.h"
#include "tests/bench/figures.h"
#include "tests/bench/rounds.h"

namespace ishi::bench {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void ishi_rounds(const Setup& setup, Table& table, const Batch& batch, const std::string& asked) {
  const std::string kept = asked + ".kept", expected = as_hex_lines(batch, true);
  const std::string command = "ISHI_KEY=" + std::string(kHospitalKey) + " " + setup.client +
                              " filter --server http://127.0.0.1:" + std::to_string(setup.server_port) +
                              " --regime NGMIA_ANON --holder " + kHolder +
                              " --categories RECEIPT --format tokens --in " + asked + " --out " + kept + " >/dev/null";
  for (int round = 0; round < setup.rounds; ++round) {
    const Stopwatch watch;
    require(std::system(command.c_str()) == 0, "ishi filter failed");
    table.figure(kFile, "lines").rates.push_back(static_cast<double>(batch.tokens.size()) / watch.seconds());
    require(contents(kept) == expected, "ishi filter: a wrong answer");
  }
}

void duckdb_rounds(const Setup& setup, Table& table, const Batch& batch, const std::string& asked) {
  const std::string known = setup.folder + "/known.csv";
  {
    std::ofstream file(known);
    file << "token,code\n";
    for (std::uint64_t i = 0; i < setup.people; ++i)
      file << to_hex(token_of(i).bytes()) << ',' << static_cast<int>(truth_of(i, setup.people)) << '\n';
  }
  FILE* pipe = ::popen((setup.duckdb + " " + known + " " + asked + " " + std::to_string(setup.rounds)).c_str(), "r");
  require(pipe != nullptr, "DuckDB did not start");
  double seconds = 0;
  unsigned long long count = 0;
  while (std::fscanf(pipe, "%lf %llu", &seconds, &count) == 2) {
    require(count == batch.may_be_used, "DuckDB: a wrong answer");
    table.figure(kDuckdb, "lines").rates.push_back(static_cast<double>(batch.tokens.size()) / seconds);
  }
  require(::pclose(pipe) == 0, "DuckDB failed");
}

}  // namespace

void file_rounds(const Setup& setup, Table& table, const Batch& batch) {
  const std::string asked = setup.folder + "/asked.txt";
  std::ofstream(asked) << as_hex_lines(batch, false);
  if (!setup.client.empty()) ishi_rounds(setup, table, batch, asked);
  if (!setup.duckdb.empty()) duckdb_rounds(setup, table, batch, asked);
}

}  // namespace ishi::bench
