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

void NearTable::write_slot(std::size_t at, unsigned slot, const Token& token, std::uint64_t low, std::uint64_t high,
                           bool used) {
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
  bucket.words[4 + 2 * slot].store(low, std::memory_order_release);
  bucket.words[5 + 2 * slot].store(high, std::memory_order_release);
  std::uint64_t after = (before & ~kVersionMask) | ((before + 2) & kVersionMask);
  // Whoever is new has to be asked about once more to be spared: a long scan then only displaces itself.
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

void NearTable::free_block_of(std::uint64_t low, std::uint64_t high) {
  if (!in_block(low)) return;
  const auto block = static_cast<std::uint32_t>(high);
  blocks_[block].words[0].store(free_blocks_, std::memory_order_release);
  free_blocks_ = block;
}

bool NearTable::put(const Token& token, const NearEntry& entry) {
  ISHI_ASSERT(entry.state != NearEntry::State::kAbsent && entry.count <= entry.room());
  ISHI_ASSERT(entry.as_of.events() < (1ULL << 40));
  const bool deeper = entry.state == NearEntry::State::kDeeper;
  const auto& said = entry.notices;
  std::uint64_t low = entry.as_of.events() | (deeper ? kDeeperState : entry.count) << 40;
  std::uint64_t high = 0;
  std::uint32_t block = kNoBlock;
  if (entry.state == NearEntry::State::kObjects) {
    const NearEntry::Objection& objection = entry.objection;
    ISHI_ASSERT(objection.event.value() < (1ULL << 40));
    block = take_block();
    if (block == kNoBlock) return false;
    const std::uint64_t words[4] = {
        objection.event.value(), static_cast<std::uint64_t>(objection.accepted_at.microseconds()),
        said[0].terms.value() | std::uint64_t{said[0].date} << 24 | std::uint64_t{said[1].terms.value()} << 40,
        said[1].date | std::uint64_t{said[2].terms.value()} << 16 | std::uint64_t{said[2].date} << 40};
    for (unsigned i = 0; i < 4; ++i) blocks_[block].words[i].store(words[i], std::memory_order_release);
    low = entry.as_of.events() | (kObjectsState + entry.count) << 40 | std::uint64_t{objection.day} << 48;
    high = block | std::uint64_t{objection.terms.value()} << 32;
  } else if (!deeper && entry.count <= 2) {
    low |= static_cast<std::uint64_t>(said[0].date) << 48;
    high = said[0].terms.value() | static_cast<std::uint64_t>(said[1].terms.value()) << 24 |
           static_cast<std::uint64_t>(said[1].date) << 48;
  } else if (!deeper) {
    block = take_block();
    if (block == kNoBlock) return false;
    std::uint64_t dates = 0;
    for (unsigned i = 0; i < 3; ++i) {
      blocks_[block].words[i].store(said[2 * i].terms.value() |
                                        static_cast<std::uint64_t>(said[2 * i + 1].terms.value()) << 24 |
                                        static_cast<std::uint64_t>(said[2 * i].date) << 48,
                                    std::memory_order_release);
      dates |= static_cast<std::uint64_t>(said[2 * i + 1].date) << (16 * i);
    }
    blocks_[block].words[3].store(dates, std::memory_order_release);
    high = block;
  }

  if (const Place place = find_for_writer(token); place.found) {
    const std::uint64_t old_low = buckets_[place.bucket].words[4 + 2 * place.slot].load(std::memory_order_relaxed);
    const std::uint64_t old_high = buckets_[place.bucket].words[5 + 2 * place.slot].load(std::memory_order_relaxed);
    write_slot(place.bucket, place.slot, token, low, high, true);
    free_block_of(old_low, old_high);
    return true;
  }

  const std::size_t home = home_of(token);
  std::size_t at = home;
  const std::size_t probes = evict_ ? kClockProbe : std::min(kProbeMax, bucket_count_);
  for (std::size_t probe = 0; probe < probes; ++probe, at = next_bucket(at)) {
    const std::uint64_t state = buckets_[at].words[0].load(std::memory_order_relaxed);
    for (unsigned slot = 0; slot < kSlots; ++slot) {
      if (state & kUsed[slot]) continue;
      write_slot(at, slot, token, low, high, true);
      size_.fetch_add(1, std::memory_order_relaxed);
      return true;
    }
    if (probe + 1 < probes) mark_overflowed(at);
  }
  if (evict_) {
    for (int round = 0; round < 2; ++round) {
      at = home;
      for (std::size_t probe = 0; probe < kClockProbe; ++probe, at = next_bucket(at)) {
        for (unsigned slot = 0; slot < kSlots; ++slot) {
          Bucket& bucket = buckets_[at];
          if (bucket.words[0].load(std::memory_order_relaxed) & kAsked[slot]) {
            bucket.words[0].fetch_and(~kAsked[slot], std::memory_order_relaxed);
            continue;
          }
          const std::uint64_t old_low = bucket.words[4 + 2 * slot].load(std::memory_order_relaxed);
          const std::uint64_t old_high = bucket.words[5 + 2 * slot].load(std::memory_order_relaxed);
          write_slot(at, slot, token, low, high, true);
          free_block_of(old_low, old_high);
          evictions_.fetch_add(1, std::memory_order_relaxed);
          return true;
        }
      }
    }
  }
  if (block != kNoBlock) {
    blocks_[block].words[0].store(free_blocks_, std::memory_order_release);
    free_blocks_ = block;
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
      slot.payload_low = bucket.words[4 + 2 * i].load(std::memory_order_acquire);
      slot.payload_high = bucket.words[5 + 2 * i].load(std::memory_order_acquire);
      slot.has_block = in_block(slot.payload_low);
      const auto block = static_cast<std::uint32_t>(slot.payload_high);
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
    const std::uint64_t state = (slot.payload_low >> 40) & 255;
    const bool known = state <= NearEntry::kNoticesMax || state == kDeeperState ||
                       (state >= kObjectsState && state <= kObjectsState + NearEntry::kNoticesOfObjectorMax);
    if (!known || slot.has_block != in_block(slot.payload_low)) return false;
    if (slot.has_block) {
      const std::uint32_t block = take_block();
      if (block == kNoBlock) return false;
      for (unsigned k = 0; k < 4; ++k) blocks_[block].words[k].store(slot.block[k], std::memory_order_relaxed);
      slot.payload_high = (slot.payload_high & ~0xffffffffULL) | block;
    }
    bucket.words[1 + i].store(slot.high, std::memory_order_relaxed);
    bucket.words[4 + 2 * i].store(slot.payload_low, std::memory_order_relaxed);
    bucket.words[5 + 2 * i].store(slot.payload_high, std::memory_order_relaxed);
    lows |= std::uint64_t{slot.low} << (32 * i);
    word |= kUsed[i];
    entries[i] = unpack(slot.payload_low, slot.payload_high);
    size_.fetch_add(1, std::memory_order_relaxed);
  }
  bucket.words[3].store(lows, std::memory_order_relaxed);
  bucket.words[0].store(word, std::memory_order_release);
  return true;
}

void NearTable::erase(const Token& token) {
  const Place place = find_for_writer(token);
  if (!place.found) return;
  const std::uint64_t low = buckets_[place.bucket].words[4 + 2 * place.slot].load(std::memory_order_relaxed);
  const std::uint64_t high = buckets_[place.bucket].words[5 + 2 * place.slot].load(std::memory_order_relaxed);
  write_slot(place.bucket, place.slot, Token(), 0, 0, false);
  free_block_of(low, high);
  size_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace ishi::cache
