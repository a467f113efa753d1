// Every case file under cases/ is told to a fresh world; each verdict must be the one written there, and the naive
// twin must say the same.
#include <gtest/gtest.h>

#include "tests/support/cases.h"
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
  const std::filesystem::path folder = std::filesystem::path(ISHI_SOURCE_DIR) / "tests/registry/rules/cases";
  for (const std::filesystem::path& file : cases::files_in(folder)) {
    std::vector<cases::Case> written = cases::read(file);
    for (cases::Case& one : written) {
      const std::vector<std::string> verdicts = verdicts_of(one);
      for (const std::string& verdict : verdicts) {
        EXPECT_EQ(verdict.find("TWIN"), std::string::npos) << file << ":" << one.line << " " << one.title << verdict;
      }
      if (cases::rewriting()) {
        one.verdicts = verdicts;
      } else {
        EXPECT_EQ(verdicts, one.verdicts) << file.string() << ":" << one.line << " " << one.title;
        EXPECT_FALSE(one.verdicts.empty()) << file.string() << ":" << one.line << " asks nothing";
      }
    }
    if (cases::rewriting()) cases::write(file, written);
  }
}

TEST(Cases, AWrongVerdictIsNoticed) {
  cases::ToldWorld world;
  EXPECT_EQ(world.tell("2026-07-01 hanako objects"), std::nullopt);
  EXPECT_EQ(world.tell("2026-07-01 may anybody use hanako under PUBDB_NDB?"), "DENY_OPTOUT");
  EXPECT_THROW(world.tell("2026-07-01 hanako ojbects"), std::runtime_error);
}

}  // namespace
}  // namespace ishi
