// NearTable: the flat, fixed-memory table of the near tier. One cache line holds two people; a look-up touches one
// line nearly always. Tokens are uniform already, so their first four bytes choose the line and no hash is taken;
// the other twelve are kept and compared. Knows nothing of law or events: it keeps up to two packed notices per
// token inline, up to six in a side block; one objection, of which as much stands inline as decides nearly every
// question, with up to three notices in a side block; or the word "elsewhere": the whole person is kept by others.
//
//   bucket, 64 bytes   word 0        version (even = at rest), slots used, overflowed, CLOCK bits
//                      words 1,2     bytes 4..11 of the two tokens
//                      word 3        bytes 12..15 of both
//                      words 4,5 6,7 payload of each: a PackedPerson (cache/near/near_layout.h)
//   block, 32 bytes    a PackedBlock: six notices; or the event and instant of an objection, and three notices
//
// One writer; readers never wait for it and never block it: they read a bucket, then its version again, and
// repeat if it moved. Memory is taken once, in huge pages where the machine gives them.
//
// Full: with `evict` the least recently asked of a neighbourhood makes room (CLOCK) and absence means nothing;
// without, put() refuses and absence means "nothing is known".
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "cache/near/near_layout.h"
#include "registry/identifiers/token.h"
#include "registry/position.h"

namespace ishi::cache {

struct NearLimits {
  std::size_t people_max = 1'000'000;  // table memory is about 40 bytes each
  std::size_t blocks_max = 0;          // side blocks of 32 bytes: 3..6 notices, objections; 0 = people_max / 4
  bool evict = false;
  std::size_t weak_forms_max = 0;        // of the filter beside the table (cache/near/projection.h); 0 = two a person
  std::uint64_t crowded_events = 5'000;  // about one person: with more they are left to the log while it grows
};

// Everybody (`people_max`) if that takes no more than `bytes_max`, else a table that evicts and takes about so much.
// 0 bytes: no bound. REQUIRES: bytes_max is 0 or at least kNearBytesMin.
constexpr std::size_t kNearBytesMin = 1U << 20;
NearLimits near_limits(std::size_t people_max, std::size_t bytes_max);

// What a bucket says of one token, before it is unpacked.
struct NearBrief : PackedPerson {
  bool absent = false;
};

class NearTable {
 public:
  explicit NearTable(NearLimits limits);
  ~NearTable();
  NearTable(const NearTable&) = delete;
  NearTable& operator=(const NearTable&) = delete;

  // The writer. False: no room. REQUIRES: state is not kAbsent, as_of < 2^40, notices sorted by the caller as it likes.
  bool put(const Token& token, const NearEntry& entry);
  void erase(const Token& token);

  NearEntry get(const Token& token) const;
  // Calls visit(i, entry) once for each token.
  template <typename Visit>
  void get_many(std::span<const Token> tokens, Visit&& visit) const;
  // The same without unpacking what the bucket itself says: brief(i, person) for nearly everybody, whole(i, entry) for
  // those who took a second look. brief may return false of one who objects: then whole(i, entry) follows. Look-ups
  // run in groups of kGroup, in stages, so that each stage finds its cache line already on the way: home bucket, then
  // (one in three) the next bucket or the side block.
  template <typename OnBrief, typename OnWhole>
  void visit_many(std::span<const Token> tokens, OnBrief&& brief, OnWhole&& whole) const;

  // For snapshots (cache/snapshot/snapshot.h). A bucket as it is at one moment; a table's buckets are copied one by one
  // while it is written, so together they are no moment's. Token bytes 0..3 are not kept: a bucket goes back to its own
  // number only.
  struct Slot {
    std::uint64_t high = 0;  // of the token: bytes 4..11
    std::uint32_t low = 0;   // and 12..15
    bool used = false, has_block = false;
    PackedPerson payload;
    PackedBlock block{};
  };
  using Slots = std::array<Slot, 2>;
  std::size_t bucket_count() const { return bucket_count_; }
  Slots copy_bucket(std::size_t bucket) const;  // any thread
  bool overflowed(std::size_t bucket) const {
    return (buckets_[bucket].words[0].load(std::memory_order_acquire) & kOverflowed) != 0;
  }
  // Before anybody reads, into an empty bucket. What was put back is unpacked into `entries`. False: no such payload,
  // or no block left.
  bool restore_bucket(std::size_t bucket, const Slots& slots, std::array<NearEntry, 2>& entries);
  void restore_overflow(std::size_t bucket) { mark_overflowed(bucket); }
  void clear();  // REQUIRES: nobody reads

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  std::size_t evictions() const { return evictions_.load(std::memory_order_relaxed); }
  std::size_t memory_bytes() const { return bucket_count_ * sizeof(Bucket) + block_count_ * sizeof(Block); }
  bool huge_pages() const { return huge_pages_; }

