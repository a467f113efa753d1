// Every case file under cases/ is told to a fresh world; each verdict must be the one written there, and the naive
// twin must say the same.
#include <gtest/gtest.h>

#include "tests/support/case_files.h"
#include "tests/support/paths.h"
#include "tests/support/told_world.h"

namespace ishi {
namespace {

std::vector<std::string> verdicts_of(const cases::Case& one) {
  cases::ToldWorld world;
  std::vector<std::string> verdicts;
  for (const std::string& sentence : one.sentences) {
    if (const auto verdict = world.tell(sentence)) verdicts.push_back(*verdict);
  }
  return verdicts;
}

TEST(Cases, SayWhatTheLawSays) {
  const auto folder = std::filesystem::path(ishi::testing::source_folder()) / "tests/registry/rules/cases";
  cases::judge_files_in(folder, [](const cases::Case& one) {
    std::vector<std::string> verdicts = verdicts_of(one);
    for (const std::string& verdict : verdicts)
      EXPECT_EQ(verdict.find("TWIN"), std::string::npos) << one.line << " " << one.title << verdict;
    return verdicts;
  });
}

TEST(Cases, AWrongVerdictIsNoticed) {
  cases::ToldWorld world;
  EXPECT_EQ(world.tell("2026-07-01 hanako objects"), std::nullopt);
  EXPECT_EQ(world.tell("2026-07-01 may anybody use hanako under PUBDB_NDB?"), "DENY_OPTOUT");
  EXPECT_THROW(world.tell("2026-07-01 hanako ojbects"), std::runtime_error);
}

}  // namespace
}  // namespace ishi
