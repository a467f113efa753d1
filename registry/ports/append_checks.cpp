#include "registry/ports/append_checks.h"

#include <algorithm>

#include "registry/events/event_codec.h"

namespace ishi {
namespace {

constexpr std::size_t kKeyBytesMax = 200;
constexpr std::size_t kDeliveryKindBytesMax = 32;

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

// The instant of what an event tells of: never after the log took it.
std::optional<Timestamp> happened_at(const EventBody& body) {
  return std::visit(
      [](const auto& event) -> std::optional<Timestamp> {
        if constexpr (requires { event.accepted_at; }) return event.accepted_at;
        if constexpr (requires { event.issued_at; }) return event.issued_at;
        if constexpr (requires { event.erased_at; }) return event.erased_at;
        if constexpr (requires { event.answered_at; }) return event.answered_at;
        if constexpr (requires { event.received_at; }) return event.received_at;
        if constexpr (requires { event.closed_at; }) return event.closed_at;
        return std::nullopt;
      },
      body);
}

}  // namespace

Result<void> check_idempotency_key(const IdempotencyKey& key) {
  if (key.key.empty() || key.key.size() > kKeyBytesMax || !is_visible_ascii(key.key)) {
    return fail(ErrorKind::kInvalidArgument, "bad_idempotency_key",
                "an idempotency key is 1 to 200 visible ASCII characters");
  }
  if (key.caller.size() > kEventNameBytesMax || key.caller.find('\0') != std::string::npos) {
    return fail(ErrorKind::kInvalidArgument, "bad_caller", "the caller's name is too long or malformed");
  }
  return {};
}

Result<void> check_delivery(std::string_view source, std::string_view kind) {
  const bool kind_good = !kind.empty() && kind.size() <= kDeliveryKindBytesMax &&
                         std::all_of(kind.begin(), kind.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (kind_good && !source.empty() && source.size() <= kKeyBytesMax && is_visible_ascii(source)) return {};
  return fail(ErrorKind::kInvalidArgument, "bad_source", "a source's name is 1 to 200 visible ASCII characters");
}

Result<void> check_append_request(const AppendRequest& request) {
  if (request.bodies.size() > kAppendEventsMax) {
    return fail(ErrorKind::kTooLarge, "too_many_events", "send at most 200000 events at a time");
  }
  if (request.answer.size() > kAppendAnswerBytesMax) {
    return fail(ErrorKind::kTooLarge, "answer_too_large", "the answer to be kept with the key is above 1 MiB");
  }
  if (request.key) {
    auto good = check_idempotency_key(*request.key);
    if (!good) return good;
  }
  if (request.delivery) {
    auto good = check_delivery(request.delivery->source, request.delivery->kind);
    if (!good) return good;
  }
  if (!request.sequence) return {};
  const SourceSequence& sequence = *request.sequence;
  if (sequence.source.empty() || sequence.source.size() > kKeyBytesMax || !is_visible_ascii(sequence.source)) {
    return fail(ErrorKind::kInvalidArgument, "bad_source", "a source's name is 1 to 200 visible ASCII characters");
  }
  if (sequence.sequence == 0 || sequence.sequence >> 63 != 0) {
    return fail(ErrorKind::kInvalidArgument, "bad_sequence", "a source numbers its batches from 1");
  }
  return {};
}

Result<std::optional<std::uint64_t>> take_sequence(IntakeSource& books, std::uint64_t sequence) {
  const auto too_many = [] {
    return fail(ErrorKind::kUnprocessable, "too_many_gaps", "send the missing batches of this source first");
  };
  if (sequence > books.highest_sequence) {
    const std::uint64_t expected = books.highest_sequence + 1;
    if (sequence > expected) {
      if (books.gaps.size() >= kSourceGapsMax) return too_many();
      books.gaps.push_back({expected, sequence - 1});
    }
    books.highest_sequence = sequence;
    return sequence > expected ? std::optional(expected) : std::nullopt;
  }
  const auto gap = std::find_if(books.gaps.begin(), books.gaps.end(),
                                [sequence](const auto& g) { return g.first <= sequence && sequence <= g.second; });
  if (gap == books.gaps.end()) {
    return fail(ErrorKind::kConflict, "sequence_seen", "this batch of the source was taken in before");
  }
  const auto [first, last] = *gap;
  if (first < sequence && sequence < last && books.gaps.size() >= kSourceGapsMax) return too_many();
  auto place = books.gaps.erase(gap);
  if (sequence < last) place = books.gaps.insert(place, {sequence + 1, last});
  if (first < sequence) books.gaps.insert(place, {first, sequence - 1});
  return first < sequence ? std::optional(first) : std::nullopt;
}

Result<Timestamp> earliest_registration(const std::vector<EventBody>& bodies, Timestamp now) {
  Timestamp earliest = now;
  for (const EventBody& body : bodies) earliest = std::max(earliest, happened_at(body).value_or(now));
  if (earliest > now.plus_seconds(kAcceptedLeadSecondsMax)) {
    return fail(ErrorKind::kUnprocessable, "accepted_in_future",
                "the instant of an event lies in the future; check the clocks");
  }
  return earliest;
}

}  // namespace ishi
