#include <charconv>

#include "registry/assert.h"
#include "registry/merkle/tile.h"

namespace ishi {
namespace {

// 1234067 -> x001/x234/067
std::string number_path(std::uint64_t number) {
  std::string path;
  do {
    const std::string digits = std::to_string(1000 + number % 1000).substr(1);
    path = path.empty() ? digits : "x" + digits + "/" + path;
    number /= 1000;
  } while (number > 0);
  return path;
}

std::string with_width(std::string path, std::uint32_t width) {
  ISHI_ASSERT(width >= 1 && width <= kTileWidth);
  return width == kTileWidth ? path : path + ".p/" + std::to_string(width);
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A decimal number that takes up all of `text`, without sign or leading zeros.
std::optional<std::uint32_t> parse_small(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_three_digits(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  std::uint32_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return value;
}

// x001/x234/067[.p/17]
std::optional<Tile> parse_number_and_width(std::string_view text, std::uint8_t level) {
  Tile tile{level, 0, kTileWidth};
  if (const std::size_t dot = text.find(".p/"); dot != std::string_view::npos) {
    const auto width = parse_small(text.substr(dot + 3), kTileWidth - 1);
    if (!width || *width == 0) return std::nullopt;
    tile.width = *width;
    text = text.substr(0, dot);
  }
  const std::string_view digits = text;
  while (take(text, "x")) {
    const auto group = parse_three_digits(text.substr(0, 3));
    if (!group || text.size() < 4 || text[3] != '/' || tile.index > kTreeSizeMax / 1000) return std::nullopt;
    tile.index = tile.index * 1000 + *group;
    text.remove_prefix(4);
  }
  const auto group = parse_three_digits(text);
  if (!group || tile.index > kTreeSizeMax / 1000) return std::nullopt;
  tile.index = tile.index * 1000 + *group;
  if (number_path(tile.index) != digits) return std::nullopt;  // x000/001 is not the name of tile 1
  return tile;
}

}  // namespace

std::string tile_path(const Tile& tile) {
  ISHI_ASSERT(tile.level <= kTileLevelMax);
  return with_width("tile/" + std::to_string(tile.level) + "/" + number_path(tile.index), tile.width);
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  if (!take(path, "tile/")) return std::nullopt;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto level = parse_small(path.substr(0, slash), kTileLevelMax);
  if (!level) return std::nullopt;
  return parse_number_and_width(path.substr(slash + 1), static_cast<std::uint8_t>(*level));
}

std::string entries_path(std::uint64_t index, std::uint32_t width) {
  return with_width("tile/entries/" + number_path(index), width);
}

std::optional<Tile> parse_entries_path(std::string_view path) {
  if (!take(path, "tile/entries/")) return std::nullopt;
  return parse_number_and_width(path, 0);
}

}  // namespace ishi
