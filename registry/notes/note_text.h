// The small grammar that notes, checkpoints, proof and policy files share: lines, numbers, names. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ishi {

// UTF-8 (RFC 3629) without control characters below U+0020 other than newline.
bool is_note_text(std::string_view text);
// Not empty, no Unicode space, no plus sign, no control character.
bool is_key_name(std::string_view name);

// Takes the first line off `rest`, without its newline. Nothing when no newline is left.
std::optional<std::string_view> take_line(std::string_view& rest);
// ASCII digits without leading zeros, below 2^63.
std::optional<std::uint64_t> parse_decimal(std::string_view digits);

}  // namespace ishi
