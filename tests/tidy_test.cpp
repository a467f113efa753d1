// Rules that no compiler knows: which room sees which, which library is known where, and that the documents speak of
// what is there. Each failure is a sentence that names the rule and the file.
#include <fnmatch.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/arrows.h"
#include "tests/support/paths.h"

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;
using Patterns = std::vector<std::string>;

const std::string kRoot = ishi::testing::source_folder();
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
  for (const std::string top : {"README.md", "README.ja.md", "CMakeLists.txt", "CMakePresets.json", ".ci/run"})
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
    {"hiredis", {"cache/redis/*.cpp"}},
    {"pistache/", {"api/http/pistache_server.cpp"}},
    {"nlohmann/", {"*.cpp"}},
    {"toml++/", {"registry/policy/reading/*.cpp", "api/server/config.cpp"}},
    {"curl/", {"api/http_client/curl_client.cpp"}},
    {"unicode/", {"registry/identifiers/*.cpp"}},
    {"CLI/",
     {"api/client/commands/*.cpp", "api/client/main.cpp", "api/synth/*.cpp", "api/admin/*.cpp", "api/witness/*.cpp",
      "api/server/main.cpp"}},
    {"prometheus/", {"api/operations/metrics.cpp"}},
    {"spdlog/", {"api/server/log.cpp"}},
};

// In a server only these files see the stores; the rest of the room is written against registry/ports.
const Patterns kWiring = {"api/server/wiring*", "api/server/fsck_task.cpp", "api/server/main.cpp"};
constexpr std::size_t kPairsMax = 12;  // a header and its source, in one room

const std::set<std::string> kOutsideWorld = {
    "thread",   "mutex", "shared_mutex", "condition_variable", "future",  "fstream", "filesystem",
    "iostream", "ctime", "random",       "unistd.h",           "netdb.h", "fcntl.h", "stop_token"};

// The one file that holds the standard's locks, for the rooms with threads: what it wraps, clang can check.
constexpr const char* kLocks = "registry/threads/mutex.h";

bool is_product(const std::string& file) {
  return matches(file, {"registry/*", "sql/*", "cache/*", "api/*"});
}

std::string room_of(const std::string& file) {
  return fs::path(file).parent_path().generic_string();
}
const Arrows* arrows_of(const std::string& room) {
  const auto found =
      std::find_if(kArrows.begin(), kArrows.end(), [&](const Arrows& arrows) { return arrows.room == room; });
  return found == kArrows.end() ? nullptr : &*found;
}
bool may_see(const std::string& from, const std::string& to) {
  const Arrows* arrows = arrows_of(from);
  if (from == to) return true;
  if (arrows == nullptr) return false;
  return std::any_of(arrows->sees.begin(), arrows->sees.end(), [&](const std::string& seen) {
    return seen == to || (seen.ends_with("/*") &&
                          (to == seen.substr(0, seen.size() - 2) || to.starts_with(seen.substr(0, seen.size() - 1))));
  });
}

// What is wrong with this include in this file of the product; nothing if it may stand there.
std::optional<std::string> complaint(const std::string& file, const Include& include) {
  if (include.ours) {
    const std::string from = room_of(file), to = room_of(include.path);
    if (!may_see(from, to)) return from + " may not see " + to + " (kArrows); " + file + " includes " + include.path;
    if (from == "api/server" && matches(to, {"sql/*", "cache/*"}) && !matches(file, kWiring))
      return "of api/server only the wiring sees the stores; " + file + " includes " + include.path;
    return std::nullopt;
  }
  for (const Known& known : kLibraries) {
    if (!include.path.starts_with(known.header) || matches(file, known.where)) continue;
    std::string allowed;
    for (const std::string& pattern : known.where) allowed += (allowed.empty() ? "" : ", ") + pattern;
    return known.header + " may be included by " + allowed + "; " + file + " includes " + include.path;
  }
  if (file == kLocks) return std::nullopt;  // pure all the same: no room that decides may see it (kArrows)
  if (include.path == "shared_mutex")
    return "locks are those of " + std::string(kLocks) + "; " + file + " includes <" + include.path + ">";
  if (file.starts_with("registry/") && (kOutsideWorld.contains(include.path) || include.path.starts_with("sys/")))
    return "registry/ is pure (no threads, files, clocks or chance); " + file + " includes <" + include.path + ">";
  return std::nullopt;
}

