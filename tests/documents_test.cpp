// The documents speak of what is there: every room has one, and every path and command in it exists.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = ishi::testing::source_folder();
const std::vector<std::string> kRooms = {"registry", "sql", "cache", "api", "ops", "tests"};
const std::vector<std::string> kReadmes = {"README.md", "README.ja.md"};  // the same, in two languages

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found(kReadmes.begin(), kReadmes.end());
  for (const std::string& room : kRooms)
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / room))
      if (entry.path().extension() == ".md") found.push_back(fs::relative(entry.path(), kRoot));
  return found;
}

// Programs of ours in a line of shell, wherever they stand in it.
std::vector<std::string> programs_in(const std::string& shell) {
  static const std::regex kProgram("(?:^|[ =(\"])((?:ops|build)/[A-Za-z0-9_./-]+)");
  std::vector<std::string> found;
  for (std::sregex_iterator match(shell.begin(), shell.end(), kProgram), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

// Shell in a document: blocks fenced as bash, and spans of code that begin with a program of ours.
std::vector<std::string> shell_of(const fs::path& document) {
  static const std::regex kSpan("`((?:[A-Z_]+=[^ `]* )*(?:ops|build)/[^`]+)`");
  std::vector<std::string> shell;
  bool in_block = false, in_shell = false;
  for (const std::string& line : lines_of(kRoot / document)) {
    if (line.starts_with("```")) {
      in_shell = !in_block && line == "```bash";
      in_block = !in_block;
    } else if (in_shell) {
      shell.push_back(line);
    } else if (!in_block) {
      for (std::sregex_iterator match(line.begin(), line.end(), kSpan), end; match != end; ++match)
        shell.push_back((*match)[1]);
    }
  }
  return shell;
}

// Does this CMakeLists.txt make a program of that name? What CMake computes (`${part}_test`) may be anything.
bool makes(const fs::path& recipe, const std::string& program) {
  static const std::regex kMade("(?:add_executable|ishi_test)\\(([^ )]+)"), kComputed("\\$\\{[a-z_]+\\}");
  for (const std::string& line : lines_of(kRoot / recipe)) {
    std::smatch match;
    if (!std::regex_search(line, match, kMade)) continue;
    const std::string name = std::regex_replace(match[1].str(), kComputed, "*");
    if (name != "*" && fnmatch(name.c_str(), program.c_str(), 0) == 0) return true;
  }
  return false;
}

// A program below build/PRESET/ need not be built yet, but its room makes one of that name. Programs that people run
// are put into build/PRESET/bin/ by a room of api/.
bool can_be_run(const std::string& program) {
  static const std::regex kBuilt("build/[a-z]+/(.+)/([^/]+)");
  std::smatch match;
  if (!std::regex_match(program, match, kBuilt)) return program.starts_with("ops/") && fs::exists(kRoot / program);
  if (match[1].str().starts_with("api/")) return false;  // those of api/ are in bin/ and nowhere else
  if (match[1] != "bin") return makes(fs::path(match[1].str()) / "CMakeLists.txt", match[2]);
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "api"))
    if (entry.path().filename() == "CMakeLists.txt" && makes(fs::relative(entry.path(), kRoot), match[2])) return true;
  return false;
}

// Everything between fences, the fences included.
std::vector<std::string> code_blocks_of(const fs::path& document) {
  std::vector<std::string> blocks;
  bool in_block = false;
  for (const std::string& line : lines_of(kRoot / document)) {
    const bool fence = line.starts_with("```");
    if (fence && !in_block) blocks.emplace_back();
    if (fence || in_block) blocks.back() += line + "\n";
    if (fence) in_block = !in_block;
  }
  return blocks;
}

bool is_there(const std::string& path) {
  return fs::exists(kRoot / path) || fs::exists(kRoot / (path + ".h")) || fs::exists(kRoot / (path + ".cpp"));
}

TEST(Documents, EveryRoomHasAReadme) {
  for (const std::string& readme : kReadmes)
    EXPECT_TRUE(fs::exists(kRoot / readme))
        << "The repository has a README in English and in Japanese; " << readme << " is not there.";
  for (const std::string& room : kRooms)
    EXPECT_TRUE(fs::exists(kRoot / room / "README.md")) << "Every room has a README.md; " << room << "/ has none.";
}

TEST(Documents, BothReadmesShowTheSameCode) {
  const auto english = code_blocks_of("README.md"), japanese = code_blocks_of("README.ja.md");
  EXPECT_GT(english.size(), 6U) << "README.md shows its two commands and a session.";
  EXPECT_EQ(english.size(), japanese.size()) << "README.ja.md has as many blocks of code as README.md.";
  for (std::size_t i = 0; i < std::min(english.size(), japanese.size()); ++i)
    EXPECT_EQ(english[i], japanese[i]) << "Code is the same, word for word, in README.md and README.ja.md; block "
                                       << i + 1 << " differs.";
}

