// Where something was written, and what is wrong with it. Internal to registry/policy; one reading, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy/reading/policy_text.h"

namespace ishi {

struct Place {
  std::uint32_t document = 0;  // index into the documents of the reading
  std::uint32_t line = 0;      // 1-based; 0 = the document as a whole
  friend bool operator==(const Place&, const Place&) = default;
};

constexpr std::size_t kComplaintsMax = 100;

class Complaints {
 public:
  // REQUIRES: the names outlive this object; Place.document indexes them.
  explicit Complaints(const std::vector<std::string>& names) : names_(names) {}
  void add(Place place, std::string field, std::string message);  // beyond the maximum: dropped
  bool full() const { return count_ >= kComplaintsMax; }
  std::size_t count() const { return count_; }  // also those that were dropped
  bool empty() const { return count_ == 0; }
  std::string describe(Place place) const;  // "option_1.toml line 12"
  std::vector<PolicyComplaint> take();      // sorted by document and line

 private:
  const std::vector<std::string>& names_;
  std::vector<PolicyComplaint> complaints_;
  std::size_t count_ = 0;
};

// What a message may repeat of a document: one line, at most `bytes_max` bytes, whole UTF-8 characters. "…" at its end
// says that more followed.
std::string one_line(std::string_view text, std::size_t bytes_max);
std::string quoted(std::string_view text);  // the same in quotes, at most 60 bytes

}  // namespace ishi
