// A folder that goes away with the test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ishi::client {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes) const;  // its path
  std::string read(const std::string& name) const;                           // "" if missing
  std::vector<std::string> names() const;                                    // hidden ones too, sorted

 private:
  std::string folder_;
};

}  // namespace ishi::client
