#include "tests/api/synth/world_files.h"

#include <iconv.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ishi::synth::testing {

MadeWorld::MadeWorld(SynthRequest request) {
  std::string pattern = (std::filesystem::temp_directory_path() / "ishi-synth-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  request.directory = pattern;
  const Result<SynthSummary> made = make_world(request);
  if (!made) throw std::runtime_error(made.error().detail);
  summary_ = *made;
}

MadeWorld::~MadeWorld() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string MadeWorld::text(const std::string& name) const {
  std::ifstream file(directory_ / name, std::ios::binary);
  if (!file) throw std::runtime_error("no file " + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Row> MadeWorld::csv(const std::string& name) const {
  std::vector<Row> rows;
  const std::vector<std::string> lines = split(text(name), '\n');
  const std::vector<std::string> names = split(lines.at(0), ',');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::vector<std::string> fields = split(lines[i], ',');
    if (fields.size() != names.size()) throw std::runtime_error(name + ": a row with another number of fields");
    Row row;
    for (std::size_t k = 0; k < names.size(); ++k) row[names[k]] = fields[k];
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::filesystem::path> MadeWorld::files() const {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
    if (entry.is_regular_file()) found.push_back(std::filesystem::relative(entry.path(), directory_));
  }
  std::sort(found.begin(), found.end());
  return found;
}

SynthRequest scenario(Scenario scenario, double scale, std::uint64_t seed) {
  SynthRequest request;
  request.world.scenario = scenario;
  request.world.scale = scale;
  request.world.seed = seed;
  return request;
}

std::string from_cp932(const std::string& bytes) {
  const iconv_t handle = iconv_open("UTF-8", "CP932");
  std::string out(bytes.size() * 3 + 4, '\0');
  char *from = const_cast<char*>(bytes.data()), *to = out.data();
  std::size_t from_left = bytes.size(), to_left = out.size();
  const bool converted = iconv(handle, &from, &from_left, &to, &to_left) != std::size_t(-1);
  iconv_close(handle);
  if (!converted) throw std::runtime_error("not CP932");
  out.resize(out.size() - to_left);
  return out;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

}  // namespace ishi::synth::testing