std::size_t columns_of(const std::string& line) {  // characters, not bytes
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The first circle among these arrows, as "a -> b -> a"; empty if they all lead one way.
std::string circle_in(const std::map<std::string, std::set<std::string>>& arrows) {
  std::set<std::string> finished;
  std::vector<std::string> walk;
  std::string found;
  const std::function<void(const std::string&)> visit = [&](const std::string& room) {
    if (!found.empty() || finished.contains(room)) return;
    if (const auto again = std::find(walk.begin(), walk.end(), room); again != walk.end()) {
      for (auto step = again; step != walk.end(); ++step) found += *step + " -> ";
      found += room;
      return;
    }
    walk.push_back(room);
    if (const auto from = arrows.find(room); from != arrows.end())
      for (const std::string& to : from->second) visit(to);
    walk.pop_back();
    finished.insert(room);
  };
  for (const auto& [room, seen] : arrows) visit(room);
  return found;
}

TEST(Tidy, TheRulesSeeWhatBreaksThem) {
  for (const auto& [file, include] :
       std::vector<std::pair<std::string, Include>>{{"registry/ports/event_log.h", {true, "sql/session/session.h"}},
                                                    {"registry/rules/decide.h", {true, "registry/ports/event_log.h"}},
                                                    {"cache/near/projection.cpp", {true, "api/http/router.h"}},
                                                    {"cache/near/projection.cpp", {true, "cache/follow/head_reader.h"}},
                                                    {"sql/log/erase.cpp", {true, "cache/near/projection.h"}},
                                                    {"api/filter/ask.cpp", {true, "cache/near/projection.h"}},
                                                    {"api/server/routes.cpp", {true, "cache/near/projection.h"}},
                                                    {"api/filter/ask.cpp", {true, "tests/support/cases.h"}},
                                                    {"api/auth/api_keys.cpp", {true, "api/http/router.h"}},
                                                    {"api/filter/ask.cpp", {false, "pqxx/pqxx"}},
                                                    {"cache/near/projection.cpp", {false, "hiredis/hiredis.h"}},
                                                    {"api/http/router.cpp", {false, "pistache/http.h"}},
                                                    {"api/messages/message.h", {false, "nlohmann/json.hpp"}},
                                                    {"registry/time.cpp", {false, "thread"}},
                                                    {"registry/time.cpp", {true, "registry/threads/mutex.h"}},
                                                    {"cache/follow/head_reader.h", {false, "shared_mutex"}}})
    EXPECT_TRUE(complaint(file, include).has_value()) << file << " may not include " << include.path;
  EXPECT_FALSE(complaint("api/server/wiring.cpp", {true, "sql/migrations/migrate.h"}).has_value());
  EXPECT_EQ(includes_of("#pragma once\n#include <pqxx/pqxx>  // why\n#include \"sql/session/session.h\"\n").size(), 2U);
  EXPECT_EQ(circle_in({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}), "b -> c -> b");
  EXPECT_EQ(circle_in({{"a", {"b", "c"}}, {"b", {"c"}}}), "");
  EXPECT_EQ(columns_of("意思 は"), 4U);
}

TEST(Tidy, EachRoomSeesOnlyWhatItMay) {
  for (const std::string& file : sources()) {
    if (!is_product(file)) continue;
    for (const Include& include : includes_of(text_of(file)))
      if (const auto wrong = complaint(file, include)) ADD_FAILURE() << *wrong << ".";
  }
}

TEST(Tidy, EveryArrowLeadsOneWay) {
  std::map<std::string, std::set<std::string>> drawn, allowed;
  std::set<std::string> rooms;
  for (const std::string& file : sources()) {
    if (!is_product(file)) continue;
    rooms.insert(room_of(file));
    for (const Include& include : includes_of(text_of(file)))
      if (include.ours && room_of(include.path) != room_of(file)) drawn[room_of(file)].insert(room_of(include.path));
  }
  for (const std::string& from : rooms) {
    EXPECT_NE(arrows_of(from), nullptr) << "Every room stands in kArrows with what it sees; " << from << " does not.";
    for (const std::string& to : rooms)
      if (from != to && may_see(from, to)) allowed[from].insert(to);
  }
  for (const Arrows& arrows : kArrows)
    EXPECT_TRUE(rooms.contains(arrows.room)) << "kArrows speaks of rooms that are there; " << arrows.room << " is not.";
  EXPECT_EQ(circle_in(drawn), "") << "Rooms that see each other are one room.";
  EXPECT_EQ(circle_in(allowed), "") << "kArrows may not allow a circle.";
}

TEST(Tidy, NoRoomIsCrowded) {
  std::map<std::string, std::set<std::string>> pairs;
  for (const std::string& file : sources())
    if (is_product(file)) pairs[room_of(file)].insert(fs::path(file).stem().string());
  for (const auto& [room, stems] : pairs)
    EXPECT_LE(stems.size(), kPairsMax) << "A room is split before it crowds; " << room << " holds " << stems.size()
                                       << " pairs of files.";
}

TEST(Tidy, NoLineIsTooWideToRead) {
  constexpr std::size_t kColumnsMax = 120;
  for (const std::string& file : sources()) {
    std::istringstream lines(text_of(file));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      EXPECT_LE(columns_of(line), kColumnsMax)
          << "A line has at most " << kColumnsMax << " columns: " << file << ":" << number << ".";
    }
  }
}

