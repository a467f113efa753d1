#include "tests/bench/targets.h"

#include <algorithm>
#include <cstdio>

#include "tests/bench/figures.h"

namespace ishi::bench {
namespace {

class Rows {
 public:
  void add(const std::string& what, double here, double wanted, bool less_is_better = false) {
    if (here == 0) return;
    char text[160];
    if (wanted == 0)
      std::snprintf(text, sizeof text, "| %.4g | | |\n", here);
    else
      std::snprintf(text, sizeof text, "| %.4g | %s %.4g | %s |\n", here, less_is_better ? "at most" : "at least",
                    wanted, (less_is_better ? here <= wanted : here >= wanted) ? "yes" : "no");
    text_ += "| " + what + " " + text;
  }
  std::string text() const { return "| wanted | here | target | met |\n| --- | --- | --- | --- |\n" + text_; }

 private:
  std::string text_;
};

}  // namespace

std::string targets_markdown(const Table& table) {
  Rows rows;
  const auto rate = [&](const std::string& name) { return table.rate(name); };
  const auto ratio = [&](const std::string& what, double ours, const char* theirs, double wanted) {
    if (rate(theirs) > 0) rows.add(what, ours / rate(theirs), wanted);
  };
  const double tokens = std::max(rate(std::string(kBitmap) + kTwoClients), rate(std::string(kAllowed) + kTwoClients));
  rows.add("million tokens/s, octets in, strict", tokens / 1e6, 20);
  ratio("tokens / Redis MGET", tokens, kRedis, 20);
  ratio("tokens / PostgreSQL any()", tokens, kPostgresAny, 150);
  ratio("tokens / PostgreSQL join", tokens, kPostgresJoin, 0);
  ratio("tokens / memory roof of a table of this size", tokens, kRoof, 0.13);
  ratio("tokens / memory roof of 3.3 GB", tokens, kRoofOfNation, 0.13);
  rows.add("million hex lines/s", rate(std::string(kHexLines) + kTwoClients) / 1e6, 5);
  rows.add("million insurance-number lines/s", rate(std::string(kCardLines) + kTwoClients) / 1e6, 1.5);
  ratio("whole file / DuckDB", rate(kFile), kDuckdb, 0);
  rows.add("thousand single checks/s", rate(kSingle) / 1e3, 60);
  rows.add("single check at half load, p99 ms", table.p99_ms(kSingleHalf), 2, true);
  ratio("single check / nginx + Lua + Redis", rate(kSingle), kSingleLua, 1.1);
  ratio("single check / bare Pistache route", rate(kSingle), kSingleRoute, 0.85);
  rows.add("opt-outs/s while filters run", rate(kOptOutsBesideFilters), 3'000);
  rows.add("opt-outs while filters run, p99 ms", table.p99_ms(kOptOutsBesideFilters), 100, true);
  rows.add("thousand notices/s in bulk", rate(kNotices) / 1e3, 50);
  ratio("notices in bulk / bare COPY of the same rows", rate(kNotices), kBareCopy, 0.25);
  return rows.text();
}

}  // namespace ishi::bench
