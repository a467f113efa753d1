// Snapshots whose digests fit but whose chunks were changed: they are put back or refused, and a refusal leaves nothing
// behind. The input is a list of changes to a good snapshot: chunk, offset (two bytes), new byte.
#include "cache/snapshot/snapshot.h"

#include <unistd.h>

#include <filesystem>

#include "cache/near/projection.h"
#include "cache/snapshot/snapshot_file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_log.h"
#include "tests/support/random_world.h"

namespace ishi::fuzz {
namespace {

constexpr cache::NearLimits kSmall{.people_max = 64};
constexpr int kEvents = 60;

struct Chunk {
  cache::SnapshotChunk kind = cache::SnapshotChunk::kEnd;
  Bytes payload;
};

class GoodSnapshot {
 public:
  GoodSnapshot()
      : path_((std::filesystem::temp_directory_path() / ("ishi_fuzz_load_" + std::to_string(getpid()))).string()) {
    twin::RandomWorld world(7);
    cache::Projection people(kSmall);
    cache::PolicyHistory policies;
    for (std::uint64_t number = 0; number < kEvents; ++number) {
      EventBody body = world.event(number);
      while (std::holds_alternative<RecordErased>(body)) body = world.event(number);
      clock_.advance_seconds(1);
      FUZZ_MUST(log_.append({.bodies = {std::move(body)}, .caller = "fuzz"}).has_value());
      tokens_.push_back(world.asked().exact);
    }
    const auto events = *log_.read(EventIndex(0), kEvents);
    FUZZ_MUST(people.apply(log_, events).has_value());
    const Head head = *log_.head();
    FUZZ_MUST(cache::write_snapshot(
                  path_, log_, {&people}, policies, head, [] { return true; }, 64)
                  .has_value());
    cache::SnapshotFileReader reader;
    FUZZ_MUST(reader.open(path_).has_value());
    for (;;) {
      const auto chunk = reader.next();
      FUZZ_MUST(chunk.has_value());
      if (chunk->kind == cache::SnapshotChunk::kEnd) break;
      chunks_.push_back({chunk->kind, Bytes(chunk->payload.begin(), chunk->payload.end())});
    }
  }
  ~GoodSnapshot() { std::filesystem::remove(path_); }

  void load_changed(std::string_view changes) {
    std::vector<Chunk> chunks = chunks_;
    for (; changes.size() >= 4; changes.remove_prefix(4)) {
      const auto at = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(changes[i])}; };
      Bytes& payload = chunks[at(0) % chunks.size()].payload;
      if (!payload.empty()) payload[(at(1) * 256 + at(2)) % payload.size()] = static_cast<std::uint8_t>(at(3));
    }
    write(chunks);
    cache::Projection people(kSmall);
    cache::PolicyHistory policies;
    const auto head = cache::load_snapshot(path_, log_, {&people}, policies);
    PersonStatus status;
    for (const Token& token : tokens_) {
      const auto seen = people.find(head ? head->position : Position(), token, status);
      if (!head) FUZZ_MUST(seen != cache::Projection::Seen::kFound);
    }
    if (std::equal(chunks.begin(), chunks.end(), chunks_.begin(),
                   [](const Chunk& a, const Chunk& b) { return a.payload == b.payload; }))
      FUZZ_MUST(head.has_value() && head->position == Position(kEvents));
  }

 private:
  void write(const std::vector<Chunk>& chunks) const {
    cache::SnapshotFileWriter writer(path_);
    FUZZ_MUST(writer.open().has_value());
    for (const Chunk& chunk : chunks) FUZZ_MUST(writer.add(chunk.kind, chunk.payload).has_value());
    FUZZ_MUST(writer.finish().has_value());
  }

  const std::string path_;
  testing::FakeClock clock_;
  testing::MemoryLog log_{clock_};
  std::vector<Token> tokens_;
  std::vector<Chunk> chunks_;
};

const Registration kTarget("snapshot_load", [](std::string_view input) {
  static GoodSnapshot good;
  good.load_changed(input);
});

}  // namespace
}  // namespace ishi::fuzz
