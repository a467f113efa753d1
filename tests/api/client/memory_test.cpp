// A run's memory must not grow with the file: a file of 200 MB is made, filtered, and the process's peak measured.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "api/client/runs/filter_run.h"
#include "api/client/text/charset.h"
#include "tests/api/client/fake_server.h"
#include "tests/api/client/temporary_folder.h"

namespace ishi::client {
namespace {

constexpr std::uint64_t kFileBytes = 200'000'000;
constexpr long kGrowthKilobytesMax = 60 << 10;

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Memory, StaysFlatOverALargeClaimsFile) {
  const TemporaryFolder folder;
  const std::string comment = *to_cp932("CO,99,1,810000001," + std::string(400, 'x') + "表示する\r\n");
  std::uint64_t claims = 0, bytes = 0;
  {
    std::ofstream file(folder.path("RECEIPTC.UKE"), std::ios::binary);
    file << "IR,1\r\n";
    for (; bytes < kFileBytes; ++claims) {
      const std::string start = "RE,1,1112\r\nHO,01130012,1," + std::to_string(claims + 1) + ",1,10\r\n";
      file << start;
      bytes += start.size();
      for (int i = 0; i < 4; ++i, bytes += comment.size()) file << comment;
    }
    file << "GO," << claims << ',' << claims * 10 << ",99\r\n";
  }
  FakeServer server;
  server.remember_bodies = false;
  server.rule = [](std::string_view question) {
    return question.find(":1:9") != question.npos ? ReasonCode::kDenyOptout : ReasonCode::kAllow;
  };
  FilterOptions options;
  options.in = folder.path("RECEIPTC.UKE");
  options.out = folder.path("out");
  const long before = peak_kilobytes();
  const auto report = run_filter(options, server, no_sleep(), FilterObserver());
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->items, claims);
  EXPECT_LT(report->kept, claims);
  EXPECT_GT(report->kept, claims / 2);
  EXPECT_TRUE(report->totals.at(0).matched);
  EXPECT_LT(peak_kilobytes() - before, kGrowthKilobytesMax);
}

}  // namespace
}  // namespace ishi::client
