// Paths of tiles and entry bundles: one path for one tile.
#include "registry/merkle/tile.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("tiles", [](std::string_view input) {
  if (const auto tile = parse_tile_path(input)) {
    FUZZ_MUST(tile->width >= 1 && tile->width <= kTileWidth && tile->level <= kTileLevelMax);
    FUZZ_MUST(tile_path(*tile) == input);
  }
  if (const auto tile = parse_entries_path(input)) {
    FUZZ_MUST(tile->level == 0 && entries_path(tile->index, tile->width) == input);
  }
});

}  // namespace
}  // namespace ishi::fuzz
