#include "cache/snapshot/snapshot.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "cache/snapshot/snapshot_file.h"
#include "cache/snapshot/snapshot_log.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

// A chunk under construction, written whenever it is full.
class Filling {
 public:
  Filling(SnapshotFileWriter& file, SnapshotChunk kind, const std::function<bool()>& pause, std::size_t piece_bytes)
      : file_(file), kind_(kind), pause_(pause), piece_bytes_(piece_bytes) {}
  Bytes bytes;
  Result<void> flush_if_full() { return bytes.size() < piece_bytes_ ? Result<void>{} : flush(); }
  Result<void> flush() {
    if (bytes.empty()) return {};
    auto added = file_.add(kind_, bytes);
    bytes.clear();
    if (added && !pause_()) return fail(ErrorKind::kUnavailable, "snapshot_given_up", "the snapshot was given up");
    return added;
  }

 private:
  SnapshotFileWriter& file_;
  const SnapshotChunk kind_;
  const std::function<bool()>& pause_;
  const std::size_t piece_bytes_;
};

void put_digest(Bytes& bytes, const Digest& digest) {
  bytes.insert(bytes.end(), digest.begin(), digest.end());
}

void put_list(Bytes& bytes, const std::vector<std::string>& list) {
  put_number(bytes, static_cast<std::uint32_t>(list.size()));
  for (const std::string& text : list) put_text(bytes, text);
}

void put_day(Bytes& bytes, const std::optional<CivilDate>& day) {
  put_number(bytes, static_cast<std::uint8_t>(day.has_value()));
  put_number(bytes, static_cast<std::uint32_t>(day ? day->days_since_epoch() : 0));
}

}  // namespace

class SnapshotWriter {
 public:
  SnapshotWriter(SnapshotFileWriter& file, const Projection& people, const std::function<bool()>& pause,
                 std::size_t piece_bytes)
      : file_(file), people_(people), pause_(pause), piece_bytes_(piece_bytes) {}

  Result<void> header(const EventLog& log, const PolicyHistory& policies, const Head& head) {
    const auto first = snapshot_digest_at(log, EventIndex(0));
    if (!first) return fail(first.error());
    const auto last = snapshot_digest_at(log, EventIndex(head.position.events() - 1));
    if (!last) return fail(last.error());
    Bytes bytes;
    put_number(bytes, head.position.events());
    put_number(bytes, static_cast<std::uint64_t>(head.last_registered_at.microseconds()));
    put_digest(bytes, *first);
    put_digest(bytes, *last);
    put_number(bytes, std::uint64_t{people_.table_.bucket_count()});
    put_number(bytes, std::uint64_t{people_.weak_.words()});
    std::vector<EventIndex> published = policies.events();
    std::erase_if(published, [&](EventIndex index) { return !head.position.covers(index); });
    put_number(bytes, static_cast<std::uint32_t>(published.size()));
    for (const EventIndex index : published) put_number(bytes, index.value());
    return file_.add(SnapshotChunk::kHeader, bytes);
  }

