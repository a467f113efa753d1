#include "registry/status/status_codec.h"

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace ishi {
namespace {

constexpr std::size_t kAsOfBytes = 5;
constexpr std::size_t kSaidMax = 128;  // texts remembered for repeats: bounds the time that hostile bytes can take
enum Part : std::uint8_t {
  kOtherTokens = 1,
  kNotices = 2,
  kObjections = 4,
  kConsents = 8,
  kLinks = 16,
  kDeath = 32,
  kHouseholdCard = 64,
  kHouseholdObjections = 128,
};
enum ScopePart : std::uint8_t {
  kRegimes = 1,
  kHolders = 2,
  kRecipients = 4,
  kCategories = 8,
  kPurposes = 16,
  kRecordFrom = 32,
  kRecordTo = 64,
};
enum FactPart : std::uint8_t { kWithdrawn = 1, kDated = 2, kErasePast = 4 };

std::uint64_t folded(std::int64_t value) {  // small numbers of either sign stay small
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unfolded(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class Writer {
 public:
  bool too_large() const { return too_large_; }
  Bytes take() { return std::move(out_); }

  void byte(std::uint8_t value) { out_.push_back(value); }
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7) byte(static_cast<std::uint8_t>(value | 128));
    byte(static_cast<std::uint8_t>(value));
  }
  void date(CivilDate value) { number(folded(value.days_since_epoch())); }
  void instant(Timestamp value) { number(folded(value.microseconds())); }
  void event(EventIndex value) { number(value.value()); }
  void token(const Token& value) { out_.insert(out_.end(), value.bytes().begin(), value.bytes().end()); }
  // A text said before in this status is a number.
  void text(const std::string& value) {
    if (value.size() > kStatusTextBytesMax) too_large_ = true;
    const auto before = std::find(said_.begin(), said_.end(), value);
    if (before != said_.end()) return number(static_cast<std::uint64_t>(before - said_.begin()) * 2 + 1);
    number(value.size() * 2);
    out_.insert(out_.end(), value.begin(), value.end());
    if (!value.empty() && said_.size() < kSaidMax) said_.push_back(value);
  }
  template <typename Item, typename Each>
  void list(const std::vector<Item>& items, Each&& each) {
    number(items.size());
    for (const Item& item : items) each(*this, item);
  }
  void finish() { too_large_ = too_large_ || out_.size() > kStatusBytesMax; }

 private:
  Bytes out_;
  std::vector<std::string_view> said_;
  bool too_large_ = false;
};

// After the first bad byte everything reads as zero, so nothing is ever read past the end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : left_(bytes) {}
  bool bad() const { return bad_; }
  bool done() const { return !bad_ && left_.empty(); }
  void refuse() {
    bad_ = true;
    left_ = {};
  }

  std::uint8_t byte() {
    const ByteView one = take(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (shift == 63 && next > 1) break;
      value |= static_cast<std::uint64_t>(next & 127) << shift;
      if (next < 128) {
        if (next == 0 && shift > 0) break;  // a shorter form exists
        return value;
      }
    }
    refuse();
    return 0;
  }
  CivilDate date() { return CivilDate(small(unfolded(number()))); }
  Timestamp instant() { return Timestamp(unfolded(number())); }
  EventIndex event() { return EventIndex(number()); }
  Token token() {
    const ByteView bytes = take(Token::kSizeBytes);
    return bytes.size() == Token::kSizeBytes ? Token(bytes.first<Token::kSizeBytes>()) : Token();
  }
  std::string text() {
    const std::uint64_t code = number();
    if (code & 1) {
      if (code / 2 < said_.size()) return said_[static_cast<std::size_t>(code / 2)];
      refuse();
      return {};
    }
    if (code / 2 > kStatusTextBytesMax) refuse();
    std::string value(as_text(take(static_cast<std::size_t>(code / 2))));
    if (std::find(said_.begin(), said_.end(), value) != said_.end()) refuse();
    if (!value.empty() && said_.size() < kSaidMax) said_.push_back(value);
    return value;
  }
  // Never empty: an empty list is a bit that is not set. Every item takes a byte or more, which bounds the memory.
  template <typename Item, typename Each>
  void list(std::vector<Item>& items, Each&& each) {
    const std::uint64_t count = number();
    if (count == 0 || count > left_.size()) return refuse();
    for (std::uint64_t i = 0; i < count && !bad_; ++i) items.push_back(each(*this));
  }
  template <typename Enum>
  Enum choice(std::uint64_t value, Enum min, Enum max) {
    if (value < static_cast<std::uint64_t>(min) || value > static_cast<std::uint64_t>(max)) refuse();
    return bad_ ? min : static_cast<Enum>(value);
  }
  std::int32_t small(std::int64_t value) {
    if (value < INT32_MIN || value > INT32_MAX) refuse();
    return bad_ ? 0 : static_cast<std::int32_t>(value);
  }
  std::uint8_t parts(std::uint8_t known) {
    const std::uint8_t value = byte();
    if (value & ~known) refuse();
    return value;
  }

 private:
  ByteView take(std::size_t size) {
    if (size > left_.size()) {
      refuse();
      return {};
    }
    const ByteView taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }
  ByteView left_;
  std::vector<std::string> said_;
  bool bad_ = false;
};

std::uint8_t part_if(bool present, std::uint8_t part) {
  return present ? part : std::uint8_t{0};
}

void write(Writer& out, const Scope& scope) {
  out.byte(static_cast<std::uint8_t>(
      part_if(!scope.regimes.empty(), kRegimes) | part_if(!scope.holders.empty(), kHolders) |
      part_if(!scope.recipients.empty(), kRecipients) | part_if(!scope.categories.empty(), kCategories) |
      part_if(!scope.purposes.empty(), kPurposes) | part_if(scope.record_from.has_value(), kRecordFrom) |
      part_if(scope.record_to.has_value(), kRecordTo)));
  for (const auto* names : {&scope.regimes, &scope.holders, &scope.recipients, &scope.categories, &scope.purposes})
    if (!names->empty()) out.list(*names, [](Writer& each, const std::string& name) { each.text(name); });
  if (scope.record_from) out.date(*scope.record_from);
  if (scope.record_to) out.date(*scope.record_to);
}
Scope read_scope(Reader& in) {
  Scope scope;
  const std::uint8_t parts = in.parts(127);
  std::uint8_t part = kRegimes;
  for (auto* names : {&scope.regimes, &scope.holders, &scope.recipients, &scope.categories, &scope.purposes}) {
    if (parts & part) in.list(*names, [](Reader& each) { return each.text(); });
    part = static_cast<std::uint8_t>(part << 1);
  }
  if (parts & kRecordFrom) scope.record_from = in.date();
  if (parts & kRecordTo) scope.record_to = in.date();
  return scope;
}

void write(Writer& out, const NoticeFact& notice) {
  out.text(notice.holder);
  out.text(notice.regime);
  out.text(notice.template_id);
  out.number(folded(notice.date.days_since_epoch()) << 4 | static_cast<std::uint8_t>(notice.method));
}
NoticeFact read_notice(Reader& in) {
  NoticeFact notice;
  notice.holder = in.text();
  notice.regime = in.text();
  notice.template_id = in.text();
  const std::uint64_t said = in.number();
  notice.method = in.choice(said & 15, NoticeMethod::kHanded, NoticeMethod::kPublicOnly);
  notice.date = CivilDate(in.small(unfolded(said >> 4)));
  return notice;
}

void write(Writer& out, const ObjectionFact& objection) {
  out.event(objection.event);
  out.token(objection.token);
  out.byte(static_cast<std::uint8_t>(part_if(objection.withdrawn_at.has_value(), kWithdrawn) |
                                     part_if(objection.reaffirm_on.has_value(), kDated) |
                                     part_if(objection.past_data == PastData::kStopAndErase, kErasePast) |
                                     static_cast<unsigned>(objection.requester) << 4));
  write(out, objection.scope);
  out.instant(objection.accepted_at);
  if (objection.withdrawn_at) out.instant(*objection.withdrawn_at);
  if (objection.reaffirm_on) out.date(*objection.reaffirm_on);
}
ObjectionFact decode_objection(Reader& in) {
  ObjectionFact objection;
  objection.event = in.event();
  objection.token = in.token();
  const std::uint8_t parts = in.parts(0x77);
  objection.requester = in.choice(std::uint64_t{parts} >> 4, RequesterKind::kSelf, RequesterKind::kOtherCarer);
  objection.past_data = parts & kErasePast ? PastData::kStopAndErase : PastData::kStopOnly;
  objection.scope = read_scope(in);
  objection.accepted_at = in.instant();
  if (parts & kWithdrawn) objection.withdrawn_at = in.instant();
  if (parts & kDated) objection.reaffirm_on = in.date();
  return objection;
}

void write(Writer& out, const ConsentFact& consent) {
  out.event(consent.event);
  out.token(consent.token);
  out.byte(static_cast<std::uint8_t>(part_if(consent.withdrawn_at.has_value(), kWithdrawn) |
                                     part_if(consent.expires_on.has_value(), kDated)));
  write(out, consent.scope);
  out.instant(consent.accepted_at);
  if (consent.withdrawn_at) out.instant(*consent.withdrawn_at);
  if (consent.expires_on) out.date(*consent.expires_on);
}
ConsentFact decode_consent(Reader& in) {
  ConsentFact consent;
  consent.event = in.event();
  consent.token = in.token();
  const std::uint8_t parts = in.parts(kWithdrawn | kDated);
  consent.scope = read_scope(in);
  consent.accepted_at = in.instant();
  if (parts & kWithdrawn) consent.withdrawn_at = in.instant();
  if (parts & kDated) consent.expires_on = in.date();
  return consent;
}

void write(Writer& out, const LinkFact& link) {
  out.event(link.event);
  out.token(link.first);
  out.token(link.second);
}
LinkFact read_link(Reader& in) {
  LinkFact link;
  link.event = in.event();
  link.first = in.token();
  link.second = in.token();
  return link;
}

constexpr auto kWriteItem = [](Writer& out, const auto& item) { write(out, item); };

}  // namespace

