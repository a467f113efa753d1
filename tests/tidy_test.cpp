// Rules that no compiler knows: which room sees which, which library is known where, and that the documents speak of
// what is there. Each failure is a sentence that names the rule and the file.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;
using Patterns = std::vector<std::string>;

const std::string kRoot = ISHI_SOURCE_DIR;
const Patterns kRooms = {"registry", "sql", "cache", "api", "ops", "tests"};

bool matches(const std::string& path, const Patterns& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fnmatch(pattern.c_str(), path.c_str(), 0) == 0; });
}
bool exists(const std::string& path) {
  return fs::exists(fs::path(kRoot) / path);
}

std::string text_of(const std::string& path) {
  std::ifstream file(fs::path(kRoot) / path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Relative to the repository, sorted.
Patterns files_like(const Patterns& patterns) {
  Patterns found;
  for (const std::string& room : kRooms)
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(kRoot) / room)) {
      const std::string path = fs::relative(entry.path(), kRoot).generic_string();
      if (entry.is_regular_file() && matches(path, patterns)) found.push_back(path);
    }
  for (const std::string top : {"README.md", "CMakeLists.txt", "CMakePresets.json", ".ci/run"})
    if (exists(top) && matches(top, patterns)) found.push_back(top);
  std::sort(found.begin(), found.end());
  return found;
}
Patterns sources() {
  return files_like({"*.h", "*.cpp"});
}

Patterns all_matches(const std::string& text, const std::string& pattern) {
  const std::regex wanted(pattern);
  Patterns found;
  for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

struct Include {
  bool ours;
  std::string path;
};
std::vector<Include> includes_of(const std::string& text) {
  std::vector<Include> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    static const std::regex kInclude("^#include +([<\"])([^>\"]+)[>\"].*");
    std::smatch match;
    if (std::regex_match(line, match, kInclude)) found.push_back({match[1] == "\"", match[2]});
  }
  return found;
}

struct Known {
  std::string header;  // how its headers begin
  Patterns where;
};
const std::vector<Known> kLibraries = {
    {"pqxx", {"sql/*.cpp"}},
    {"hiredis", {"cache/redis_*.cpp"}},
    {"pistache/", {"api/http/pistache_server.cpp"}},
    {"nlohmann/", {"*.cpp"}},
    {"toml++/", {"registry/policy/*.cpp", "api/server/config.cpp"}},
    {"curl/", {"api/client/curl_client.cpp"}},
    {"unicode/", {"registry/identifiers/*.cpp"}},
    {"CLI/",
     {"api/client/*.cpp", "api/synth/synth_command.cpp", "api/server/main.cpp", "api/server/audit_command.cpp"}},
    {"prometheus/", {"api/server/metrics.cpp"}},
    {"spdlog/", {"api/server/log.cpp"}},
};
const std::vector<Known> kRoomsSeen = {
    {"registry/", {"*"}},
    {"sql/", {"sql/*", "api/server/wiring*", "api/server/main.cpp", "api/*audit*.cpp"}},
    {"cache/", {"cache/*", "api/server/wiring*", "api/server/main.cpp", "api/*audit*.cpp"}},
    {"api/", {"api/*"}},
    {"tests/", {}},
};
const std::set<std::string> kOutsideWorld = {
    "thread",   "mutex", "shared_mutex", "condition_variable", "future",  "fstream", "filesystem",
    "iostream", "ctime", "random",       "unistd.h",           "netdb.h", "fcntl.h", "stop_token"};

bool is_product(const std::string& file) {
  return matches(file, {"registry/*", "sql/*", "cache/*", "api/*"});
}

// What is wrong with this include in this file of the product; nothing if it may stand there.
std::optional<std::string> complaint(const std::string& file, const Include& include) {
  for (const Known& known : include.ours ? kRoomsSeen : kLibraries) {
    if (!include.path.starts_with(known.header) || matches(file, known.where)) continue;
    std::string allowed;
    for (const std::string& pattern : known.where) allowed += (allowed.empty() ? "" : ", ") + pattern;
    return known.header + " may be included by " + (allowed.empty() ? "tests only" : allowed) + "; " + file +
           " includes " + include.path;
  }
  if (file.starts_with("registry/") && !include.ours &&
      (kOutsideWorld.contains(include.path) || include.path.starts_with("sys/")))
    return "registry/ is pure (no threads, files, clocks or chance); " + file + " includes <" + include.path + ">";
  return std::nullopt;
}

TEST(Tidy, TheRulesSeeWhatBreaksThem) {
  for (const auto& [file, include] :
       std::vector<std::pair<std::string, Include>>{{"registry/ports.h", {true, "sql/session.h"}},
                                                    {"cache/people.cpp", {true, "api/http/message.h"}},
                                                    {"sql/erase.cpp", {true, "cache/people.h"}},
                                                    {"api/filter/ask.cpp", {true, "cache/people.h"}},
                                                    {"api/filter/ask.cpp", {true, "tests/support/cases.h"}},
                                                    {"api/filter/ask.cpp", {false, "pqxx/pqxx"}},
                                                    {"cache/people.cpp", {false, "hiredis/hiredis.h"}},
                                                    {"api/http/router.cpp", {false, "pistache/http.h"}},
                                                    {"api/http/message.h", {false, "nlohmann/json.hpp"}},
                                                    {"registry/time.cpp", {false, "thread"}}})
    EXPECT_TRUE(complaint(file, include).has_value()) << file << " may not include " << include.path;
  EXPECT_FALSE(complaint("api/server/wiring.cpp", {true, "sql/migrate.h"}).has_value());
  EXPECT_EQ(includes_of("#pragma once\n#include <pqxx/pqxx>  // why\n#include \"sql/session.h\"\n").size(), 2U);
}

