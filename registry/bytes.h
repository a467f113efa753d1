// Hex and base64 (RFC 4648), strict both ways: no blanks, no stray bits, no partial result. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ishi {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);

std::string to_hex(ByteView bytes);                    // lower case
std::optional<Bytes> from_hex(std::string_view text);  // either case
// Decodes exactly out.size() bytes. False (out untouched or partly written) on anything else.
bool from_hex_into(std::string_view text, std::span<std::uint8_t> out);

std::string to_base64(ByteView bytes);  // standard alphabet, padded
std::optional<Bytes> from_base64(std::string_view text);

// Time does not depend on where the first difference is. False for different lengths.
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace ishi
