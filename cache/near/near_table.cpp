#include "cache/near/near_table.h"

#include <sys/mman.h>

#include <new>

#include "registry/assert.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kHugePageBytes = 2U << 20;

}  // namespace

NearLimits near_limits(std::size_t people_max, std::size_t bytes_max) {
  ISHI_ASSERT(bytes_max == 0 || bytes_max >= kNearBytesMin);
  // A whole table: 40 bytes of buckets, 8 of blocks, 4 of weak forms (up to twice that, in a power of two) a person.
  NearLimits limits;
  limits.people_max = people_max;
  if (bytes_max == 0 || people_max <= bytes_max / 56) return limits;
  // An evicting one is filled to the brim: 32 of buckets, 8 of blocks. Weak forms: too few bits only mean more asking.
  limits.evict = true;
  limits.people_max = bytes_max / 44;
  limits.weak_forms_max = bytes_max / 64;
  return limits;
}

NearTable::NearTable(NearLimits limits) : evict_(limits.evict) {
  ISHI_ASSERT(limits.people_max > 0);
  // Whole tables are filled to 80 %: beyond that, runs of full buckets grow long. Evicting ones may fill up.
  bucket_count_ = std::max<std::size_t>(64, limits.evict ? limits.people_max / 2 : limits.people_max * 5 / 8 + 1);
  block_count_ = limits.blocks_max ? limits.blocks_max : std::max<std::size_t>(64, limits.people_max / 4);
  ISHI_ASSERT(bucket_count_ <= (1ULL << 32) && block_count_ < kNoBlock);
  map_memory();
}

