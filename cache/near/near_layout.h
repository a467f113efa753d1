// How one person lies in the near table: two words in a bucket, and for some a side block of four words. pack() and
// unpack() mirror each other; where a field stands is said once, below. The words also go into snapshots as they are
// (cache/snapshot/snapshot_file.h): another layout is another kSnapshotVersion.
//
//   low    as_of 40 | state 8 | date of the first notice, or day of the objection 16
//   high   terms of the first notice 24 | terms of the second 24 | date of the second 16       up to two notices
//          number of the block 32                                                              three to six notices
//          number of the block 32 | terms of the objection 16                                  an objection
//   block  three words of (terms 24 | terms 24 | date of the former 16), one of the latter's dates
//          or: event; instant; terms 24 | date 16 | terms 24 (high part of word 2); date 16 | terms 24 | date 16
//
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cache/near/terms.h"
#include "registry/position.h"
#include "registry/time.h"

namespace ishi::cache {

// What the table says of one token.
struct NearEntry {
  // kElsewhere: there is more to say than fits. The overflow map has it (cache/near/projection.h), or else the log.
  enum class State : std::uint8_t { kAbsent, kNotices, kObjects, kElsewhere };
  static constexpr std::size_t kNoticesMax = 6, kNoticesOfObjectorMax = 3;
  struct Objection {
    EventIndex event;  // < 2^40
    ObjectionTermsId terms;
    std::uint16_t day = 0;  // JST day of accepted_at, as PackedNotice counts days
    Timestamp accepted_at;
  };
  State state = State::kAbsent;
  std::uint8_t count = 0;  // of notices
  Position as_of;
  std::array<PackedNotice, kNoticesMax> notices{};
  Objection objection;  // of kObjects

  std::size_t room() const { return state == State::kObjects ? kNoticesOfObjectorMax : kNoticesMax; }
};

// `kBits` bits of a word, from bit `kShift` on.
template <unsigned kShift, unsigned kBits>
struct BitField {
  static_assert(kBits < 64 && kShift + kBits <= 64);
  static constexpr std::uint64_t kMax = (std::uint64_t{1} << kBits) - 1;
  static constexpr std::uint64_t kMask = kMax << kShift;
  // REQUIRES: value <= kMax.
  static constexpr std::uint64_t pack(std::uint64_t value) { return value << kShift; }
  static constexpr std::uint64_t unpack(std::uint64_t word) { return (word >> kShift) & kMax; }
};

namespace near_fields {

using AsOf = BitField<0, 40>;  // low
using State = BitField<40, 8>;
using Day = BitField<48, 16>;
static_assert((AsOf::kMask ^ State::kMask ^ Day::kMask) == ~std::uint64_t{0}, "they fill the word and do not overlap");

using FirstTerms = BitField<0, 24>;  // high, and words 0 to 2 of a block of notices
using SecondTerms = BitField<24, 24>;
using Date = BitField<48, 16>;  // in high: of the second notice; in a block: of the first of the two
static_assert((FirstTerms::kMask ^ SecondTerms::kMask ^ Date::kMask) == ~std::uint64_t{0});
static_assert(FirstTerms::kMax == TermsId::kCountMax - 1 && SecondTerms::kMax == TermsId::kCountMax - 1);

using Block = BitField<0, 32>;  // high, where there is a block
using ObjectionTerms = BitField<32, 16>;
static_assert((Block::kMask & ObjectionTerms::kMask) == 0);
static_assert(ObjectionTerms::kMax == ObjectionTermsId::kCountMax - 1);

using NoticeDate1 = BitField<24, 16>;  // words 2 and 3 of an objector's block; terms 1 are FirstTerms of word 2
using NoticeTerms2 = BitField<40, 24>;
using NoticeDate2 = BitField<0, 16>;
using NoticeTerms3 = BitField<16, 24>;
using NoticeDate3 = BitField<40, 16>;
static_assert((FirstTerms::kMask ^ NoticeDate1::kMask ^ NoticeTerms2::kMask) == ~std::uint64_t{0});
static_assert((NoticeDate2::kMask & NoticeTerms3::kMask) == 0 && (NoticeTerms3::kMask & NoticeDate3::kMask) == 0);

inline constexpr TermsId terms(std::uint64_t number) {
  return TermsId(static_cast<std::uint32_t>(number));
}
inline constexpr std::uint16_t day(std::uint64_t number) {
  return static_cast<std::uint16_t>(number);
}

}  // namespace near_fields

using PackedBlock = std::array<std::uint64_t, 4>;

// The two words in the bucket.
struct PackedPerson {
  std::uint64_t low = 0, high = 0;