TEST(Tidy, EachRoomSeesOnlyWhatItMay) {
  for (const std::string& file : sources()) {
    if (!is_product(file)) continue;
    for (const Include& include : includes_of(text_of(file)))
      if (const auto wrong = complaint(file, include)) ADD_FAILURE() << *wrong << ".";
  }
}

TEST(Tidy, TheRegistryReadsNoClockAndNoEnvironment) {
  for (const std::string& file : files_like({"registry/*.h", "registry/*.cpp"}))
    for (const std::string& found :
         all_matches(text_of(file), "(getenv|clock::now|time\\(nullptr\\)|jthread|random_device)"))
      ADD_FAILURE() << "registry/ is pure; " << file << " uses " << found << ".";
}

TEST(Tidy, EveryHeaderIsIncludedByAnotherFile) {
  std::map<std::string, std::set<std::string>> users;
  for (const std::string& file : sources())
    for (const Include& include : includes_of(text_of(file))) {
      if (!include.ours) continue;
      users[include.path].insert(file);
      EXPECT_TRUE(exists(include.path)) << "Include paths start at the repository's root; " << file << " includes "
                                        << include.path << ", which is not there.";
    }
  for (const std::string& header : files_like({"*.h"})) {
    const std::string own = header.substr(0, header.size() - 1) + "cpp";
    users[header].erase(own);
    EXPECT_FALSE(users[header].empty()) << "A header is there to be included; nobody but " << own << " includes "
                                        << header << ".";
    EXPECT_NE(text_of(header).find("#pragma once"), std::string::npos)
        << "Headers say #pragma once; " << header << " does not.";
  }
}

TEST(Tidy, ASourceIncludesItsOwnHeaderFirst) {
  for (const std::string& file : files_like({"*.cpp"})) {
    const std::string own = file.substr(0, file.size() - 3) + "h";
    if (!exists(own)) continue;
    const auto includes = includes_of(text_of(file));
    EXPECT_TRUE(!includes.empty() && includes.front().path == own)
        << "A source includes its own header first; " << file << " does not.";
  }
}

TEST(Tidy, NoFileIsTooLongToReadInOneSitting) {
  constexpr std::ptrdiff_t kLinesMax = 500;
  for (const std::string& file : sources()) {
    const std::string text = text_of(file);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kLinesMax)
        << "A file is split before " << kLinesMax << " lines: " << file << ".";
  }
}

TEST(Tidy, NoFileLeavesWorkForLater) {
  const std::regex later(std::string("\\b(TO") + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");
  for (const std::string& file : files_like({"*"})) {
    std::smatch found;
    const std::string text = text_of(file);
    EXPECT_FALSE(std::regex_search(text, found, later))
        << "Nothing is left for later; " << file << " says " << found.str() << ".";
  }
}

TEST(Tidy, MigrationsAreNumberedWithoutGaps) {
  int expected = 0;
  for (const std::string& file : files_like({"sql/migrations/*"})) {
    ++expected;
    char prefix[16];
    std::snprintf(prefix, sizeof prefix, "%04d_", expected);
    EXPECT_TRUE(fs::path(file).filename().string().starts_with(prefix))
        << "Migrations are numbered 0001, 0002, … without gaps or repetitions; " << file << " should begin with "
        << prefix << ".";
  }
  EXPECT_GT(expected, 0);
}

TEST(Tidy, EveryOptionIsExplainedInTheConfiguration) {
  const auto known = all_matches(text_of("api/server/config.cpp"), "\\{\"([a-z]+\\.[a-z_]+)\",");
  ASSERT_GT(known.size(), 20U);
  std::set<std::string> explained;
  std::string section;
  std::istringstream lines(text_of("ops/etc/ishi.toml"));
  for (std::string line; std::getline(lines, line);) {
    static const std::regex kSection("^\\[([a-z]+)\\]$"), kOption("^#([a-z_]+) = .+$");
    std::smatch match;
    if (std::regex_match(line, match, kSection))
      section = match[1];
    else if (std::regex_match(line, match, kOption))
      explained.insert(section + "." + match[1].str());
  }
  for (const std::string& key : known)
    EXPECT_EQ(explained.erase(key), 1U)
        << "Every option stands in ops/etc/ishi.toml at its default; api/server/config.cpp knows " << key << ".";
  for (const std::string& key : explained)
    ADD_FAILURE() << "ops/etc/ishi.toml explains " << key << ", which api/server/config.cpp does not know.";
}

TEST(Tidy, TheContractAndItsTableNameTheSameRoutes) {
  std::set<std::string> contract, table;
  const auto paths = nlohmann::json::parse(text_of("api/server/openapi.json")).at("paths");
  for (const auto& [path, methods] : paths.items())
    for (const auto& [method, operation] : methods.items())
      if (method == "get" || method == "post" || method == "put" || method == "delete") {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
        contract.insert(upper + " " + path);
      }
  for (const std::string& route : all_matches(text_of("api/README.md"), "\\| `((GET|POST|PUT|DELETE) /[^`]*)` \\|"))
    table.insert(route);
  ASSERT_GT(contract.size(), 10U);
  for (const std::string& route : contract)
    EXPECT_TRUE(table.contains(route)) << "Every route stands in api/README.md; api/server/openapi.json has " << route
                                       << ".";
  for (const std::string& route : table)
    EXPECT_TRUE(contract.contains(route))
        << "Every route stands in api/server/openapi.json; api/README.md has " << route << ".";
}

}  // namespace
}  // namespace ishi::testing
