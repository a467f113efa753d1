// A log in memory, its keys and its checkpoints, and a folder for what must lie on a disk.
#pragma once

#include <filesystem>
#include <string>

#include "api/evidence/checkpoint_publisher.h"
#include "api/host/key_file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_checkpoint_store.h"
#include "tests/support/memory_log.h"

namespace ishi::testing {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// What is read from a log, with one bit of it wrong if so wished.
class EditedEvidence final : public Evidence {
 public:
  explicit EditedEvidence(const Evidence& truth) : truth_(&truth) {}
  void look_at(const Evidence& other) { truth_ = &other; }
  std::optional<std::uint64_t> wrong_leaf;  // its stored hash is off by a bit
  std::optional<Error> broken;

  Result<Frontier> frontier() const override;
  Result<std::vector<StoredLeaf>> read_leaves(EventIndex from, std::size_t limit) const override;
  Result<std::vector<TileHashes>> read_tiles(std::span<const Tile> tiles) const override;

 private:
  const Evidence* truth_;
};

inline constexpr char kOrigin[] = "registry.example/log";

api::KeyRing key_ring(const std::string& name, std::uint8_t number, NoteKeyType type = NoteKeyType::kSignature);

struct LogHouse {
  FakeClock clock;
  MemoryLog log{clock};
  EditedEvidence evidence{log};
  MemoryCheckpointStore store;
  api::KeyRing keys = key_ring(kOrigin, 1);
  Folder folder;

  // Events by that caller, all different.
  EventIndex append(std::size_t count, const std::string& caller = "clinic");
};

}  // namespace ishi::testing
