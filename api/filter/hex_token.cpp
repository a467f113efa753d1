#include "api/filter/hex_token.h"

#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ishi::api {
namespace {

constexpr std::array<std::int8_t, 256> make_hex_table() {
  std::array<std::int8_t, 256> table{};
  for (auto& value : table) value = -1;
  for (std::uint8_t i = 0; i < 10; ++i) table[std::size_t{'0'} + i] = static_cast<std::int8_t>(i);
  for (std::uint8_t i = 0; i < 6; ++i) {
    table[std::size_t{'a'} + i] = static_cast<std::int8_t>(10 + i);
    table[std::size_t{'A'} + i] = static_cast<std::int8_t>(10 + i);
  }
  return table;
}
constexpr auto kHex = make_hex_table();

#if defined(__x86_64__)
__attribute__((target("avx2"))) bool parse_by_vector(const char* text, Token& out) {
  const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
  const __m256i digit = _mm256_sub_epi8(all, _mm256_set1_epi8('0'));
  const __m256i letter = _mm256_sub_epi8(_mm256_or_si256(all, _mm256_set1_epi8(0x20)), _mm256_set1_epi8('a'));
  // Unsigned "at most": what the minimum leaves as it is.
  const __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(digit, _mm256_set1_epi8(9)), digit);
  const __m256i is_letter = _mm256_cmpeq_epi8(_mm256_min_epu8(letter, _mm256_set1_epi8(5)), letter);
  if (_mm256_movemask_epi8(_mm256_or_si256(is_digit, is_letter)) != -1) return false;
  const __m256i nibbles = _mm256_blendv_epi8(_mm256_add_epi8(letter, _mm256_set1_epi8(10)), digit, is_digit);
  const __m256i pairs = _mm256_maddubs_epi16(nibbles, _mm256_set1_epi16(0x0110));  // first of a pair * 16 + second
  const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(pairs, pairs), 0x08);
  std::array<std::uint8_t, Token::kSizeBytes> bytes;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes.data()), _mm256_castsi256_si128(packed));
  out = Token(bytes);
  return true;
}
#endif

HexTokenParser best_parser() {
  const HexTokenParser vector = vector_hex_token_parser();
  return vector ? vector : parse_hex_token_by_table;
}

}  // namespace

// Checked once at the end: a bad digit sets the sign of the whole.
bool parse_hex_token_by_table(const char* text, Token& out) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes;
  int seen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = kHex[static_cast<unsigned char>(text[2 * i])],
              low = kHex[static_cast<unsigned char>(text[2 * i + 1])];
    seen |= high | low;
    bytes[i] = static_cast<std::uint8_t>((high << 4) | (low & 15));
  }
  if (seen < 0) return false;
  out = Token(bytes);
  return true;
}

HexTokenParser vector_hex_token_parser() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return parse_by_vector;
#endif
  return nullptr;
}

bool parse_hex_token(const char* text, Token& out) {
  static const HexTokenParser parser = best_parser();
  return parser(text, out);
}

}  // namespace ishi::api
