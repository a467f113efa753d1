// Sections of the projection of statuses, copied piece by piece while the follower goes on writing, and put back.
// cache/snapshot/snapshot.h says why that is right.
#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "cache/near/projection.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

void put_list(Bytes& bytes, const std::vector<std::string>& list) {
  put_number(bytes, static_cast<std::uint32_t>(list.size()));
  for (const std::string& text : list) put_text(bytes, text);
}

std::vector<std::string> take_list(SnapshotBytes& bytes) {
  std::vector<std::string> list;
  for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count) list.push_back(bytes.text());
  return list;
}

void put_day(Bytes& bytes, const std::optional<CivilDate>& day) {
  put_number(bytes, static_cast<std::uint8_t>(day.has_value()));
  put_number(bytes, static_cast<std::uint32_t>(day ? day->days_since_epoch() : 0));
}

std::optional<CivilDate> take_day(SnapshotBytes& bytes) {
  const bool given = bytes.number<std::uint8_t>() != 0;
  const CivilDate day(static_cast<std::int32_t>(bytes.number<std::uint32_t>()));
  return given ? std::optional(day) : std::nullopt;
}

void put_terms(Bytes& bytes, const TermsDictionary::Set& set) {
  bytes.push_back(0);
  put_number(bytes, static_cast<std::uint32_t>(set.size()));
  for (const NoticeTerms& terms : set) {
    put_list(bytes, {terms.holder, terms.regime, terms.template_id});
    put_number(bytes, static_cast<std::uint8_t>(terms.method));
  }
}

TermsDictionary::Set take_notice_terms(SnapshotBytes& bytes) {
  TermsDictionary::Set set;
  for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count) {
    auto names = take_list(bytes);
    names.resize(3);
    const auto method = static_cast<NoticeMethod>(bytes.number<std::uint8_t>());
    set.push_back({std::move(names[0]), std::move(names[1]), std::move(names[2]), method});
  }
  return set;
}

void put_terms(Bytes& bytes, const ObjectionTerms& terms) {
  bytes.push_back(1);
  const Scope& scope = terms.scope;
  for (const auto* list : {&scope.regimes, &scope.holders, &scope.recipients, &scope.categories, &scope.purposes})
    put_list(bytes, *list);
  put_day(bytes, scope.record_from);
  put_day(bytes, scope.record_to);
  put_number(bytes, static_cast<std::uint8_t>(terms.requester));
  put_number(bytes, static_cast<std::uint8_t>(terms.past_data));
  put_day(bytes, terms.reaffirm_on);
}

ObjectionTerms take_objection_terms(SnapshotBytes& bytes) {
  ObjectionTerms terms;
  Scope& scope = terms.scope;
  for (auto* list : {&scope.regimes, &scope.holders, &scope.recipients, &scope.categories, &scope.purposes})
    *list = take_list(bytes);
  scope.record_from = take_day(bytes);
  scope.record_to = take_day(bytes);
  terms.requester = static_cast<RequesterKind>(bytes.number<std::uint8_t>());
  terms.past_data = static_cast<PastData>(bytes.number<std::uint8_t>());
  terms.reaffirm_on = take_day(bytes);
  return terms;
}

}  // namespace

class Projection::Sections {
 public:
  Sections(const Projection& projection, SnapshotSink& sink) : projection_(projection), sink_(sink) {}

  Result<void> buckets() const {
    SectionWriter section(sink_, SnapshotChunk::kBuckets);
    for (std::size_t at = 0; at < projection_.table_.bucket_count(); ++at) {
      put_bucket(section.bytes, projection_.table_.copy_bucket(at));
      if (auto written = section.flush_if_full(); !written) return written;
    }
    return section.flush();
  }

  // After all buckets: the marks that lead to a copied person stand by now.
  Result<void> overflow_marks() const {
    SectionWriter section(sink_, SnapshotChunk::kOverflow);
    const NearTable& table = projection_.table_;
    for (std::size_t at = 0; at < table.bucket_count(); at += 8) {
      std::uint8_t marks = 0;
      for (std::size_t i = 0; i < 8 && at + i < table.bucket_count(); ++i)
        if (table.overflowed(at + i)) marks |= static_cast<std::uint8_t>(1U << i);
      section.bytes.push_back(marks);
      if (auto written = section.flush_if_full(); !written) return written;
    }
    return section.flush();
  }

  Result<void> overflow_map() const {
    SectionWriter section(sink_, SnapshotChunk::kOverflowMap);
    for (const OverflowMap& overflow : projection_.overflow_) {
      std::vector<std::pair<Token, std::shared_ptr<const PersonStatus>>> copied;
      {
        const ReaderLock lock(overflow.mutex);
        copied.assign(overflow.people.begin(), overflow.people.end());
      }
      for (const auto& [token, status] : copied) {
        const auto encoded = encode_status(*status, token);
        if (!encoded) continue;  // too much for a file: asked of the log after a restart
        section.bytes.insert(section.bytes.end(), token.bytes().begin(), token.bytes().end());
        put_number(section.bytes, static_cast<std::uint32_t>(encoded->size()));
        section.bytes.insert(section.bytes.end(), encoded->begin(), encoded->end());
        if (auto written = section.flush_if_full(); !written) return written;
      }
    }
    return section.flush();
  }

