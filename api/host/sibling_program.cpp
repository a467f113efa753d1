#include "api/host/sibling_program.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

namespace ishi::api {
namespace {

namespace fs = std::filesystem;
constexpr int kCannotStart = 127;

bool can_be_run(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_sibling(const std::string& name) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error && can_be_run(self.parent_path() / name)) return (self.parent_path() / name).string();
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path folder(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (folder.is_absolute() && can_be_run(folder / name)) return (folder / name).string();
  }
  return std::nullopt;
}

int become_sibling(const std::string& name, std::span<const std::string> arguments) {
  const auto program = find_sibling(name);
  if (!program) {
    std::fprintf(stderr,
                 "ishi: this needs the program %s, which is neither in the folder of this program nor in PATH; "
                 "install it there\n",
                 name.c_str());
    return kCannotStart;
  }
  std::vector<std::string> words{*program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(nullptr);
  ::execv(program->c_str(), pointers.data());
  std::fprintf(stderr, "ishi: %s cannot be started: %s\n", program->c_str(), std::strerror(errno));
  return kCannotStart;
}

}  // namespace ishi::api