TEST(Documents, EveryCommandNamesAProgramThatIsThere) {
  EXPECT_TRUE(can_be_run("build/release/bin/ishi"));
  EXPECT_TRUE(can_be_run("build/release/tests/system/system_kill_test"));
  EXPECT_FALSE(can_be_run("build/release/bin/no-such-program"));
  EXPECT_FALSE(can_be_run("build/release/api/client/ishi"));
  EXPECT_FALSE(can_be_run("ops/no-such-command"));
  std::size_t programs = 0;
  for (const fs::path& document : documents())
    for (const std::string& shell : shell_of(document))
      for (const std::string& program : programs_in(shell)) {
        ++programs;
        EXPECT_TRUE(can_be_run(program)) << "Commands in documents can be run; " << document.string() << " names "
                                         << program << ".";
      }
  EXPECT_GT(programs, 3U) << "README.md names at least ops/demo, ops/test and the client.";
}

TEST(Documents, EveryPathTheyNameIsThere) {
  static const std::regex kPath("`((?:registry|sql|cache|api|ops|tests)/[A-Za-z0-9_./-]+)`");
  for (const fs::path& document : documents())
    for (const std::string& line : lines_of(kRoot / document))
      for (std::sregex_iterator match(line.begin(), line.end(), kPath), end; match != end; ++match)
        EXPECT_TRUE(is_there((*match)[1]))
            << "Paths in documents exist; " << document.string() << " names " << (*match)[1].str() << ".";
}

TEST(Documents, EveryLinkLeadsSomewhere) {
  static const std::regex kLink("\\]\\(([^)#:]+)\\)");
  for (const fs::path& document : documents())
    for (const std::string& line : lines_of(kRoot / document))
      for (std::sregex_iterator match(line.begin(), line.end(), kLink), end; match != end; ++match)
        EXPECT_TRUE(fs::exists(kRoot / document.parent_path() / (*match)[1].str()))
            << "Links in documents lead somewhere; " << document.string() << " links to " << (*match)[1].str() << ".";
}

// "LAW.md 8.1" -> "8.1"; "LAW.md 2.2, 3.1" cites both.
std::vector<std::string> citations_in(const std::string& line) {
  static const std::regex kCitation("LAW\\.md ([0-9]+(?:\\.[0-9]+)*(?:, [0-9]+(?:\\.[0-9]+)*)*)"), kNumber("[0-9.]+");
  std::vector<std::string> found;
  for (std::sregex_iterator match(line.begin(), line.end(), kCitation), end; match != end; ++match) {
    const std::string numbers = (*match)[1];
    for (std::sregex_iterator number(numbers.begin(), numbers.end(), kNumber), last; number != last; ++number)
      found.push_back(number->str());
  }
  return found;
}

// A citation of a document that is not in the repository.
bool cites_what_is_not_here(const std::string& line) {
  static const std::regex kAbsent("\\b(domain|design|style|peers)(\\.md)? [0-9]+(\\.[0-9]+)?\\b|\\bhouse\\.md\\b");
  return std::regex_search(line, kAbsent);
}

std::set<std::string> sections_of(const fs::path& document) {
  static const std::regex kHeading("^#+ ([0-9]+(?:\\.[0-9]+)*)\\.? .*"), kRow("^\\| ([0-9]+\\.[0-9]+) \\|.*");
  std::set<std::string> sections;
  for (const std::string& line : lines_of(kRoot / document)) {
    std::smatch match;
    if (std::regex_match(line, match, kHeading) || std::regex_match(line, match, kRow)) sections.insert(match[1]);
  }
  return sections;
}

std::vector<fs::path> everything_readable() {
  static const std::set<std::string> kKinds = {".h",  ".cpp", ".md",    ".toml", ".sql",
                                               ".sh", ".txt", ".cases", ".json", ".yml"};
  std::vector<fs::path> found{"README.md", "README.ja.md", "CMakeLists.txt"};
  for (const std::string& room : kRooms)
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / room))
      if (entry.is_regular_file() && kKinds.contains(entry.path().extension()))
        found.push_back(fs::relative(entry.path(), kRoot));
  return found;
}

TEST(Documents, EveryCitationLeadsToASectionThatExists) {
  EXPECT_EQ(citations_in("// (LAW.md 2.3) and LAW.md 5.8, 8.1: …"), (std::vector<std::string>{"2.3", "5.8", "8.1"}));
  EXPECT_TRUE(
      cites_what_is_not_here("// do"
                             "main 2.7: first hit wins"));
  const auto sections = sections_of("registry/LAW.md");
  ASSERT_GT(sections.size(), 60U);
  std::size_t citations = 0;
  for (const fs::path& file : everything_readable()) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(kRoot / file)) {
      ++number;
      for (const std::string& section : citations_in(line)) {
        ++citations;
        EXPECT_TRUE(sections.contains(section)) << "Citations lead to a section of registry/LAW.md; " << file.string()
                                                << ":" << number << " cites " << section << ".";
      }
      EXPECT_FALSE(cites_what_is_not_here(line))
          << "Nothing cites a document that is not here; " << file.string() << ":" << number << " says " << line << ".";
    }
  }
  EXPECT_GT(citations, 40U);
}

}  // namespace
}  // namespace ishi::testing
