#include "cache/snapshot.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <variant>

#include "cache/snapshot_file.h"
#include "registry/log/event_codec.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kTailChunk = 5'000;  // events read at a time

// What a log says at one index, as a digest; of an event that was erased it is another one.
Result<Digest> digest_at(const EventLog& log, EventIndex index) {
  auto events = log.read(index, 1);
  if (!events) return fail(events.error());
  if (events->empty() || events->front().index != index)
    return fail(ErrorKind::kConflict, "snapshot_of_another_log", "the log does not reach as far as the snapshot");
  auto bytes = encode_event(events->front().event);
  if (!bytes) return fail(bytes.error());
  return sha256(*bytes);
}

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

void put_digest(Bytes& bytes, const Digest& digest) { bytes.insert(bytes.end(), digest.begin(), digest.end()); }

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

}  // namespace

class SnapshotWriter {
 public:
  SnapshotWriter(SnapshotFileWriter& file, const People& people, const std::function<bool()>& pause, std::size_t piece_bytes)
      : file_(file), people_(people), pause_(pause), piece_bytes_(piece_bytes) {}

  Result<void> header(const EventLog& log, const PolicyHistory& policies, const Head& head) {
    const auto first = digest_at(log, EventIndex(0));
    if (!first) return fail(first.error());
    const auto last = digest_at(log, EventIndex(head.position.events() - 1));
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

  Result<void> shelf() {
    Filling filling(file_, SnapshotChunk::kShelf, pause_, piece_bytes_);
    for (const People::Shelf& shelf : people_.shelves_) {
      std::vector<std::pair<Token, std::shared_ptr<const PersonStatus>>> copied;
      {
        const std::shared_lock lock(shelf.mutex);
        copied.assign(shelf.people.begin(), shelf.people.end());
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

 private:
  SnapshotFileWriter& file_;
  const People& people_;
  const std::function<bool()>& pause_;
  const std::size_t piece_bytes_;
};

Result<void> write_snapshot(const std::string& path, const EventLog& log, const People& people,
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
  for (const auto part : {&SnapshotWriter::buckets, &SnapshotWriter::overflow, &SnapshotWriter::shelf,
                          &SnapshotWriter::weak, &SnapshotWriter::terms})
    if (auto written = (writer.*part)(); !written) return written;
  if (!people.complete()) return fail(ErrorKind::kConflict, "snapshot_not_whole", "this node does not hold everybody");
  return file.finish();
}

class SnapshotReader {
 public:
  SnapshotReader(const EventLog& log, People& people, PolicyHistory& policies)
      : log_(log), people_(people), policies_(policies) {}

  Result<Head> load(const std::string& path) {
    SnapshotFileReader file;
    if (auto opened = file.open(path); !opened) return fail(opened.error());
    if (people_.bounded_) return another_make("this node keeps recent people only");
    for (;;) {
      const auto chunk = file.next();
      if (!chunk) return fail(chunk.error());
      if (chunk->kind == SnapshotChunk::kEnd) break;
      if ((chunk->kind == SnapshotChunk::kHeader) == head_.has_value()) return fail(snapshot_damaged("chunks out of order"));
      SnapshotBytes bytes(chunk->payload);
      auto taken = take(chunk->kind, bytes);
      if (!taken) return fail(taken.error());
      if (!bytes.ok() || !bytes.done()) return fail(snapshot_damaged("a chunk says too little or too much"));
    }
    return finish();
  }

 private:
  static tl::unexpected<Error> another_make(const std::string& why) {
    return fail(ErrorKind::kUnsupported, "snapshot_of_another_make", "the snapshot does not fit: " + why);
  }
  static tl::unexpected<Error> another_log(const std::string& why) {
    return fail(ErrorKind::kConflict, "snapshot_of_another_log", "the snapshot is not of this log: " + why);
  }

  Result<void> take(SnapshotChunk kind, SnapshotBytes& bytes) {
    switch (kind) {
      case SnapshotChunk::kHeader: return header(bytes);
      case SnapshotChunk::kBuckets: return buckets(bytes);
      case SnapshotChunk::kOverflow: return overflow(bytes);
      case SnapshotChunk::kShelf: return shelf(bytes);
      case SnapshotChunk::kWeak: return weak(bytes);
      case SnapshotChunk::kTerms: return terms(bytes);
      case SnapshotChunk::kEnd: break;
    }
    return fail(snapshot_damaged("a chunk of unknown kind"));
  }

  Result<void> header(SnapshotBytes& bytes) {
    Head head;
    head.position = Position(bytes.number<std::uint64_t>());
    head.last_registered_at = Timestamp(static_cast<std::int64_t>(bytes.number<std::uint64_t>()));
    const ByteView first = bytes.take(32), last = bytes.take(32);
    const auto buckets = bytes.number<std::uint64_t>(), words = bytes.number<std::uint64_t>();
    std::vector<EventIndex> published;
    for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count)
      published.push_back(EventIndex(bytes.number<std::uint64_t>()));
    if (!bytes.ok() || head.position == Position()) return fail(snapshot_damaged("its header is too short"));
    if (buckets != people_.table_.bucket_count() || words != people_.weak_.words())
      return another_make("near.people_max is another one now");
    const auto now = log_.head();
    if (!now) return fail(now.error());
    if (now->position < head.position) return another_log("it is newer than the log");
    for (const auto& [index, said] : {std::pair(EventIndex(0), first), std::pair(EventIndex(head.position.events() - 1), last)}) {
      const auto digest = digest_at(log_, index);
      if (!digest) return fail(digest.error());
      if (!std::equal(said.begin(), said.end(), digest->begin())) return another_log("an event reads otherwise");
    }
    for (const EventIndex index : published) {
      const auto events = log_.read(index, 1);
      if (!events) return fail(events.error());
      const auto* policy = events->empty() ? nullptr : std::get_if<PolicyPublished>(&events->front().event.body);
      if (!policy) return another_log("a policy is missing");
      if (auto added = policies_.add(index, *policy); !added) return added;
    }
    head_ = head;
    return {};
  }

  Result<void> buckets(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const auto mask = bytes.number<std::uint8_t>();
      NearTable::Slots slots;
      for (unsigned i = 0; i < 2; ++i) {
        NearTable::Slot& slot = slots[i];
        slot.used = (mask >> i & 1) != 0;
        slot.has_block = (mask >> i & 4) != 0;
        if (!slot.used) continue;
        slot.high = bytes.number<std::uint64_t>();
        slot.low = bytes.number<std::uint32_t>();
        slot.payload_low = bytes.number<std::uint64_t>();
        slot.payload_high = bytes.number<std::uint64_t>();
        if (slot.has_block)
          for (std::uint64_t& word : slot.block) word = bytes.number<std::uint64_t>();
      }
      std::array<NearEntry, 2> entries;
      if (!bytes.ok() || next_bucket_ == people_.table_.bucket_count() ||
          !people_.table_.restore_bucket(next_bucket_++, slots, entries))
        return fail(snapshot_damaged("a bucket cannot be put back"));
      for (const NearEntry& entry : entries) {
        for (unsigned k = 0; k < entry.count; ++k) terms_seen_ = std::max(terms_seen_, entry.notices[k].terms.value() + 1);
        if (entry.state == NearEntry::State::kObjects)
          objections_seen_ = std::max(objections_seen_, entry.objection.terms.value() + 1U);
      }
    }
    return {};
  }

  Result<void> overflow(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const auto marks = bytes.number<std::uint8_t>();
      for (unsigned i = 0; i < 8; ++i, ++next_mark_)
        if ((marks >> i & 1) != 0 && next_mark_ < people_.table_.bucket_count()) people_.table_.restore_overflow(next_mark_);
    }
    return {};
  }

  Result<void> shelf(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const ByteView raw = bytes.take(16);
      const ByteView encoded = bytes.take(bytes.number<std::uint32_t>());
      if (!bytes.ok()) return fail(snapshot_damaged("a person is cut off"));
      const Token token(raw.first<16>());
      auto status = decode_status(encoded, token);
      if (!status) return fail(status.error());
      shelved_.emplace(token, std::make_shared<const PersonStatus>(std::move(*status)));
    }
    return {};
  }

