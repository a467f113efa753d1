// 32 hex digits -> a token, for millions of lines. Where the processor has AVX2, all digits at once; elsewhere by
// table. Both give the same result for every text. Pure; any thread.
#pragma once

#include "registry/identifiers/token.h"

namespace ishi::api {

constexpr std::size_t kHexTokenBytes = 2 * Token::kSizeBytes;

// REQUIRES: kHexTokenBytes readable bytes at `text`. False: not all of them are hex digits; `out` is then undefined.
using HexTokenParser = bool (*)(const char* text, Token& out);
bool parse_hex_token(const char* text, Token& out);

bool parse_hex_token_by_table(const char* text, Token& out);
HexTokenParser vector_hex_token_parser();  // null where there is none

}  // namespace ishi::api
