#include "registry/events/event_codec.h"

#include <concepts>
#include <type_traits>

#include "registry/assert.h"
#include "registry/events/event_fields.h"
#include "registry/events/fact_fields.h"

namespace ishi {
namespace {

constexpr std::int64_t kDayMin = -719'162, kDayMax = 2'932'896;  // 0001-01-01, 9999-12-31
constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;
constexpr std::int64_t kInstantMin = kDayMin * kMicrosecondsPerDay,
                       kInstantMax = (kDayMax + 1) * kMicrosecondsPerDay - 1;

bool in_range(CivilDate date) {
  return date.days_since_epoch() >= kDayMin && date.days_since_epoch() <= kDayMax;
}
bool in_range(Timestamp instant) {
  return instant.microseconds() >= kInstantMin && instant.microseconds() <= kInstantMax;
}

// Writes fields. The first field that can't be written is remembered; what follows is ignored.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}
  const char* bad_field() const { return bad_field_; }
  bool too_large() const { return too_large_; }

  template <std::unsigned_integral Number>
  void number(const char*, Number value) {
    for (std::size_t i = sizeof value; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void small_number(const char* field, std::uint8_t value, std::uint8_t max) {
    if (value > max) refuse(field, false);
    number(field, value);
  }
  template <typename Enum>
  void choice(const char* field, Enum value, Enum min, Enum max) {
    if (value < min || value > max) refuse(field, false);
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void instant(const char* field, Timestamp value) {
    if (!in_range(value)) refuse(field, false);
    number(field, static_cast<std::uint64_t>(value.microseconds()));
  }
  void date(const char* field, CivilDate value) {
    if (!in_range(value)) refuse(field, false);
    number(field, static_cast<std::uint32_t>(value.days_since_epoch()));
  }
  void optional_date(const char* field, const std::optional<CivilDate>& value) {
    out_.push_back(value ? 1 : 0);
    if (value) date(field, *value);
  }
  template <typename Value, typename Each>
  void optional(const char*, const std::optional<Value>& value, Each each) {
    out_.push_back(value ? 1 : 0);
    if (value) each(*this, *value);
  }
  void event_index(const char* field, EventIndex value) {
    if (value.value() >> 63 != 0) refuse(field, false);
    number(field, value.value());
  }
  void position(const char* field, Position value) { event_index(field, value.next_index()); }
  void token(const char*, const Token& value) { raw(value.bytes()); }
  void digest(const char*, const std::array<std::uint8_t, 32>& value) { raw(value); }
  void name(const char* field, const std::string& value, std::size_t bytes_max = kEventNameBytesMax) {
    if (value.size() > bytes_max) return refuse(field, true);
    number(field, static_cast<std::uint16_t>(value.size()));
    raw(as_bytes(value));
  }
  void text(const char* field, const std::string& value) {
    if (value.size() > kEventTextBytesMax) return refuse(field, true);
    number(field, static_cast<std::uint32_t>(value.size()));
    raw(as_bytes(value));
  }
  template <typename Item, typename Each>
  void list(const char* field, const std::vector<Item>& items, std::size_t items_min, Each each,
            std::size_t items_max = kEventListItemsMax) {
    if (items.size() > items_max) return refuse(field, true);
    if (items.size() < items_min) refuse(field, false);
    number(field, static_cast<std::uint16_t>(items.size()));
    for (const Item& item : items) each(*this, item);
  }

 private:
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void refuse(const char* field, bool too_large) {
    if (bad_field_ != nullptr) return;
    bad_field_ = field;
    too_large_ = too_large;
  }
  Bytes& out_;
  const char* bad_field_ = nullptr;
  bool too_large_ = false;
};

// Reads fields. After the first bad field everything reads as zero, so nothing is ever read past the end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  const char* bad_field() const { return bad_field_; }
  std::size_t left() const { return bytes_.size(); }
  void refuse(const char* field) {
    if (bad_field_ == nullptr) bad_field_ = field;
    bytes_ = {};
  }

  template <std::unsigned_integral Number>
  void number(const char* field, Number& value) {
    std::uint64_t read = 0;
    for (const std::uint8_t byte : take(field, sizeof value)) read = (read << 8) | byte;
    value = static_cast<Number>(read);
  }
  void small_number(const char* field, std::uint8_t& value, std::uint8_t max) {
    number(field, value);
    if (value > max) refuse(field);
  }
  template <typename Enum>
  void choice(const char* field, Enum& value, Enum min, Enum max) {
    std::uint8_t read = 0;
    number(field, read);
    if (read < static_cast<std::uint8_t>(min) || read > static_cast<std::uint8_t>(max)) return refuse(field);
    value = static_cast<Enum>(read);
  }
  void instant(const char* field, Timestamp& value) {
    std::uint64_t read = 0;
    number(field, read);
    value = Timestamp(static_cast<std::int64_t>(read));
    if (!in_range(value)) refuse(field);
  }
  void date(const char* field, CivilDate& value) {
    std::uint32_t read = 0;
    number(field, read);
    value = CivilDate(static_cast<std::int32_t>(read));
    if (!in_range(value)) refuse(field);
  }
  void optional_date(const char* field, std::optional<CivilDate>& value) {
    std::uint8_t present = 0;
    number(field, present);
    if (present > 1) return refuse(field);
    value.reset();
    if (present == 1) date(field, value.emplace());
  }
  template <typename Value, typename Each>
  void optional(const char* field, std::optional<Value>& value, Each each) {
    std::uint8_t present = 0;
    number(field, present);
    if (present > 1) return refuse(field);
    if (present == 1) each(*this, value.emplace());
  }
  void event_index(const char* field, EventIndex& value) {
    std::uint64_t read = 0;
    number(field, read);
    if (read >> 63 != 0) return refuse(field);
    value = EventIndex(read);
  }
  void position(const char* field, Position& value) {
    EventIndex index;
    event_index(field, index);
    value = Position(index.value());
  }
  void token(const char* field, Token& value) {
    const ByteView read = take(field, Token::kSizeBytes);
    if (read.size() == Token::kSizeBytes) value = Token(read.first<Token::kSizeBytes>());
  }
  void digest(const char* field, std::array<std::uint8_t, 32>& value) {
    const ByteView read = take(field, value.size());
    std::copy(read.begin(), read.end(), value.begin());
  }
  void name(const char* field, std::string& value, std::size_t bytes_max = kEventNameBytesMax) {
    std::uint16_t size = 0;
    number(field, size);
    if (size > bytes_max) return refuse(field);
    value = as_text(take(field, size));
  }
  void text(const char* field, std::string& value) {
    std::uint32_t size = 0;
    number(field, size);
    if (size > kEventTextBytesMax) return refuse(field);
    value = as_text(take(field, size));
  }
  template <typename Item, typename Each>
  void list(const char* field, std::vector<Item>& items, std::size_t items_min, Each each,
            std::size_t items_max = kEventListItemsMax) {
    std::uint16_t count = 0;
    number(field, count);
    if (count > items_max || count < items_min) return refuse(field);
    for (std::uint16_t i = 0; i < count && bad_field_ == nullptr; ++i) each(*this, items.emplace_back());
  }

 private:
  ByteView take(const char* field, std::size_t size) {
    if (size > bytes_.size()) {
      refuse(field);
      return {};
    }
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  ByteView bytes_;
  const char* bad_field_ = nullptr;
};

template <typename Body, typename... Kinds>
constexpr bool kIsOneOf = (std::is_same_v<std::remove_const_t<Body>, Kinds> || ...);

// What a body holds only since format 2 of its kind; null for kinds that have but one.
template <typename Body>
auto* second_format(Body& body) {
  if constexpr (kIsOneOf<Body, FilterRun, NoticeGiven>) {
    return &body.details;
  } else if constexpr (kIsOneOf<Body, NoticeVoided>) {
    return &body.letter;
  } else if constexpr (kIsOneOf<Body, Objection>) {
    return &body.made_by;
  } else if constexpr (kIsOneOf<Body, ObjectionWithdrawn>) {
    return &body.proof;
  } else if constexpr (kIsOneOf<Body, DeathRetracted>) {
    return &body.date;
  } else if constexpr (kIsOneOf<Body, ConsentGiven, ConsentWithdrawn>) {
    return &body.reception;
  } else {
    return static_cast<std::optional<char>*>(nullptr);
  }
}

// Only since format 3. From there on what came with format 2 says itself whether it is there.
template <typename Body>
auto* third_format(Body& body) {
  if constexpr (kIsOneOf<Body, NoticeVoided>) {
    return &body.reason;
  } else if constexpr (kIsOneOf<Body, Objection, ObjectionWithdrawn>) {
    return &body.reception;
  } else {
    return static_cast<std::optional<char>*>(nullptr);
  }
}

std::uint8_t version_of(const EventBody& event) {
  const auto* run = std::get_if<FilterRun>(&event);
  if (run != nullptr && run->details && run->details->names_period()) return kThirdFormatVersion;
  return std::visit(
      [](const auto& body) {
        if (const auto* added = third_format(body); added != nullptr && added->has_value()) return kThirdFormatVersion;
        const auto* added = second_format(body);
        return added != nullptr && added->has_value() ? kSecondFormatVersion : kEventFormatVersion;
      },
      event);
}

// A reader finds the optional part there, and reads it.
void make_room_for_format(std::uint8_t version, EventBody& event) {
  if (version == kEventFormatVersion) return;
  std::visit(
      [version](auto& body) {
        auto* third = third_format(body);
        if (third != nullptr && version == kThirdFormatVersion) {
          third->emplace();
        } else if (auto* added = second_format(body)) {
          added->emplace();
        }
      },
      event);
  auto* run = std::get_if<FilterRun>(&event);
  if (version == kThirdFormatVersion && run != nullptr) run->details->record_from.emplace();
}

}  // namespace

Result<void> encode_event_onto(const Event& event, Bytes& out) {
  const std::size_t before = out.size();
  Writer writer(out);
  writer.number("version", version_of(event.body));
  writer.choice("kind", kind_of(event.body), EventKind::kPolicyPublished, kEventKindMax);
  writer.instant("registered_at", event.registered_at);
  writer.name("caller", event.caller);
  std::visit([&writer](const auto& body) { event_fields(writer, body); }, event.body);
  if (writer.bad_field() == nullptr && out.size() - before <= kEventBytesMax) return {};
  const bool too_large = writer.bad_field() == nullptr || writer.too_large();
  const std::string field = writer.bad_field() == nullptr ? "the whole event" : writer.bad_field();
  out.resize(before);
  if (too_large) return fail(ErrorKind::kTooLarge, "event_too_large", field + " is longer than the log keeps");
  return fail(ErrorKind::kUnprocessable, "event_invalid", field + " has a value that the log does not keep");
}

Result<Bytes> encode_event(const Event& event) {
  Bytes bytes;
  auto done = encode_event_onto(event, bytes);
  if (!done) return fail(done.error());
  return bytes;
}

Result<Event> decode_event(ByteView bytes) {
  const auto malformed = [](const char* field) {
    return fail(ErrorKind::kCorrupt, "event_malformed", std::string("stored event: bad ") + field);
  };
  if (bytes.size() > kEventBytesMax) return malformed("size");
  Reader reader(bytes);
  std::uint8_t version = 0;
  reader.number("version", version);
  if (version < kEventFormatVersion || version > kThirdFormatVersion) return malformed("version");
  auto kind = EventKind::kPolicyPublished;
  reader.choice("kind", kind, EventKind::kPolicyPublished, kEventKindMax);
  Event event;
  reader.instant("registered_at", event.registered_at);
  reader.name("caller", event.caller);
  std::optional<EventBody> empty = empty_body(kind);
  if (!empty) return malformed("kind");
  event.body = *std::move(empty);
  make_room_for_format(version, event.body);
  if (version_of(event.body) != version) return malformed("version");
  std::visit([&reader](auto& body) { event_fields(reader, body); }, event.body);
  if (reader.bad_field() == nullptr && version_of(event.body) != version) return malformed("record_from");
  if (reader.bad_field() != nullptr) return malformed(reader.bad_field());
  if (reader.left() != 0) return malformed("length");
  return event;
}

}  // namespace ishi
