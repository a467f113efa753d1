// Looks at a TOML text before the TOML library does and refuses what would exhaust the stack or the memory: brackets
// or dotted keys nested deeper than a policy needs, or more values than any policy has. It knows strings and comments,
// so that only structure counts. Everything else that is wrong is the library's to say. Pure; internal to
// registry/policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ishi {

constexpr int kTomlBracketsDeepMax = 8;           // [[ ]] counts two
constexpr int kTomlDotsPerLineMax = 16;           // outside strings
constexpr std::size_t kTomlMarksMax = 8'000'000;  // of [ { , = outside strings, in all documents of a book

struct TomlObstacle {
  std::uint32_t line = 0;
  std::string message;
};
// Adds the text's marks to `marks`, which runs over all documents of one book.
std::optional<TomlObstacle> find_toml_obstacle(std::string_view text, std::size_t& marks);

}  // namespace ishi