  Result<void> buckets() {
    Filling filling(file_, SnapshotChunk::kBuckets, pause_, piece_bytes_);
    for (std::size_t at = 0; at < people_.table_.bucket_count(); ++at) {
      const NearTable::Slots slots = people_.table_.copy_bucket(at);
      std::uint8_t mask = 0;
      for (unsigned i = 0; i < 2; ++i)
        mask |= static_cast<std::uint8_t>((slots[i].used ? 1U << i : 0U) | (slots[i].has_block ? 4U << i : 0U));
      filling.bytes.push_back(mask);
      for (const NearTable::Slot& slot : slots) {
        if (!slot.used) continue;
        put_number(filling.bytes, slot.high);
        put_number(filling.bytes, slot.low);
        put_number(filling.bytes, slot.payload_low);
        put_number(filling.bytes, slot.payload_high);
        if (slot.has_block)
          for (const std::uint64_t word : slot.block) put_number(filling.bytes, word);
      }
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    return filling.flush();
  }

  // After all buckets: whoever was copied lies behind marks that stand by now.
  Result<void> overflow() {
    Filling filling(file_, SnapshotChunk::kOverflow, pause_, piece_bytes_);
    for (std::size_t at = 0; at < people_.table_.bucket_count(); at += 8) {
      std::uint8_t marks = 0;
      for (std::size_t i = 0; i < 8 && at + i < people_.table_.bucket_count(); ++i)
        if (people_.table_.overflowed(at + i)) marks |= static_cast<std::uint8_t>(1U << i);
      filling.bytes.push_back(marks);
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    return filling.flush();
  }

  Result<void> overflow_map() {
    Filling filling(file_, SnapshotChunk::kOverflowMap, pause_, piece_bytes_);
    for (const Projection::OverflowMap& overflow : people_.overflow_) {
      std::vector<std::pair<Token, std::shared_ptr<const PersonStatus>>> copied;
      {
        const std::shared_lock lock(overflow.mutex);
        copied.assign(overflow.people.begin(), overflow.people.end());
      }
      for (const auto& [token, status] : copied) {
        const auto encoded = encode_status(*status, token);
        if (!encoded) continue;  // too much for a file: asked of the log after a restart
        filling.bytes.insert(filling.bytes.end(), token.bytes().begin(), token.bytes().end());
        put_number(filling.bytes, static_cast<std::uint32_t>(encoded->size()));
        filling.bytes.insert(filling.bytes.end(), encoded->begin(), encoded->end());
        if (auto written = filling.flush_if_full(); !written) return written;
      }
    }
    return filling.flush();
  }

  Result<void> weak() {
    Filling filling(file_, SnapshotChunk::kWeak, pause_, piece_bytes_);
    for (std::size_t at = 0; at < people_.weak_.words(); ++at) {
      put_number(filling.bytes, people_.weak_.word(at));
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    return filling.flush();
  }

  // After the buckets: whatever they speak of is known by now.
  Result<void> terms() {
    Filling filling(file_, SnapshotChunk::kTerms, pause_, piece_bytes_);
    const TermsDictionary& terms = people_.terms_;
    for (std::uint32_t id = 0, count = terms.count(); id < count; ++id) {
      const TermsDictionary::Set& set = terms.at(TermsId(id));
      filling.bytes.push_back(0);
      put_number(filling.bytes, static_cast<std::uint32_t>(set.size()));
      for (const NoticeTerms& said : set) {
        put_list(filling.bytes, {said.holder, said.regime, said.template_id});
        put_number(filling.bytes, static_cast<std::uint8_t>(said.method));
      }
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    for (std::uint32_t id = 0, count = terms.objection_count(); id < count; ++id) {
      const ObjectionTerms& said = terms.at(ObjectionTermsId(static_cast<std::uint16_t>(id)));
      filling.bytes.push_back(1);
      for (const auto* list : {&said.scope.regimes, &said.scope.holders, &said.scope.recipients, &said.scope.categories,
                               &said.scope.purposes})
        put_list(filling.bytes, *list);
      put_day(filling.bytes, said.scope.record_from);
      put_day(filling.bytes, said.scope.record_to);
      put_number(filling.bytes, static_cast<std::uint8_t>(said.requester));
      put_number(filling.bytes, static_cast<std::uint8_t>(said.past_data));
      put_day(filling.bytes, said.reaffirm_on);
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    return filling.flush();
  }

  Result<void> erasures() {
    std::map<EventIndex, EventIndex> erasures;
    {
      const std::lock_guard lock(people_.erasures_mutex_);
      erasures = people_.erasures_;
    }
    Filling filling(file_, SnapshotChunk::kErasures, pause_, piece_bytes_);
    for (const auto& [target, record] : erasures) {
      put_number(filling.bytes, target.value());
      put_number(filling.bytes, record.value());
      if (auto written = filling.flush_if_full(); !written) return written;
    }
    return filling.flush();
  }

  // After everything else: what can have been copied.
  Result<void> known(const EventLog& log) {
    const Position known = people_.begun();
    const auto last = snapshot_digest_at(log, EventIndex(known.events() - 1));
    if (!last) return fail(last.error());
    Bytes bytes;
    put_number(bytes, known.events());
    put_digest(bytes, *last);
    return file_.add(SnapshotChunk::kKnown, bytes);
  }

 private:
  SnapshotFileWriter& file_;
  const Projection& people_;
  const std::function<bool()>& pause_;
  const std::size_t piece_bytes_;
};

Result<void> write_snapshot(const std::string& path, const EventLog& log, const Projection& people,
                            const PolicyHistory& policies, const Head& head, const std::function<bool()>& pause,
                            std::size_t piece_bytes) {
  if (head.position == Position()) return {};
  if (!people.complete()) return fail(ErrorKind::kConflict, "snapshot_not_whole", "this node does not hold everybody");
  if (people.holds_what_was_erased()) {
    unlink(path.c_str());
    return fail(ErrorKind::kConflict, "snapshot_not_whole",
                "something was erased from the log that this node still holds; restart it, and it will have forgotten");
  }
  SnapshotFileWriter file(path);
  if (auto opened = file.open(); !opened) return opened;
  SnapshotWriter writer(file, people, pause, piece_bytes);
  if (auto written = writer.header(log, policies, head); !written) return written;
  for (const auto part : {&SnapshotWriter::buckets, &SnapshotWriter::overflow, &SnapshotWriter::overflow_map,
                          &SnapshotWriter::weak, &SnapshotWriter::terms, &SnapshotWriter::erasures})
    if (auto written = (writer.*part)(); !written) return written;
  if (auto written = writer.known(log); !written) return written;
  if (!people.complete()) return fail(ErrorKind::kConflict, "snapshot_not_whole", "this node does not hold everybody");
  return file.finish();
}

}  // namespace ishi::cache
