// Paths of tiles and entry bundles: one path for one tile, one form for one bundle.
#include "registry/merkle/entry_bundle.h"
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
  const auto bundle = parse_entry_bundle(input);
  if (bundle) FUZZ_MUST(!bundle->empty() && bundle->size() <= kTileWidth && format_entry_bundle(*bundle) == input);
});

}  // namespace
}  // namespace ishi::fuzz
