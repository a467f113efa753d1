#include "cache/snapshot/snapshot.h"

#include <algorithm>
#include <map>
#include <variant>

#include "cache/snapshot/snapshot_file.h"
#include "cache/snapshot/snapshot_log.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

constexpr std::size_t kTailChunk = 5'000;  // events read at a time

std::vector<std::string> take_list(SnapshotBytes& bytes) {
  std::vector<std::string> list;
  for (auto count = bytes.number<std::uint32_t>(); count > 0 && bytes.ok(); --count) list.push_back(bytes.text());
  return list;
}

std::optional<CivilDate> take_day(SnapshotBytes& bytes) {
  const bool given = bytes.number<std::uint8_t>() != 0;
  const CivilDate day(static_cast<std::int32_t>(bytes.number<std::uint32_t>()));
  return given ? std::optional(day) : std::nullopt;
}

}  // namespace

class SnapshotReader {
 public:
  SnapshotReader(const EventLog& log, Projection& people, PolicyHistory& policies)
      : log_(log), people_(people), policies_(policies) {}

  Result<Head> load(const std::string& path) {
    SnapshotFileReader file;
    if (auto opened = file.open(path); !opened) return fail(opened.error());
    if (people_.bounded_) return another_make("this node keeps recent people only");
    for (;;) {
      const auto chunk = file.next();
      if (!chunk) return fail(chunk.error());
      if (chunk->kind == SnapshotChunk::kEnd) break;
      if ((chunk->kind == SnapshotChunk::kHeader) == head_.has_value())
        return fail(snapshot_damaged("chunks out of order"));
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
      case SnapshotChunk::kOverflowMap: return overflow_map(bytes);
      case SnapshotChunk::kWeak: return weak(bytes);
      case SnapshotChunk::kTerms: return terms(bytes);
      case SnapshotChunk::kErasures: return erasures(bytes);
      case SnapshotChunk::kKnown: return known(bytes);
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
    for (const auto& [index, said] :
         {std::pair(EventIndex(0), first), std::pair(EventIndex(head.position.events() - 1), last)})
      if (auto same = reads_as(index, said); !same) return same;
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
        for (unsigned k = 0; k < entry.count; ++k)
          terms_seen_ = std::max(terms_seen_, entry.notices[k].terms.value() + 1);
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
        if ((marks >> i & 1) != 0 && next_mark_ < people_.table_.bucket_count())
          people_.table_.restore_overflow(next_mark_);
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

  Result<void> reads_as(EventIndex index, ByteView said) const {
    const auto digest = snapshot_digest_at(log_, index);
    if (!digest) return fail(digest.error());
    if (!std::equal(said.begin(), said.end(), digest->begin())) return another_log("an event reads otherwise");
    return {};
  }

  Result<void> erasures(SnapshotBytes& bytes) {
    while (!bytes.done() && bytes.ok()) {
      const EventIndex target(bytes.number<std::uint64_t>()), record(bytes.number<std::uint64_t>());
      people_.erasures_.emplace(target, record);
      people_.blank_.insert(target);
      people_.read_as_erased_.insert(target);
    }
    return {};
  }

  Result<void> known(SnapshotBytes& bytes) {
    const Position known(bytes.number<std::uint64_t>());
    const ByteView last = bytes.take(32);
    if (!bytes.ok() || known < head_->position || people_.loaded_ != Position())
      return fail(snapshot_damaged("it does not say what it knows"));
    people_.loaded_ = known;
    people_.begun_.store(known.events());
    return reads_as(EventIndex(known.events() - 1), last);
  }

  Result<Head> finish() {
    if (!head_ || people_.loaded_ == Position() || next_bucket_ != people_.table_.bucket_count() ||
        next_mark_ < next_bucket_ || next_word_ != people_.weak_.words() || terms_seen_ > people_.terms_.count() ||
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
      if (copied_in_time) people_.overflow_of(token).people[token] = shelved_.at(status->tokens.front());
    }
    return *head_;
  }

  // What was erased after the snapshot's Position may be in it, and no event could take it out.
  Result<void> nothing_erased_since() const {
    for (EventIndex at = head_->position.next_index();;) {
      const auto events = log_.read(at, kTailChunk);
      if (!events) return fail(events.error());
      for (const StoredEvent& stored : *events)
        if (const auto* erased = std::get_if<RecordErased>(&stored.event.body);
            erased && people_.loaded_.covers(erased->target))
          return another_log("something in it was erased since");
      if (events->size() < kTailChunk) return {};
      at = Position::after(events->back().index).next_index();
    }
  }

  const EventLog& log_;
  Projection& people_;
  PolicyHistory& policies_;
  std::optional<Head> head_;
  std::size_t next_bucket_ = 0, next_mark_ = 0, next_word_ = 0;
  std::uint32_t terms_seen_ = 0, objections_seen_ = 0;
  std::map<Token, std::shared_ptr<const PersonStatus>> shelved_;
};

Result<Head> load_snapshot(const std::string& path, const EventLog& log, Projection& people, PolicyHistory& policies) {
  auto head = SnapshotReader(log, people, policies).load(path);
  if (!head) {
    people.clear();
    policies.clear();
  }
  return head;
}

}  // namespace ishi::cache
