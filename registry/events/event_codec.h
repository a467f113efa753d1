// The canonical bytes of an event: what is hashed, stored and never changed (README.md beside this file gives the
// format byte by byte; tests/golden/events guards it). One event has exactly one encoding and every accepted
// encoding is that of one event. Pure; any thread.
#pragma once

#include "registry/bytes.h"
#include "registry/events/event.h"
#include "registry/result.h"

namespace ishi {

constexpr std::uint8_t kEventFormatVersion = 1;   // of every event but
constexpr std::uint8_t kSecondFormatVersion = 2;  // one that says what only format 2 of its kind can say
constexpr std::uint8_t kThirdFormatVersion = 3;   // or only format 3 of it
constexpr std::size_t kEventBytesMax = 8 * 1024 * 1024;
constexpr std::size_t kEventNameBytesMax = 1'024;            // codes, ids, names, grounds
constexpr std::size_t kEventTextBytesMax = 4 * 1024 * 1024;  // one policy document
constexpr std::size_t kEventListItemsMax = 4'096;

// Errors: kTooLarge (a string, a list or the whole is longer than the limits above), kUnprocessable (an empty list
// where one event must be named, a date outside the years 1..9999). Either names the field.
Result<Bytes> encode_event(const Event& event);
// The same, behind what `out` already holds. After an error `out` is as it was.
Result<void> encode_event_onto(const Event& event, Bytes& out);
// Errors: kCorrupt on anything that encode_event can't have written; every byte must be consumed.
Result<Event> decode_event(ByteView bytes);

}  // namespace ishi