  // The state byte: the number of notices; or kObjects and the number of notices; or kElsewhere.
  static constexpr unsigned kInlineMax = 2, kObjects = 16, kElsewhere = 255;
  static_assert(NearEntry::kNoticesMax < kObjects && kObjects + NearEntry::kNoticesOfObjectorMax < kElsewhere &&
                kElsewhere <= near_fields::State::kMax);

  constexpr unsigned state() const { return static_cast<unsigned>(near_fields::State::unpack(low)); }
  constexpr bool elsewhere() const { return state() == kElsewhere; }
  constexpr bool has_block() const { return state() > kInlineMax && !elsewhere(); }
  constexpr bool state_is_known() const {
    return state() <= NearEntry::kNoticesMax || elsewhere() ||
           (state() >= kObjects && state() <= kObjects + NearEntry::kNoticesOfObjectorMax);
  }
  constexpr std::uint64_t as_of() const { return near_fields::AsOf::unpack(low); }
  // REQUIRES: has_block().
  constexpr std::uint32_t block() const { return static_cast<std::uint32_t>(near_fields::Block::unpack(high)); }
  constexpr void set_block(std::uint32_t number) {
    high = (high & ~near_fields::Block::kMask) | near_fields::Block::pack(number);
  }
  // Of a person who objects: all but the event, the instant and the notices.
  constexpr bool objects() const { return state() >= kObjects && !elsewhere(); }
  constexpr std::uint16_t day() const { return near_fields::day(near_fields::Day::unpack(low)); }
  constexpr ObjectionTermsId objection_terms() const {
    return ObjectionTermsId(static_cast<std::uint16_t>(near_fields::ObjectionTerms::unpack(high)));
  }
  // Of anybody else who has no block: at most two notices.
  constexpr unsigned count() const { return state(); }
  constexpr PackedNotice first() const {
    return {near_fields::terms(near_fields::FirstTerms::unpack(high)), near_fields::day(near_fields::Day::unpack(low))};
  }
  constexpr PackedNotice second() const {
    return {near_fields::terms(near_fields::SecondTerms::unpack(high)),
            near_fields::day(near_fields::Date::unpack(high))};
  }
};
static_assert(sizeof(PackedPerson) == 16);

// What pack() makes of an entry. The block counts if person.has_block(); its number is the table's to set.
struct PackedEntry {
  PackedPerson person;
  PackedBlock block{};
};

constexpr void pack_inline(const NearEntry& entry, PackedPerson& person) {
  using namespace near_fields;
  person.low |= Day::pack(entry.notices[0].date);
  person.high = FirstTerms::pack(entry.notices[0].terms.value()) | SecondTerms::pack(entry.notices[1].terms.value()) |
                Date::pack(entry.notices[1].date);
}
constexpr void unpack_inline(const PackedPerson& person, NearEntry& entry) {
  entry.notices[0] = person.first();
  entry.notices[1] = person.second();
}

constexpr void pack_notices(const NearEntry& entry, PackedBlock& block) {
  using namespace near_fields;
  for (unsigned i = 0; i < 3; ++i) {
    const PackedNotice &former = entry.notices[2 * i], &latter = entry.notices[2 * i + 1];
    block[i] =
        FirstTerms::pack(former.terms.value()) | SecondTerms::pack(latter.terms.value()) | Date::pack(former.date);
    block[3] |= std::uint64_t{latter.date} << (16 * i);
  }
}
constexpr void unpack_notices(const PackedBlock& block, NearEntry& entry) {
  using namespace near_fields;
  for (unsigned i = 0; i < 3; ++i) {
    entry.notices[2 * i] = {terms(FirstTerms::unpack(block[i])), day(Date::unpack(block[i]))};
    entry.notices[2 * i + 1] = {terms(SecondTerms::unpack(block[i])), day(block[3] >> (16 * i))};
  }
}

constexpr void pack_objection(const NearEntry& entry, PackedPerson& person, PackedBlock& block) {
  using namespace near_fields;
  const auto& notices = entry.notices;
  person.low |= Day::pack(entry.objection.day);
  person.high = ObjectionTerms::pack(entry.objection.terms.value());
  block = {entry.objection.event.value(), static_cast<std::uint64_t>(entry.objection.accepted_at.microseconds()),
           FirstTerms::pack(notices[0].terms.value()) | NoticeDate1::pack(notices[0].date) |
               NoticeTerms2::pack(notices[1].terms.value()),
           NoticeDate2::pack(notices[1].date) | NoticeTerms3::pack(notices[2].terms.value()) |
               NoticeDate3::pack(notices[2].date)};
}
constexpr void unpack_objection(const PackedPerson& person, const PackedBlock& block, NearEntry& entry) {
  using namespace near_fields;
  entry.objection = {EventIndex(block[0]), person.objection_terms(), person.day(),
                     Timestamp(static_cast<std::int64_t>(block[1]))};
  entry.notices[0] = {terms(FirstTerms::unpack(block[2])), day(NoticeDate1::unpack(block[2]))};
  entry.notices[1] = {terms(NoticeTerms2::unpack(block[2])), day(NoticeDate2::unpack(block[3]))};
  entry.notices[2] = {terms(NoticeTerms3::unpack(block[3])), day(NoticeDate3::unpack(block[3]))};
}

// REQUIRES: state is not kAbsent, count <= room(), as_of and the objection's event < 2^40.
constexpr PackedEntry pack(const NearEntry& entry) {
  using Kind = NearEntry::State;
  unsigned state = entry.count;
  if (entry.state == Kind::kObjects) state += PackedPerson::kObjects;
  if (entry.state == Kind::kElsewhere) state = PackedPerson::kElsewhere;
  PackedEntry packed;
  packed.person.low = near_fields::AsOf::pack(entry.as_of.events()) | near_fields::State::pack(state);
  if (packed.person.elsewhere()) return packed;
  if (packed.person.objects())
    pack_objection(entry, packed.person, packed.block);
  else if (packed.person.has_block())
    pack_notices(entry, packed.block);
  else
    pack_inline(entry, packed.person);
  return packed;
}

// All that the bucket says; of a person with a block also unpack_block().
constexpr NearEntry unpack(const PackedPerson& person) {
  NearEntry entry;
  entry.as_of = Position(person.as_of());
  entry.state = NearEntry::State::kElsewhere;
  if (person.elsewhere()) return entry;
  entry.state = NearEntry::State::kNotices;
  entry.count = static_cast<std::uint8_t>(person.state());
  if (!person.has_block()) unpack_inline(person, entry);
  return entry;
}

constexpr void unpack_block(const PackedPerson& person, const PackedBlock& block, NearEntry& entry) {
  if (!person.objects()) return unpack_notices(block, entry);
  entry.state = NearEntry::State::kObjects;
  entry.count = static_cast<std::uint8_t>(person.state() - PackedPerson::kObjects);
  unpack_objection(person, block, entry);
}

}  // namespace ishi::cache
