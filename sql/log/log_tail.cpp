#include "sql/log/log_tail.h"

#include <algorithm>

#include "registry/merkle/leaf.h"
#include "sql/log/event_rows.h"
#include "sql/log/timeline_gate.h"

namespace ishi::sql {
namespace {

auto rows_missing() {
  return fail(ErrorKind::kCorrupt, "log_rows_missing", "rows of the log are missing; run: ishi audit rebuild");
}

// The entries of the partial tile of one level.
Result<TileHashes> read_edge(Session& session, std::uint8_t level, std::uint64_t size) {
  const std::uint64_t end = size >> (8U * level), begin = end - end % kTileWidth;
  TileHashes hashes;
  if (begin == end) return hashes;
  auto rows = level == 0
                  ? session.run(kReadLeaves, Parameters().number(begin).number(end))
                  : session.run(kReadTileRoots, Parameters().number(std::int64_t{level} - 1).number(begin).number(end));
  if (!rows) return fail(rows.error());
  if (rows->size() != end - begin) return rows_missing();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Digest digest{};
    if (rows->count(i, 0) != begin + i || !rows->bytes_exactly(i, level == 0 ? 3 : 1, digest)) return rows_missing();
    hashes.push_back(level == 0 ? leaf_hash_of(digest) : digest);
  }
  return hashes;
}

}  // namespace

Bytes peaks_to_bytes(const Frontier& frontier) {
  Bytes bytes;
  for (const Digest& peak : frontier.peaks()) bytes.insert(bytes.end(), peak.begin(), peak.end());
  return bytes;
}

Result<Frontier> frontier_of(std::uint64_t size, ByteView peaks) {
  std::vector<Digest> digests(peaks.size() / sizeof(Digest));
  for (std::size_t i = 0; i < digests.size(); ++i) {
    std::copy_n(peaks.begin() + static_cast<std::ptrdiff_t>(i * sizeof(Digest)), sizeof(Digest), digests[i].begin());
  }
  if (peaks.size() % sizeof(Digest) != 0) digests.clear();
  return Frontier::restore(size, std::move(digests));
}

Result<LogTail> lock_tail(Session& session, const std::optional<LogTail>& remembered) {
  auto head = session.run(kLockHead);
  if (!head) return fail(head.error());
  if (head->size() != 1) return fail(ErrorKind::kCorrupt, "log_head_missing", "the row of log_head is gone");
  auto standbys = pass_gate(session, {head->text(0, 3), head->text(0, 5)}, {head->text(0, 4), head->text(0, 6)});
  if (!standbys) return fail(standbys.error());
  const std::uint64_t size = head->count(0, 0);
  auto frontier = frontier_of(size, head->bytes(0, 2));
  if (!frontier) return fail(frontier.error());
  const Timestamp last_registered_at(head->number(0, 1)), believed_at(head->number(0, 7));
  if (remembered && remembered->frontier == *frontier) {
    LogTail tail = *remembered;
    tail.last_registered_at = last_registered_at;
    tail.believed_at = believed_at;
    tail.standbys = *std::move(standbys);
    return tail;
  }
  std::vector<TileHashes> edges;
  for (std::uint8_t level = 0; 8U * level < 64 && size >> (8U * level) > 0; ++level) {
    auto edge = read_edge(session, level, size);
    if (!edge) return fail(edge.error());
    edges.push_back(*std::move(edge));
  }
  auto tiles = TileBuilder::restore(size, std::move(edges));
  if (!tiles) return fail(tiles.error());
  if (tiles->frontier() != *frontier) {
    return fail(ErrorKind::kCorrupt, "tree_differs_from_head",
                "the stored tree is not the head's; run: ishi audit rebuild");
  }
  auto times = read_believed_times(session, Position(size));
  if (!times) return fail(times.error());
  return LogTail{*std::move(frontier), *std::move(tiles), last_registered_at, believed_at, {},
                 *std::move(standbys), *std::move(times)};
}

}  // namespace ishi::sql