void NearTable::map_memory() {
  const std::size_t wanted = bucket_count_ * sizeof(Bucket) + block_count_ * sizeof(Block);
  mapped_bytes_ = (wanted + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  void* memory = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  huge_pages_ = memory != MAP_FAILED;
  if (!huge_pages_) {
    memory = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    huge_pages_ = madvise(memory, mapped_bytes_, MADV_HUGEPAGE) == 0;
  }
  buckets_ = static_cast<Bucket*>(memory);  // zero bytes are a table at rest
  blocks_ = reinterpret_cast<Block*>(buckets_ + bucket_count_);
  free_blocks_ = kNoBlock;
  next_block_ = 0;
  size_.store(0);
}

void NearTable::clear() {
  munmap(buckets_, mapped_bytes_);
  map_memory();
}

NearTable::~NearTable() {
  munmap(buckets_, mapped_bytes_);
}

NearTable::Place NearTable::find_for_writer(const Token& token) const {
  const Key key = key_of(token);
  std::size_t at = home_of(token);
  for (std::size_t probe = 0; probe < kProbeMax; ++probe, at = next_bucket(at)) {
    const Bucket& bucket = buckets_[at];
    const std::uint64_t state = bucket.words[0].load(std::memory_order_relaxed);
    const std::uint64_t lows = bucket.words[3].load(std::memory_order_relaxed);
    for (unsigned slot = 0; slot < kSlots; ++slot)
      if ((state & kUsed[slot]) && holds(key, slot, bucket.words[1 + slot].load(std::memory_order_relaxed), lows))
        return {at, slot, true};
    if ((state & kOverflowed) == 0) break;
  }
  return {};
}

void NearTable::write_slot(std::size_t at, unsigned slot, const Token& token, const PackedPerson& payload, bool used) {
  Bucket& bucket = buckets_[at];
  const std::uint64_t before = bucket.words[0].load(std::memory_order_relaxed);
  ISHI_ASSERT((before & 1) == 0);
  bucket.words[0].store((before & ~kVersionMask) | ((before + 1) & kVersionMask), std::memory_order_release);
  const Key key = key_of(token);
  const std::uint64_t lows = bucket.words[3].load(std::memory_order_relaxed);
  const bool changes_person = !holds(key, slot, bucket.words[1 + slot].load(std::memory_order_relaxed), lows);
  const std::uint64_t other = lows & (0xffffffffULL << (32 * (1 - slot)));
  bucket.words[1 + slot].store(key.high, std::memory_order_release);
  bucket.words[3].store(other | static_cast<std::uint64_t>(key.low) << (32 * slot), std::memory_order_release);
  bucket.words[4 + 2 * slot].store(payload.low, std::memory_order_release);
  bucket.words[5 + 2 * slot].store(payload.high, std::memory_order_release);
  std::uint64_t after = (before & ~kVersionMask) | ((before + 2) & kVersionMask);
  // A new person must be asked about once more to be spared, so a long scan displaces only itself.
  if (!used || changes_person) after &= ~(kUsed[slot] | kAsked[slot]);
  if (used) after |= kUsed[slot];
  bucket.words[0].store(after, std::memory_order_release);
}

void NearTable::mark_overflowed(std::size_t at) {
  // A look-up that missed this mark ran before the put that needs it, and may answer without it.
  buckets_[at].words[0].fetch_or(kOverflowed, std::memory_order_release);
}

std::uint32_t NearTable::take_block() {
  if (free_blocks_ != kNoBlock) {
    const std::uint32_t taken = free_blocks_;
    free_blocks_ = static_cast<std::uint32_t>(blocks_[taken].words[0].load(std::memory_order_relaxed));
    return taken;
  }
  return next_block_ < block_count_ ? next_block_++ : kNoBlock;
}

void NearTable::free_block_of(const PackedPerson& payload) {
  if (!payload.has_block()) return;
  const std::uint32_t block = payload.block();
  blocks_[block].words[0].store(free_blocks_, std::memory_order_release);
  free_blocks_ = block;
}

bool NearTable::put(const Token& token, const NearEntry& entry) {
  ISHI_ASSERT(entry.state != NearEntry::State::kAbsent && entry.count <= entry.room());
  ISHI_ASSERT(entry.as_of.events() <= near_fields::AsOf::kMax);
  ISHI_ASSERT(entry.objection.event.value() <= near_fields::AsOf::kMax);
  PackedEntry packed = pack(entry);
  if (!put_block(packed)) return false;
  if (replace(token, packed.person) || put_in_free_slot(token, packed.person) ||
      put_instead_of_victim(token, packed.person))
    return true;
  free_block_of(packed.person);
  return false;
}

bool NearTable::put_block(PackedEntry& packed) {
  if (!packed.person.has_block()) return true;
  const std::uint32_t block = take_block();
  if (block == kNoBlock) return false;
  for (unsigned i = 0; i < 4; ++i) blocks_[block].words[i].store(packed.block[i], std::memory_order_release);
  packed.person.set_block(block);
  return true;
}

bool NearTable::replace(const Token& token, const PackedPerson& payload) {
  const Place place = find_for_writer(token);
  if (!place.found) return false;
  const PackedPerson before = payload_of(buckets_[place.bucket], place.slot, std::memory_order_relaxed);
  write_slot(place.bucket, place.slot, token, payload, true);
  free_block_of(before);
  return true;
}

bool NearTable::put_in_free_slot(const Token& token, const PackedPerson& payload) {
  std::size_t at = home_of(token);
  const std::size_t probes = evict_ ? kClockProbe : std::min(kProbeMax, bucket_count_);
  for (std::size_t probe = 0; probe < probes; ++probe, at = next_bucket(at)) {
    const std::uint64_t state = buckets_[at].words[0].load(std::memory_order_relaxed);
    for (unsigned slot = 0; slot < kSlots; ++slot) {
      if (state & kUsed[slot]) continue;
      write_slot(at, slot, token, payload, true);
      size_.fetch_add(1, std::memory_order_relaxed);
      return true;
    }
    if (probe + 1 < probes) mark_overflowed(at);
  }
  return false;
}

// CLOCK: the first round takes the bit from those who were asked about, so the second finds somebody.
bool NearTable::put_instead_of_victim(const Token& token, const PackedPerson& payload) {
  if (!evict_) return false;
  for (int round = 0; round < 2; ++round) {
    std::size_t at = home_of(token);
    for (std::size_t probe = 0; probe < kClockProbe; ++probe, at = next_bucket(at)) {
      Bucket& bucket = buckets_[at];
      for (unsigned slot = 0; slot < kSlots; ++slot) {
        if (bucket.words[0].load(std::memory_order_relaxed) & kAsked[slot]) {
          bucket.words[0].fetch_and(~kAsked[slot], std::memory_order_relaxed);
          continue;
        }
        const PackedPerson victim = payload_of(bucket, slot, std::memory_order_relaxed);
        write_slot(at, slot, token, payload, true);
        free_block_of(victim);
        evictions_.fetch_add(1, std::memory_order_relaxed);
        return true;
      }
    }
  }
  return false;
}

NearTable::Slots NearTable::copy_bucket(std::size_t at) const {
  const Bucket& bucket = buckets_[at];
  for (;;) {
    Slots slots;
    const std::uint64_t before = bucket.words[0].load(std::memory_order_acquire);
    if (before & 1) continue;
    for (unsigned i = 0; i < kSlots; ++i) {
      Slot& slot = slots[i];
      slot.used = (before & kUsed[i]) != 0;
      if (!slot.used) continue;
      slot.high = bucket.words[1 + i].load(std::memory_order_acquire);
      slot.low = static_cast<std::uint32_t>(bucket.words[3].load(std::memory_order_acquire) >> (32 * i));
      slot.payload = payload_of(bucket, i, std::memory_order_acquire);
      slot.has_block = slot.payload.has_block();
      const std::uint32_t block = slot.payload.block();
      if (!slot.has_block || block >= block_count_) continue;
      for (unsigned k = 0; k < 4; ++k) slot.block[k] = blocks_[block].words[k].load(std::memory_order_acquire);
    }
    const std::uint64_t after = bucket.words[0].load(std::memory_order_acquire);
    if (((before ^ after) & kVersionMask) == 0) return slots;
  }
}

bool NearTable::restore_bucket(std::size_t at, const Slots& slots, std::array<NearEntry, 2>& entries) {
  Bucket& bucket = buckets_[at];
  std::uint64_t word = 0, lows = 0;
  for (unsigned i = 0; i < kSlots; ++i) {
    entries[i] = NearEntry{};
    if (!slots[i].used) continue;
    Slot slot = slots[i];
    if (!slot.payload.state_is_known() || slot.has_block != slot.payload.has_block()) return false;
    if (slot.has_block) {
      const std::uint32_t block = take_block();
      if (block == kNoBlock) return false;
      for (unsigned k = 0; k < 4; ++k) blocks_[block].words[k].store(slot.block[k], std::memory_order_relaxed);
      slot.payload.set_block(block);
    }
    bucket.words[1 + i].store(slot.high, std::memory_order_relaxed);
    bucket.words[4 + 2 * i].store(slot.payload.low, std::memory_order_relaxed);
    bucket.words[5 + 2 * i].store(slot.payload.high, std::memory_order_relaxed);
    lows |= std::uint64_t{slot.low} << (32 * i);
    word |= kUsed[i];
    entries[i] = unpack_whole(slot.payload);
    size_.fetch_add(1, std::memory_order_relaxed);
  }
  bucket.words[3].store(lows, std::memory_order_relaxed);
  bucket.words[0].store(word, std::memory_order_release);
  return true;
}

void NearTable::erase(const Token& token) {
  const Place place = find_for_writer(token);
  if (!place.found) return;
  const PackedPerson before = payload_of(buckets_[place.bucket], place.slot, std::memory_order_relaxed);
  write_slot(place.bucket, place.slot, Token(), {}, false);
  free_block_of(before);
  size_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace ishi::cache