 private:
  static constexpr std::size_t kGroup = 32;  // look-ups in flight; measured in tests/bench
  static constexpr std::size_t kSlots = 2;
  static constexpr std::size_t kProbeMax = 1024;  // buckets from home at most; at 80 % full runs of hundreds occur
  static constexpr std::size_t kClockProbe = 8;   // the neighbourhood in which a victim is sought

  struct alignas(64) Bucket {
    std::atomic<std::uint64_t> words[8];
  };
  struct alignas(32) Block {
    std::atomic<std::uint64_t> words[4];
  };
  // word 0 of a bucket: version in the low half, then one bit each.
  static constexpr std::uint64_t kVersionMask = 0xffffffff;
  static constexpr std::uint64_t kUsed[kSlots] = {1ULL << 32, 1ULL << 33};
  static constexpr std::uint64_t kOverflowed = 1ULL << 34;
  static constexpr std::uint64_t kAsked[kSlots] = {1ULL << 35, 1ULL << 36};
  static constexpr std::uint32_t kNoBlock = 0xffffffff;

  struct Key {  // what is compared of a token: all but the four bytes that chose the bucket
    std::uint64_t high = 0;
    std::uint32_t low = 0;
  };
  static Key key_of(const Token& token) {
    Key key;
    std::memcpy(&key.high, token.bytes().data() + 4, 8);
    std::memcpy(&key.low, token.bytes().data() + 12, 4);
    return key;
  }
  static bool holds(const Key& key, unsigned slot, std::uint64_t high, std::uint64_t lows) {
    return high == key.high && static_cast<std::uint32_t>(lows >> (32 * slot)) == key.low;
  }
  // A torn block number can only come from a torn bucket, which the caller reads again.
  NearEntry unpack_whole(const PackedPerson& person) const;
  struct Glance {  // one bucket, read whole
    enum class Outcome : std::uint8_t { kFound, kAbsent, kLookOn, kSettled } outcome;
    std::uint32_t version;
    PackedPerson person;
  };
  Glance glance(std::size_t bucket, const Key& key) const;
  struct Place {
    std::size_t bucket = 0;
    unsigned slot = 0;
    bool found = false;
  };

  std::size_t home_of(const Token& token) const {
    const auto bytes = token.bytes();
    const std::uint32_t prefix = static_cast<std::uint32_t>(bytes[0]) << 24 |
                                 static_cast<std::uint32_t>(bytes[1]) << 16 |
                                 static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
    return static_cast<std::size_t>((std::uint64_t{prefix} * bucket_count_) >> 32);  // bucket_count_ <= 2^32
  }
  Place find_for_writer(const Token& token) const;
  PackedPerson payload_of(const Bucket& bucket, unsigned slot, std::memory_order order) const {
    return {bucket.words[4 + 2 * slot].load(order), bucket.words[5 + 2 * slot].load(order)};
  }
  void write_slot(std::size_t bucket, unsigned slot, const Token& token, const PackedPerson& payload, bool used);
  // The steps of put(), in this order. Each is false if it found no place.
  bool put_block(PackedEntry& packed);
  bool replace(const Token& token, const PackedPerson& payload);
  bool put_in_free_slot(const Token& token, const PackedPerson& payload);
  bool put_instead_of_victim(const Token& token, const PackedPerson& payload);
  void map_memory();
  void mark_overflowed(std::size_t bucket);
  std::uint32_t take_block();
  void free_block_of(const PackedPerson& payload);

  std::size_t next_bucket(std::size_t bucket) const { return bucket + 1 == bucket_count_ ? 0 : bucket + 1; }

