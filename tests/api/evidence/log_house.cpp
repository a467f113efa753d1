#include "tests/api/evidence/log_house.h"

#include <stdlib.h>

#include <stdexcept>

namespace ishi::testing {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "ishi-log-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<Frontier> EditedEvidence::frontier() const {
  if (broken) return fail(*broken);
  return truth_->frontier();
}

Result<std::vector<StoredLeaf>> EditedEvidence::read_leaves(EventIndex from, std::size_t limit) const {
  if (broken) return fail(*broken);
  auto leaves = truth_->read_leaves(from, limit);
  for (StoredLeaf& leaf : *leaves) {
    if (wrong_leaf != leaf.index.value()) continue;
    leaf.commitment[0] ^= 1;
    leaf.event_bytes[9] ^= 1;  // the last byte of its time
  }
  return leaves;
}

Result<std::vector<TileHashes>> EditedEvidence::read_tiles(std::span<const Tile> tiles) const {
  if (broken) return fail(*broken);
  auto found = truth_->read_tiles(tiles);
  for (std::size_t i = 0; found && wrong_leaf && i < tiles.size(); ++i) {
    const std::uint64_t first = tiles[i].index * kTileWidth;
    if (tiles[i].level == 0 && *wrong_leaf >= first && *wrong_leaf < first + tiles[i].width)
      (*found)[i][*wrong_leaf - first][0] ^= 1;
  }
  return found;
}

api::KeyRing key_ring(const std::string& name, std::uint8_t number, NoteKeyType type) {
  Ed25519Seed seed{};
  seed[0] = number;
  const SigningKey key = SigningKey::from_seed(name, type, seed);
  return {key, {key.verifier()}};
}

EventIndex LogHouse::append(std::size_t count, const std::string& caller) {
  AppendRequest request;
  request.caller = caller;
  for (std::size_t i = 0; i < count; ++i) {
    Objection objection;
    objection.scope.regimes = {"NGMIA_ANON"};
    objection.accepted_at = clock.now();
    request.bodies.emplace_back(objection);
  }
  const auto appended = log.append(std::move(request));
  if (!appended) throw std::runtime_error(appended.error().detail);
  return appended->first;
}

}  // namespace ishi::testing
