#include "registry/policy/reading/complaints.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "registry/text.h"

namespace ishi {

void Complaints::add(Place place, std::string field, std::string message) {
  if (count_++ >= kComplaintsMax) return;
  complaints_.push_back({names_[place.document], place.line, std::move(field), std::move(message)});
}

std::string Complaints::describe(Place place) const {
  return names_[place.document] + " line " + std::to_string(place.line);
}

std::vector<PolicyComplaint> Complaints::take() {
  std::stable_sort(complaints_.begin(), complaints_.end(), [](const PolicyComplaint& a, const PolicyComplaint& b) {
    return std::tie(a.document, a.line) < std::tie(b.document, b.line);
  });
  return std::move(complaints_);
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return printable(text);
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return printable(text.substr(0, size)) + "…";
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kBytesMax = 60;
  return "'" + one_line(text, kBytesMax) + "'";
}

}  // namespace ishi
