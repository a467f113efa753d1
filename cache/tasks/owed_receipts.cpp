#include "cache/tasks/owed_receipts.h"

namespace ishi::cache {
namespace {

constexpr std::uint64_t kSectionVersion = 1;

OwedReceipt owed_by(const StoredEvent& stored, const Objection& objection) {
  const bool agreed = objection.reception && objection.reception->electronic_receipt_agreed_at;
  return {stored.index, objection.token, objection.accepted_at, stored.event.caller, agreed};
}

}  // namespace

void OwedReceipts::begin_at(const Head& head) {
  const MutexLock lock(mutex_);
  whole_ = head.position <= position_;  // what was owed before is not known
  position_ = std::max(position_, head.position);
}

void OwedReceipts::open(OwedReceipt owed) {
  const std::string* caller = &*callers_.insert(std::move(owed.caller)).first;
  open_.insert_or_assign(owed.objection, Open{owed.token, owed.accepted_at, caller, owed.electronic_agreed});
}

Result<void> OwedReceipts::apply(const EventLog&, std::span<const StoredEvent> events) {
  const MutexLock lock(mutex_);
  for (const StoredEvent& stored : events) {
    if (const auto* objection = std::get_if<Objection>(&stored.event.body)) open(owed_by(stored, *objection));
    if (const auto* receipt = std::get_if<ReceiptIssued>(&stored.event.body)) open_.erase(receipt->objection);
    position_ = Position::after(stored.index);
  }
  return {};
}

Position OwedReceipts::position() const {
  const MutexLock lock(mutex_);
  return position_;
}

bool OwedReceipts::whole() const {
  const MutexLock lock(mutex_);
  return whole_;
}

std::vector<std::uint64_t> OwedReceipts::snapshot_sizes() const {
  return {kSectionVersion};
}

Result<void> OwedReceipts::snapshot(SnapshotSink& sink) const {
  std::vector<OwedReceipt> copied;
  {
    const MutexLock lock(mutex_);
    copied.reserve(open_.size());
    for (const auto& [objection, owed] : open_)
      copied.push_back({objection, owed.token, owed.accepted_at, *owed.caller, owed.electronic_agreed});
  }
  SectionWriter section(sink, SnapshotChunk::kOwedReceipts);
  for (const OwedReceipt& owed : copied) {
    put_number(section.bytes, owed.objection.value());
    const auto token = owed.token.bytes();
    section.bytes.insert(section.bytes.end(), token.begin(), token.end());
    put_number(section.bytes, static_cast<std::uint64_t>(owed.accepted_at.microseconds()));
    put_number(section.bytes, static_cast<std::uint8_t>(owed.electronic_agreed));
    put_text(section.bytes, owed.caller);
    if (auto written = section.flush_if_full(); !written) return written;
  }
  return section.flush();
}

class OwedReceipts::Restorer final : public SnapshotRestorer {
 public:
  explicit Restorer(OwedReceipts& owed) : owed_(owed) {}

  Result<bool> take(SnapshotChunk kind, SnapshotBytes& bytes) override {
    if (kind != SnapshotChunk::kOwedReceipts) return false;
    const MutexLock lock(owed_.mutex_);
    while (!bytes.done() && bytes.ok()) {
      OwedReceipt owed;
      owed.objection = EventIndex(bytes.number<std::uint64_t>());
      const ByteView token = bytes.take(Token::kSizeBytes);
      if (token.size() == Token::kSizeBytes) owed.token = Token(token.first<Token::kSizeBytes>());
      owed.accepted_at = Timestamp(static_cast<std::int64_t>(bytes.number<std::uint64_t>()));
      owed.electronic_agreed = bytes.number<std::uint8_t>() != 0;
      owed.caller = bytes.text();
      if (bytes.ok()) owed_.open(std::move(owed));
    }
    if (!bytes.ok()) return fail(snapshot_damaged("a receipt that is owed is cut short"));
    return true;
  }
  // What was applied between the head and the copy is applied once more, and changes nothing.
  Result<void> finish(const Head& head, Position) override {
    const MutexLock lock(owed_.mutex_);
    owed_.position_ = head.position;
    return {};
  }

 private:
  OwedReceipts& owed_;
};

std::unique_ptr<SnapshotRestorer> OwedReceipts::restore() {
  return std::make_unique<Restorer>(*this);
}

void OwedReceipts::clear() {
  const MutexLock lock(mutex_);
  open_.clear();
  callers_.clear();
  position_ = Position();
  whole_ = true;
}

Result<std::vector<OwedReceipt>> OwedReceipts::owed_receipts(
    EventIndex from, std::size_t limit, const std::function<bool(const std::string& caller)>& wanted) const {
  const MutexLock lock(mutex_);
  if (!whole_) {
    return fail(ErrorKind::kUnavailable, "tasks_not_kept",
                "this node does not hold everything; ask one that keeps all persons in memory");
  }
  std::map<const std::string*, bool> known;  // one judgement a caller
  std::vector<OwedReceipt> owed;
  for (auto at = open_.lower_bound(from); at != open_.end() && owed.size() < limit; ++at) {
    const Open& open = at->second;
    const auto [judged, is_new] = known.try_emplace(open.caller, false);
    if (is_new) judged->second = wanted(*open.caller);
    if (judged->second) owed.push_back({at->first, open.token, open.accepted_at, *open.caller, open.electronic_agreed});
  }
  return owed;
}

std::size_t OwedReceipts::count() const {
  const MutexLock lock(mutex_);
  return open_.size();
}

}  // namespace ishi::cache