  Result<void> weak(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      if (next_word_ == people_.weak_.words()) return fail(snapshot_damaged("too many weak forms"));
      people_.weak_.restore_word(next_word_++, bytes.number<std::uint64_t>());
    }
    return {};
  }

  Result<void> terms(SnapshotBytes& bytes) {
    while (!bytes.done()) {
      const bool of_objection = bytes.number<std::uint8_t>() != 0;
      const std::uint32_t before = of_objection ? people_.terms_.objection_count() : people_.terms_.count();
      std::uint32_t got = before + 1;
      if (of_objection) {
        ObjectionTerms said;
        for (auto* list : {&said.scope.regimes, &said.scope.holders, &said.scope.recipients, &said.scope.categories,
                           &said.scope.purposes})
          *list = take_list(bytes);
        said.scope.record_from = take_day(bytes);
        said.scope.record_to = take_day(bytes);
        said.requester = static_cast<RequesterKind>(bytes.number<std::uint8_t>());
        said.past_data = static_cast<PastData>(bytes.number<std::uint8_t>());
        said.reaffirm_on = take_day(bytes);
        if (const auto id = people_.terms_.intern(std::move(said))) got = id->value();
      } else {
        TermsDictionary::Set set;
        for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count) {
          auto names = take_list(bytes);
          names.resize(3);
          const auto method = static_cast<NoticeMethod>(bytes.number<std::uint8_t>());
          set.push_back({std::move(names[0]), std::move(names[1]), std::move(names[2]), method});
        }
        if (!set.empty() && std::is_sorted(set.begin(), set.end()))
          if (const auto id = people_.terms_.intern(std::move(set))) got = id->value();
      }
      if (got != before) return fail(snapshot_damaged("terms out of order"));
    }
    return {};
  }

  Result<Head> finish() {
    if (!head_ || next_bucket_ != people_.table_.bucket_count() || next_mark_ < next_bucket_ ||
        next_word_ != people_.weak_.words() || terms_seen_ > people_.terms_.count() ||
        objections_seen_ > people_.terms_.objection_count())
      return fail(snapshot_damaged("parts are missing"));
    if (auto clean = nothing_erased_since(); !clean) return fail(clean.error());
    for (const auto& [token, status] : shelved_) {
      const NearEntry entry = people_.table_.get(token);
      const bool copied_in_time = entry.state == NearEntry::State::kDeeper && entry.as_of == status->as_of &&
                                  std::all_of(status->tokens.begin(), status->tokens.end(), [&](const Token& linked) {
                                    const auto found = shelved_.find(linked);
                                    return found != shelved_.end() && *found->second == *status;
                                  });
      if (copied_in_time) people_.shelf_of(token).people[token] = shelved_.at(status->tokens.front());
    }
    return *head_;
  }

  // What was erased after the snapshot may be in it, and no event could take it out.
  Result<void> nothing_erased_since() const {
    for (EventIndex at = head_->position.next_index();;) {
      const auto events = log_.read(at, kTailChunk);
      if (!events) return fail(events.error());
      for (const StoredEvent& stored : *events)
        if (const auto* erased = std::get_if<RecordErased>(&stored.event.body); erased && head_->position.covers(erased->target))
          return another_log("something in it was erased since");
      if (events->size() < kTailChunk) return {};
      at = Position::after(events->back().index).next_index();
    }
  }

  const EventLog& log_;
  People& people_;
  PolicyHistory& policies_;
  std::optional<Head> head_;
  std::size_t next_bucket_ = 0, next_mark_ = 0, next_word_ = 0;
  std::uint32_t terms_seen_ = 0, objections_seen_ = 0;
  std::map<Token, std::shared_ptr<const PersonStatus>> shelved_;
};

Result<Head> load_snapshot(const std::string& path, const EventLog& log, People& people, PolicyHistory& policies) {
  auto head = SnapshotReader(log, people, policies).load(path);
  if (!head) {
    people.clear();
    policies.clear();
  }
  return head;
}

}  // namespace ishi::cache
