#include "api/writes/line_results.h"

#include <random>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

struct ReadLine {
  std::uint64_t line;
  bool accepted;
  std::optional<std::uint64_t> offset;
  std::string code, field, remarks;
  friend bool operator==(const ReadLine&, const ReadLine&) = default;
};

std::vector<ReadLine> read_back(std::string_view text, std::optional<LineResultReader::Totals>* totals = nullptr) {
  LineResultReader reader(text);
  LineResult result;
  std::vector<ReadLine> lines;
  for (;;) {
    const Result<bool> more = reader.next(result);
    EXPECT_TRUE(more.has_value());
    if (!more || !*more) break;
    lines.push_back({result.line, result.accepted, result.offset, std::string(result.code), std::string(result.field),
                     std::string(result.remarks)});
  }
  if (totals) *totals = reader.left_out();
  return lines;
}

TEST(LineResults, ALongEvenFileTakesOneLine) {
  LineResults results;
  for (std::uint64_t i = 0; i < 100'000; ++i) results.accepted(i + 2, 1 + 2 * i, {});
  EXPECT_EQ(results.finish(), "ishi-results 1\nA 2 100000 1 2\n");
}

TEST(LineResults, AreReadBackAsTheyWereWritten) {
  const std::uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    LineResults results;
    std::vector<ReadLine> expected;
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    for (int i = 0; i < 100; ++i) {
      line += 1 + (random() % 5 == 0);
      switch (random() % 8) {
        case 0:
          results.rejected(line, {LineCode::kDateFormat, "date"});
          expected.push_back({line, false, std::nullopt, "date_format", "date", ""});
          break;
        case 1:
          results.rejected(line, {LineCode::kMalformedRow, {}});
          expected.push_back({line, false, std::nullopt, "malformed_row", "", ""});
          break;
        case 2:
          results.nothing_written(line, LineCode::kNoEffect);
          expected.push_back({line, true, std::nullopt, "no_effect", "", ""});
          break;
        case 3: {
          const LineCode remarks[] = {LineCode::kClockAdjusted, LineCode::kFieldIgnored};
          results.accepted(line, offset, remarks);
          expected.push_back({line, true, offset, "", "", "clock_adjusted,field_ignored"});
          offset += 1;
          break;
        }
        default:
          results.accepted(line, offset, {});
          expected.push_back({line, true, offset, "", "", ""});
          offset += 1 + random() % 2;
      }
    }
    ASSERT_EQ(read_back(results.finish()), expected) << "seed " << seed;
  }
}

TEST(LineResults, WhatIsKeptIsBounded) {
  LineResults results;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    results.rejected(3 * i + 1, {LineCode::kDateFormat, "date"});
    results.accepted(3 * i + 2, i, {});
  }
  const std::string whole = results.finish();
  const std::string kept = bounded_results(whole, 1'000, 1'000, 1'000);
  EXPECT_LE(kept.size(), 1'000u);
  std::optional<LineResultReader::Totals> totals;
  const std::vector<ReadLine> lines = read_back(kept, &totals);
  EXPECT_GT(lines.size(), 10u);
  ASSERT_TRUE(totals.has_value());
  EXPECT_EQ(totals->accepted, 1'000u);
  EXPECT_EQ(totals->rejected, 1'000u);
  EXPECT_EQ(bounded_results(whole, whole.size(), 1, 1), whole);
}

TEST(LineResults, SomethingElseIsToldAsCorrupt) {
  for (const char* text : {"", "x", "ishi-results 2\n", "ishi-results 1\nA 1 2 3\n", "ishi-results 1\nA 1 0 0 0\n",
                           "ishi-results 1\nZ 1 1 x\n", "ishi-results 1\nR 1 1 x -", "ishi-results 1\nT 1\n",
                           "ishi-results 1\nT 1 2\nA 1 1 0 0\n"}) {
    LineResultReader reader(text);
    LineResult result;
    const Result<bool> more = reader.next(result);
    ASSERT_FALSE(more.has_value()) << text;
    EXPECT_EQ(more.error().kind, ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace ishi::api
