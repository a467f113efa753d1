// Real files, as hospitals write them, lie beside the repository where somebody may use them (../shared/samples); they
// are not part of it. Where they are, each is filtered, and what comes out is compared with what went in by a reading
// of its own: lines and commas, nothing of api/client/formats.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>
#include <optional>
#include <sstream>

#include "api/client/runs/filter_run.h"
#include "tests/api/client/fake_server.h"
#include "tests/api/client/temporary_folder.h"
#include "tests/support/paths.h"

namespace ishi::client {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;  // each with its line end
using Rule = std::function<ReasonCode(std::string_view)>;

std::vector<fs::path> samples_in(const std::string& kind) {
  const fs::path folder = fs::path(ishi::testing::source_folder()) / "../shared/samples" / kind;
  std::vector<fs::path> found;
  if (!fs::exists(folder)) {
    std::cout << folder.lexically_normal().string() << ": not present\n";
    return found;
  }
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
  return found;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

Lines lines_of(const std::string& bytes) {
  Lines lines;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    const std::size_t next = end == std::string::npos ? bytes.size() : end + 1;
    lines.push_back(bytes.substr(at, next - at));
    at = next;
  }
  return lines;
}

// Every line of `some` stands in `all`, in the same order.
bool is_subsequence(const Lines& some, const Lines& all) {
  std::size_t at = 0;
  for (const std::string& line : all)
    if (at < some.size() && some[at] == line) ++at;
  return at == some.size();
}

struct Claims {
  Lines claims;  // the bytes of each
  Lines others;  // headers
  std::string totals;
  std::uint64_t certificates = 0, points = 0;  // HO and KO records; points of HO
};

std::uint64_t points_in(const std::string& certificate) {
  std::istringstream fields(certificate);
  std::string field;
  for (int i = 0; i < 6; ++i) std::getline(fields, field, ',');
  return std::strtoull(field.c_str(), nullptr, 10);
}

Claims claims_in(const std::string& bytes) {
  Claims found;
  bool inside = false;
  for (const std::string& line : lines_of(bytes)) {
    const std::string record = line.substr(0, 2);
    if (record == "GO") {
      found.totals = line;
    } else if (record == "IR" || record == "UK" || record == "YK") {
      inside = false;
      found.others.push_back(line);
    } else if (record == "RE") {
      inside = true;
      found.claims.push_back(line);
    } else {
      EXPECT_TRUE(inside) << "a record of no claim: " << record;
      if (inside) found.claims.back() += line;
    }
    if (record == "HO" || record == "KO") ++found.certificates;
    if (record == "HO") found.points += points_in(line);
  }
  return found;
}

const Rule kAll = [](std::string_view) { return ReasonCode::kAllow; };
const Rule kNobody = [](std::string_view) { return ReasonCode::kDenyOptout; };
const Rule kEveryOther = [](std::string_view question) {
  return std::accumulate(question.begin(), question.end(), 0) % 2 == 0 ? ReasonCode::kAllow : ReasonCode::kDenyNoNotice;
};

struct Filtered {
  FilterReport report;
  std::string bytes;
};

std::optional<Filtered> filtered(const fs::path& sample, const Rule& rule) {
  TemporaryFolder folder;
  FakeServer server;
  server.rule = rule;
  FilterOptions options;
  options.in = folder.write(sample.filename().string(), bytes_of(sample));
  options.out = folder.path("out");
  options.question.regime = "NGMIA_ANON";
  options.question.holder = "1312345679";
  const auto report = run_filter(options, server, no_sleep(), FilterObserver());
  EXPECT_TRUE(report) << sample << ": " << report.error().code << " " << report.error().detail;
  if (!report) return std::nullopt;
  return Filtered{*report, folder.read("out")};
}

void expect_part_of_claims(const fs::path& sample, const Rule& rule) {
  const auto run = filtered(sample, rule);
  if (!run) return;
  const std::string input = bytes_of(sample);
  const Claims before = claims_in(input), after = claims_in(run->bytes);
  ASSERT_GT(before.claims.size(), 0u);
  EXPECT_TRUE(is_subsequence(after.claims, before.claims)) << "claims come out whole, in order, byte for byte";
  EXPECT_TRUE(is_subsequence(after.others, before.others)) << "headers come out byte for byte";
  EXPECT_EQ(run->report.items, before.claims.size());
  EXPECT_EQ(run->report.kept, after.claims.size());
  EXPECT_EQ(run->report.kept + run->report.withheld, run->report.items);
  const std::string rest = before.totals.substr(before.totals.rfind(','));
  EXPECT_EQ(after.totals, "GO," + std::to_string(after.certificates) + "," + std::to_string(after.points) + rest);
  if (run->report.withheld == 0) {
    EXPECT_EQ(run->bytes, input);
  }
}

TEST(Samples, OfClaimsFilesComeOutByteForByteWithTheirTotals) {
  std::uint64_t samples = 0, kept = 0;
  for (const fs::path& sample : samples_in("uke")) {
    SCOPED_TRACE(sample.filename().string());
    for (const Rule& rule : {kAll, kEveryOther, kNobody}) expect_part_of_claims(sample, rule);
    const auto all = filtered(sample, kAll), nobody = filtered(sample, kNobody);
    ASSERT_TRUE(all && nobody);
    EXPECT_EQ(all->report.kept + all->report.unread, all->report.items);
    ++samples;
    kept += all->report.kept;
    EXPECT_EQ(nobody->report.kept, 0u);
  }
  EXPECT_TRUE(samples == 0 || kept > 0) << "of all claims files something may be used";
}

TEST(Samples, OfFhirComeOutByteForByte) {
  for (const fs::path& sample : samples_in("fhir")) {
    SCOPED_TRACE(sample.filename().string());
    const Lines input = lines_of(bytes_of(sample));
    for (const Rule& rule : {kAll, kEveryOther, kNobody}) {
      const auto run = filtered(sample, rule);
      ASSERT_TRUE(run);
      const Lines output = lines_of(run->bytes);
      EXPECT_TRUE(is_subsequence(output, input));
      EXPECT_EQ(run->report.items, input.size());
      EXPECT_EQ(run->report.kept, output.size());
      EXPECT_EQ(run->report.kept + run->report.withheld, run->report.items);
    }
    EXPECT_EQ(filtered(sample, kAll)->bytes, bytes_of(sample)) << "everybody may be used: the file itself";
    EXPECT_EQ(filtered(sample, kNobody)->report.kept, 0u);
  }
}

}  // namespace
}  // namespace ishi::client
