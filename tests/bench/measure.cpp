#include "tests/bench/measure.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace ishi::bench {
namespace {

std::string readable(double value) {
  char text[32];
  if (value >= 1e6)
    std::snprintf(text, sizeof text, "%.2f M", value / 1e6);
  else if (value >= 1e4)
    std::snprintf(text, sizeof text, "%.1f k", value / 1e3);
  else
    std::snprintf(text, sizeof text, value >= 100 ? "%.0f" : "%.2f", value);
  return text;
}

}  // namespace

double cpu_seconds_of(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto end = text.rfind(')');  // the name may hold blanks
  if (end == std::string::npos) return 0;
  std::istringstream rest(text.substr(end + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Figure& Table::figure(const std::string& name, const std::string& unit) {
  for (Figure& known : stats_)
    if (known.name == name) return known;
  return stats_.emplace_back(Figure{name, unit, {}, {}, {}, {}});
}

double Table::rate(const std::string& name) const {
  for (const Figure& known : stats_)
    if (known.name == name) return median(known.rates);
  return 0;
}

double Table::p99_ms(const std::string& name) const {
  for (const Figure& known : stats_)
    if (known.name == name) return median(known.p99_ms);
  return 0;
}

std::string Table::markdown() const {
  std::string out =
      "| what | median a second | least .. most | rounds | server CPU each | p99 | remark |\n| --- | --- | --- | --- | "
      "--- | --- | --- |\n";
  for (const Figure& figure : stats_) {
    if (figure.rates.empty()) continue;
    const auto [least, most] = std::minmax_element(figure.rates.begin(), figure.rates.end());
    char cpu[32] = "", p99[32] = "";
    if (!figure.server_cpu.empty()) std::snprintf(cpu, sizeof cpu, "%.3g us", median(figure.server_cpu));
    if (!figure.p99_ms.empty()) std::snprintf(p99, sizeof p99, "%.2f ms", median(figure.p99_ms));
    out += "| " + figure.name + " | " + readable(median(figure.rates)) + " " + figure.unit + " | " + readable(*least) +
           " .. " + readable(*most) + " | " + std::to_string(figure.rates.size()) + " | " + cpu + " | " + p99 + " | " +
           figure.remark + " |\n";
  }
  return out;
}

void wrong(const std::string& what) {
  std::fprintf(stderr, "ishi_bench: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace ishi::bench