Result<Bytes> encode_status(const PersonStatus& status, const Token& own) {
  if (std::find(status.tokens.begin(), status.tokens.end(), own) == status.tokens.end())
    return fail(ErrorKind::kInvalidArgument, "not_their_token", "a status is kept under one of its own tokens");
  if (status.as_of.events() >> (8 * kAsOfBytes) != 0)
    return fail(ErrorKind::kTooLarge, "position_too_large", "the stored form has 40 bits for a Position");
  Writer out;
  out.byte(kStatusFormatVersion);
  for (std::size_t i = kAsOfBytes; i-- > 0;) out.byte(static_cast<std::uint8_t>(status.as_of.events() >> (8 * i)));
  out.byte(static_cast<std::uint8_t>(
      part_if(status.tokens.size() > 1, kOtherTokens) | part_if(!status.notices.empty(), kNotices) |
      part_if(!status.objections.empty(), kObjections) | part_if(!status.consents.empty(), kConsents) |
      part_if(!status.links.empty(), kLinks) | part_if(status.died_on.has_value(), kDeath) |
      part_if(status.household_card, kHouseholdCard) |
      part_if(!status.household_objections.empty(), kHouseholdObjections)));
  if (status.tokens.size() > 1) out.list(status.tokens, [](Writer& each, const Token& token) { each.token(token); });
  if (!status.notices.empty()) out.list(status.notices, kWriteItem);
  if (!status.objections.empty()) out.list(status.objections, kWriteItem);
  if (!status.consents.empty()) out.list(status.consents, kWriteItem);
  if (!status.links.empty()) out.list(status.links, kWriteItem);
  if (status.died_on) out.date(*status.died_on);
  if (!status.household_objections.empty()) out.list(status.household_objections, kWriteItem);
  out.finish();
  if (out.too_large())
    return fail(ErrorKind::kTooLarge, "status_too_large", "more is known of this person than one entry holds");
  return out.take();
}