TEST(Tidy, EverythingIsFormatted) {
  const std::string out = ::testing::TempDir() + "/ishi_format_" + std::to_string(getpid());
  const std::string command = "cd '" + kRoot +
                              "' && find registry sql cache api tests -name '*.h' -o -name '*.cpp' | " +
                              "xargs clang-format --dry-run > '" + out + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << "clang-format must run (ops/packages.txt brings it).";
  std::ifstream output(out);
  std::set<std::string> files;
  for (std::string line; std::getline(output, line);)
    if (const std::size_t colon = line.find(':'); line.find("-Wclang-format") != std::string::npos)
      files.insert(line.substr(0, colon));
  fs::remove(out);
  for (const std::string& file : files) ADD_FAILURE() << "Code is formatted by .clang-format: clang-format -i " << file;
}

TEST(Tidy, TheRegistryReadsNoClockAndNoEnvironment) {
  for (const std::string& file : files_like({"registry/*.h", "registry/*.cpp"}))
    for (const std::string& found :
         all_matches(text_of(file), "(getenv|clock::now|time\\(nullptr\\)|jthread|random_device)"))
      ADD_FAILURE() << "registry/ is pure; " << file << " uses " << found << ".";
}

TEST(Tidy, EveryLockIsOneThatClangChecks) {
  for (const std::string& file : sources()) {
    if (!is_product(file) || file == kLocks) continue;
    for (const std::string& found :
         all_matches(text_of(file),
                     "std::((recursive_|timed_|shared_)?mutex|lock_guard|unique_lock|shared_lock|scoped_lock)\\b"))
      ADD_FAILURE() << "Locks are those of " << kLocks << ", so that clang sees what they guard; " << file
                    << " uses std::" << found << ".";
  }
}

TEST(Tidy, EverySuppressionSaysWhy) {
  const std::string mark = std::string("NO") + "LINT";
  for (const std::string& file : sources()) {
    std::istringstream lines(text_of(file));
    for (std::string line; std::getline(lines, line);) {
      if (line.find(mark) == std::string::npos) continue;
      EXPECT_TRUE(std::regex_search(line, std::regex("// " + mark + "\\([a-z-]+\\): .{10,}")))
          << "A suppression names one check and says why in its line; " << file << ": " << line;
    }
  }
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
  for (const std::string& file : files_like({"sql/migrations/*.sql"})) {
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
