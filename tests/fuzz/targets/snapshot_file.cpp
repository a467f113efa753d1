// The file under a snapshot, any bytes: chunks that lie in it, or damage. No digest fits by chance.
#include "cache/snapshot/snapshot_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("snapshot_file", [](std::string_view input) {
  static const std::string kPath =
      (std::filesystem::temp_directory_path() / ("ishi_fuzz_file_" + std::to_string(getpid()))).string();
  std::ofstream(kPath, std::ios::binary | std::ios::trunc) << input;
  cache::SnapshotFileReader reader;
  std::size_t payload_bytes = 0;
  if (const auto opened = reader.open(kPath)) {
    for (;;) {
      const auto chunk = reader.next();
      if (!chunk || chunk->kind == cache::SnapshotChunk::kEnd) break;
      for (const std::uint8_t byte : chunk->payload) payload_bytes += byte < 0xff ? 1 : 1;  // all of it is readable
    }
  }
  FUZZ_MUST(payload_bytes <= input.size());
  std::filesystem::remove(kPath);
});

}  // namespace
}  // namespace ishi::fuzz
