// Is it UTF-8 (RFC 3629)? No overlong forms, no surrogates, nothing above U+10FFFF. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ishi::api {

bool utf8_valid(std::string_view text);
// REQUIRES: a Unicode scalar value.
void append_utf8(std::string& out, std::uint32_t scalar);

}  // namespace ishi::api
