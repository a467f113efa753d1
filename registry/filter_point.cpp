#include "registry/filter_point.h"

namespace ishi {

std::string_view name_of(FilterPoint point) {
  switch (point) {
    case FilterPoint::kCollection: return "F1";
    case FilterPoint::kLinkage: return "F2";
    case FilterPoint::kReview: return "F3";
    case FilterPoint::kExtraction: return "F4";
    case FilterPoint::kResweep: return "F5";
  }
  return "";
}

std::optional<FilterPoint> parse_filter_point(std::string_view name) {
  for (const FilterPoint point : kFilterPoints)
    if (name == name_of(point)) return point;
  return std::nullopt;
}

}  // namespace ishi
