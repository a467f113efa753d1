// The compact bytes of a PersonStatus, for tiers that keep whole persons outside this process (README.md beside this
// file gives the format; tests/golden/status guards it). One status has exactly one encoding and every accepted
// encoding is that of one status. Nearly everybody has one token and a notice or two: 40 to 60 bytes.
//
// The first six bytes are fixed for ever: version, then as_of as 40 bits, high byte first, so that a store can tell
// the newer of two without reading the rest. The token it is kept under is not repeated in it. Pure; any thread.
#pragma once

#include "registry/bytes.h"
#include "registry/result.h"
#include "registry/status/person_status.h"

namespace ishi {

constexpr std::uint8_t kStatusFormatVersion = 1;
constexpr std::size_t kStatusBytesMax = 256 * 1024;
constexpr std::size_t kStatusTextBytesMax = 1'024;  // one code or name

// `own`: the token this copy is kept under. Errors: kTooLarge (a text or the whole beyond the limits above, or as_of
// beyond 40 bits), kInvalidArgument (`own` is not among status.tokens).
Result<Bytes> encode_status(const PersonStatus& status, const Token& own);
// Errors: kCorrupt on anything that encode_status can't have written for `own`, kUnsupported for another version.
Result<PersonStatus> decode_status(ByteView bytes, const Token& own);

}  // namespace ishi
