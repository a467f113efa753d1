// FilterPoint: at which point of the way of the data a question is asked (LAW.md 8.3). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ishi {

enum class FilterPoint : std::uint8_t {
  kCollection = 1,  // entry: data are taken in
  kLinkage = 2,     // two databases are joined
  kReview = 3,      // an application is reviewed, a permit approved
  kExtraction = 4,  // exit: data are provided
  kResweep = 5,     // data already held are looked at again
};
constexpr FilterPoint kFilterPoints[] = {FilterPoint::kCollection, FilterPoint::kLinkage, FilterPoint::kReview,
                                         FilterPoint::kExtraction, FilterPoint::kResweep};

std::string_view name_of(FilterPoint point);  // "F4"
std::optional<FilterPoint> parse_filter_point(std::string_view name);

}  // namespace ishi