Result<PersonStatus> decode_status(ByteView bytes, const Token& own) {
  const auto corrupt = [] {
    return fail(ErrorKind::kCorrupt, "status_corrupt", "these bytes are not the status of a person");
  };
  if (bytes.empty() || bytes.size() > kStatusBytesMax) return corrupt();
  if (bytes[0] != kStatusFormatVersion)
    return fail(ErrorKind::kUnsupported, "status_version", "a status written by another version of this program");
  Reader in(bytes.subspan(1));
  PersonStatus status;
  std::uint64_t as_of = 0;
  for (std::size_t i = 0; i < kAsOfBytes; ++i) as_of = as_of << 8 | in.byte();
  status.as_of = Position(as_of);
  const std::uint8_t parts = in.byte();
  if (parts & kOtherTokens) {
    in.list(status.tokens, [](Reader& each) { return each.token(); });
    if (status.tokens.size() < 2 || std::find(status.tokens.begin(), status.tokens.end(), own) == status.tokens.end())
      return corrupt();
  } else {
    status.tokens = {own};
  }
  if (parts & kNotices) in.list(status.notices, read_notice);
  if (parts & kObjections) in.list(status.objections, decode_objection);
  if (parts & kConsents) in.list(status.consents, decode_consent);
  if (parts & kLinks) in.list(status.links, read_link);
  if (parts & kDeath) status.died_on = in.date();
  status.household_card = (parts & kHouseholdCard) != 0;
  if (parts & kHouseholdObjections) in.list(status.household_objections, decode_objection);
  if (!in.done()) return corrupt();
  return status;
}

}  // namespace ishi
