// Makes worlds in temporary directories and reads their files back. For tests of api/synth.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "api/synth/synth_command.h"

namespace ishi::synth::testing {

using Row = std::map<std::string, std::string>;

class MadeWorld {
 public:
  explicit MadeWorld(SynthRequest request);
  ~MadeWorld();
  MadeWorld(const MadeWorld&) = delete;
  MadeWorld& operator=(const MadeWorld&) = delete;

  const SynthSummary& summary() const { return summary_; }
  std::filesystem::path path(const std::string& name) const { return directory_ / name; }
  std::string text(const std::string& name) const;
  std::vector<Row> csv(const std::string& name) const;  // no quotes in these files
  std::vector<std::filesystem::path> files() const;     // relative, sorted

 private:
  std::filesystem::path directory_;
  SynthSummary summary_;
};

SynthRequest scenario(Scenario scenario, double scale = 1.0, std::uint64_t seed = 1);
std::string from_cp932(const std::string& bytes);  // throws std::runtime_error where it is not CP932
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace ishi::synth::testing