  std::size_t bucket_count_ = 0, block_count_ = 0;
  bool evict_ = false, huge_pages_ = false;
  Bucket* buckets_ = nullptr;
  Block* blocks_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::uint32_t free_blocks_ = 0, next_block_ = 0;  // the writer's: chain of returned blocks, first never used
  std::atomic<std::size_t> size_{0}, evictions_{0};
};

inline NearEntry NearTable::unpack_whole(const PackedPerson& person) const {
  NearEntry entry = unpack(person);
  if (!person.has_block() || person.block() >= block_count_) return entry;
  PackedBlock block;
  for (unsigned i = 0; i < 4; ++i) block[i] = blocks_[person.block()].words[i].load(std::memory_order_acquire);
  unpack_block(person, block, entry);
  return entry;
}

// Once per token of a batch, so it must not be a call.
[[gnu::always_inline]] inline NearTable::Glance NearTable::glance(std::size_t at, const Key& key) const {
  Bucket& bucket = buckets_[at];
  for (;;) {
    const std::uint64_t before = bucket.words[0].load(std::memory_order_acquire);
    if (before & 1) continue;  // the writer is in this very bucket: it leaves within nanoseconds
    const std::uint64_t lows = bucket.words[3].load(std::memory_order_acquire);
    const auto version = static_cast<std::uint32_t>(before & kVersionMask);
    Glance seen{(before & kOverflowed) ? Glance::Outcome::kLookOn : Glance::Outcome::kAbsent, version, {}};
    unsigned found = 0;
    for (unsigned slot = 0; slot < kSlots; ++slot) {
      if ((before & kUsed[slot]) == 0) continue;
      if (!holds(key, slot, bucket.words[1 + slot].load(std::memory_order_acquire), lows)) continue;
      found = slot;
      seen = {Glance::Outcome::kFound, version, payload_of(bucket, slot, std::memory_order_acquire)};
    }
    const std::uint64_t after = bucket.words[0].load(std::memory_order_acquire);
    if (((before ^ after) & kVersionMask) != 0) continue;
    if (evict_ && seen.outcome == Glance::Outcome::kFound && (before & kAsked[found]) == 0)
      bucket.words[0].fetch_or(kAsked[found], std::memory_order_relaxed);
    return seen;
  }
}

inline NearEntry NearTable::get(const Token& token) const {
  const Key key = key_of(token);
  std::size_t at = home_of(token);
  for (std::size_t probe = 0; probe < kProbeMax; ++probe) {
    const Glance seen = glance(at, key);
    if (seen.outcome == Glance::Outcome::kAbsent) break;
    if (seen.outcome == Glance::Outcome::kLookOn) {
      at = next_bucket(at);
      continue;
    }
    const NearEntry entry = unpack_whole(seen.person);
    if (!seen.person.has_block()) return entry;
    // The block is outside the bucket: what was read of it is ours only if nobody has written in the bucket since.
    if (glance(at, key).version == seen.version) return entry;
    probe = 0;
    at = home_of(token);
  }
  return {};
}

template <typename Visit>
void NearTable::get_many(std::span<const Token> tokens, Visit&& visit) const {
  visit_many(
      tokens,
      [&](std::size_t i, const NearBrief& person) {
        if (person.objects()) return false;
        visit(i, person.absent ? NearEntry{} : unpack_whole(person));
        return true;
      },
      [&](std::size_t i, const NearEntry& entry) { visit(i, entry); });
}

template <typename OnBrief, typename OnWhole>
void NearTable::visit_many(std::span<const Token> tokens, OnBrief&& brief, OnWhole&& whole) const {
  struct Look {
    std::size_t bucket;
    Glance seen;
  };
  Look looks[2][kGroup];
  const auto begin_group = [&](std::size_t from, Look* group) {
    const std::size_t count = std::min(kGroup, tokens.size() - from);
    for (std::size_t k = 0; k < count; ++k) {
      group[k].bucket = home_of(tokens[from + k]);
      __builtin_prefetch(&buckets_[group[k].bucket]);
    }
  };
  if (!tokens.empty()) begin_group(0, looks[0]);
  for (std::size_t from = 0, turn = 0; from < tokens.size(); from += kGroup, turn ^= 1) {
    Look* group = looks[turn];
    const std::size_t count = std::min(kGroup, tokens.size() - from);
    if (from + kGroup < tokens.size()) begin_group(from + kGroup, looks[turn ^ 1]);
    for (std::size_t k = 0; k < count; ++k) {
      group[k].seen = glance(group[k].bucket, key_of(tokens[from + k]));
      if (group[k].seen.outcome == Glance::Outcome::kLookOn)
        __builtin_prefetch(&buckets_[next_bucket(group[k].bucket)]);
      else if (group[k].seen.outcome == Glance::Outcome::kFound && group[k].seen.person.has_block()) {
        const NearBrief person{group[k].seen.person};
        if (person.objects() && brief(from + k, person))
          group[k].seen.outcome = Glance::Outcome::kSettled;
        else
          __builtin_prefetch(&blocks_[person.block()]);
      }
    }
    for (std::size_t k = 0; k < count; ++k) {
      const Glance& seen = group[k].seen;
      if (seen.outcome == Glance::Outcome::kSettled) continue;
      const bool absent = seen.outcome == Glance::Outcome::kAbsent;
      if (absent || (seen.outcome == Glance::Outcome::kFound && !seen.person.has_block()))
        brief(from + k, NearBrief{seen.person, absent});
      else
        whole(from + k, get(tokens[from + k]));
    }
  }
}

}  // namespace ishi::cache