  Result<void> weak_forms() const {
    SectionWriter section(sink_, SnapshotChunk::kWeak);
    for (std::size_t at = 0; at < projection_.weak_.words(); ++at) {
      put_number(section.bytes, projection_.weak_.word(at));
      if (auto written = section.flush_if_full(); !written) return written;
    }
    return section.flush();
  }

  // After the buckets: every number in them stands in the dictionary by now.
  Result<void> terms() const {
    SectionWriter section(sink_, SnapshotChunk::kTerms);
    const TermsDictionary& terms = projection_.terms_;
    for (std::uint32_t id = 0, count = terms.count(); id < count; ++id) {
      put_terms(section.bytes, terms.at(TermsId(id)));
      if (auto written = section.flush_if_full(); !written) return written;
    }
    for (std::uint32_t id = 0, count = terms.objection_count(); id < count; ++id) {
      put_terms(section.bytes, terms.at(ObjectionTermsId(static_cast<std::uint16_t>(id))));
      if (auto written = section.flush_if_full(); !written) return written;
    }
    return section.flush();
  }

  Result<void> erasures() const {
    std::map<EventIndex, EventIndex> erasures;
    {
      const MutexLock lock(projection_.erasures_mutex_);
      erasures = projection_.erasures_;
    }
    SectionWriter section(sink_, SnapshotChunk::kErasures);
    for (const auto& [target, record] : erasures) {
      put_number(section.bytes, target.value());
      put_number(section.bytes, record.value());
      if (auto written = section.flush_if_full(); !written) return written;
    }
    return section.flush();
  }

 private:
  static void put_bucket(Bytes& bytes, const NearTable::Slots& slots) {
    std::uint8_t mask = 0;
    for (unsigned i = 0; i < slots.size(); ++i)
      mask |= static_cast<std::uint8_t>((slots[i].used ? 1U << i : 0U) | (slots[i].has_block ? 4U << i : 0U));
    bytes.push_back(mask);
    for (const NearTable::Slot& slot : slots) {
      if (!slot.used) continue;
      put_number(bytes, slot.high);
      put_number(bytes, slot.low);
      put_number(bytes, slot.payload.low);
      put_number(bytes, slot.payload.high);
      if (slot.has_block)
        for (const std::uint64_t word : slot.block) put_number(bytes, word);
    }
  }

  const Projection& projection_;
  SnapshotSink& sink_;
};

class Projection::Restorer final : public SnapshotRestorer {
 public:
  explicit Restorer(Projection& projection) : projection_(projection) {}

  Result<bool> take(SnapshotChunk kind, SnapshotBytes& bytes) override {
    Result<void> taken;
    switch (kind) {
      case SnapshotChunk::kBuckets: taken = buckets(bytes); break;
      case SnapshotChunk::kOverflow: taken = overflow_marks(bytes); break;
      case SnapshotChunk::kOverflowMap: taken = overflow_map(bytes); break;
      case SnapshotChunk::kWeak: taken = weak_forms(bytes); break;
      case SnapshotChunk::kTerms: taken = terms(bytes); break;
      case SnapshotChunk::kErasures: taken = erasures(bytes); break;
      default: return false;
    }
    if (!taken) return fail(taken.error());
    return true;
  }

  Result<void> finish(const Head& head, Position known) override {
    if (next_bucket_ != projection_.table_.bucket_count() || next_mark_ < next_bucket_ ||
        next_word_ != projection_.weak_.words() || terms_seen_ > projection_.terms_.count() ||
        objections_seen_ > projection_.terms_.objection_count())
      return fail(snapshot_damaged("parts are missing"));
    for (const auto& [token, status] : overflow_)
      if (copied_in_time(token, *status)) put_in_overflow(token, overflow_.at(status->tokens.front()));
    projection_.loaded_ = known;
    projection_.begun_.store(known.events());
    projection_.applied_.store(head.position.events());
    return {};
  }

 private:
  static NearTable::Slots take_bucket(SnapshotBytes& bytes) {
    const auto mask = bytes.number<std::uint8_t>();
    NearTable::Slots slots;
    for (unsigned i = 0; i < slots.size(); ++i) {
      NearTable::Slot& slot = slots[i];
      slot.used = (mask >> i & 1) != 0;
      slot.has_block = (mask >> i & 4) != 0;
      if (!slot.used) continue;
      slot.high = bytes.number<std::uint64_t>();
      slot.low = bytes.number<std::uint32_t>();
      slot.payload.low = bytes.number<std::uint64_t>();
      slot.payload.high = bytes.number<std::uint64_t>();
      if (slot.has_block)
        for (std::uint64_t& word : slot.block) word = bytes.number<std::uint64_t>();
    }
    return slots;
  }

