// Measurements and their table. A figure is the median of its rounds; rounds of all systems take turns, so that a
// noisy neighbour disturbs all of them alike.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace ishi::bench {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double cpu_seconds_of(int process);  // user and system so far; 0 if it is not there

struct Figure {
  std::string name, unit;
  std::vector<double> rates;       // one a round, in units a second
  std::vector<double> server_cpu;  // microseconds of the server's processors for each unit; empty: not measured
  std::vector<double> p99_ms;      // one a round; empty: not measured
  std::string remark;
};

double median(std::vector<double> values);

class Table {
 public:
  Figure& figure(const std::string& name, const std::string& unit);  // made at first mention, kept in that order
  double rate(const std::string& name) const;                        // 0 if it was not measured
  double p99_ms(const std::string& name) const;                      // the same
  std::string markdown() const;

 private:
  std::vector<Figure> stats_;
};

[[noreturn]] void wrong(
    const std::string& what);  // a wrong answer ends the benchmark: no figure without a right answer
inline void require(bool right, const std::string& what) {
  if (!right) wrong(what);
}

}  // namespace ishi::bench