  Result<void> buckets(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const NearTable::Slots slots = take_bucket(bytes);
      std::array<NearEntry, 2> entries;
      if (!bytes.ok() || next_bucket_ == projection_.table_.bucket_count() ||
          !projection_.table_.restore_bucket(next_bucket_++, slots, entries))
        return fail(snapshot_damaged("a bucket cannot be put back"));
      for (const NearEntry& entry : entries) {
        for (unsigned k = 0; k < entry.count; ++k)
          terms_seen_ = std::max(terms_seen_, entry.notices[k].terms.value() + 1);
        if (entry.state == NearEntry::State::kObjects)
          objections_seen_ = std::max(objections_seen_, entry.objection.terms.value() + 1U);
      }
    }
    return {};
  }

  Result<void> overflow_marks(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const auto marks = bytes.number<std::uint8_t>();
      for (unsigned i = 0; i < 8; ++i, ++next_mark_)
        if ((marks >> i & 1) != 0 && next_mark_ < projection_.table_.bucket_count())
          projection_.table_.restore_overflow(next_mark_);
    }
    return {};
  }

  Result<void> overflow_map(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const ByteView raw = bytes.take(16);
      const ByteView encoded = bytes.take(bytes.number<std::uint32_t>());
      if (!bytes.ok()) return fail(snapshot_damaged("a person is cut off"));
      const Token token(raw.first<16>());
      auto status = decode_status(encoded, token);
      if (!status) return fail(status.error());
      overflow_.emplace(token, std::make_shared<const PersonStatus>(std::move(*status)));
    }
    return {};
  }

  Result<void> weak_forms(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      if (next_word_ == projection_.weak_.words()) return fail(snapshot_damaged("too many weak forms"));
      projection_.weak_.restore_word(next_word_++, bytes.number<std::uint64_t>());
    }
    return {};
  }

  // Each must get the next number: the buckets name terms by it.
  Result<void> terms(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const bool in_order = bytes.number<std::uint8_t>() != 0 ? objection_terms(bytes) : notice_terms(bytes);
      if (!in_order) return fail(snapshot_damaged("terms out of order"));
    }
    return {};
  }
  bool notice_terms(SnapshotBytes& bytes) {
    const std::uint32_t next = projection_.terms_.count();
    TermsDictionary::Set set = take_notice_terms(bytes);
    if (set.empty() || !std::is_sorted(set.begin(), set.end())) return false;
    const auto id = projection_.terms_.intern(std::move(set));
    return id && id->value() == next;
  }
  bool objection_terms(SnapshotBytes& bytes) {
    const std::uint32_t next = projection_.terms_.objection_count();
    const auto id = projection_.terms_.intern(take_objection_terms(bytes));
    return id && id->value() == next;
  }

  void put_in_overflow(const Token& token, const std::shared_ptr<const PersonStatus>& status) {
    OverflowMap& overflow = projection_.overflow_of(token);
    const WriterLock lock(overflow.mutex);
    overflow.people[token] = status;
  }
  Result<void> erasures(SnapshotBytes& bytes) {
    const MutexLock lock(projection_.erasures_mutex_);
    while (!bytes.done() && bytes.ok()) {
      const EventIndex target(bytes.number<std::uint64_t>()), record(bytes.number<std::uint64_t>());
      projection_.erasures_.emplace(target, record);
      projection_.blank_.insert(target);
      projection_.read_as_erased_.insert(target);
    }
    return {};
  }

  // The map was copied after the table, and linked persons one by one: what does not agree is asked of the log.
  bool copied_in_time(const Token& token, const PersonStatus& status) const {
    const NearEntry entry = projection_.table_.get(token);
    return entry.state == NearEntry::State::kElsewhere && entry.as_of == status.as_of &&
           std::all_of(status.tokens.begin(), status.tokens.end(), [&](const Token& linked) {
             const auto found = overflow_.find(linked);
             return found != overflow_.end() && *found->second == status;
           });
  }

  Projection& projection_;
  std::size_t next_bucket_ = 0, next_mark_ = 0, next_word_ = 0;
  std::uint32_t terms_seen_ = 0, objections_seen_ = 0;
  std::map<Token, std::shared_ptr<const PersonStatus>> overflow_;
};

std::vector<std::uint64_t> Projection::snapshot_sizes() const {
  return {table_.bucket_count(), weak_.words()};
}

Result<void> Projection::snapshot(SnapshotSink& sink) const {
  const Sections sections(*this, sink);
  for (const auto section : {&Sections::buckets, &Sections::overflow_marks, &Sections::overflow_map,
                             &Sections::weak_forms, &Sections::terms, &Sections::erasures})
    if (auto written = (sections.*section)(); !written) return written;
  return {};
}

std::unique_ptr<SnapshotRestorer> Projection::restore() {
  return std::make_unique<Restorer>(*this);
}

}  // namespace ishi::cache
