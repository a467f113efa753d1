// Small texts: three checks of UTF-8 agree, and dates, instants, hex, base64 and Redis addresses survive the way back.
#include "api/client/text/charset.h"
#include "cache/redis/redis_settings.h"
#include "cache/redis/redis_slots.h"
#include "registry/bytes.h"
#include "registry/era.h"
#include "registry/notes/note_text.h"
#include "registry/text.h"
#include "registry/time.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

void check_utf8(std::string_view input) {
  const bool valid = utf8_valid(input);
  client::Utf8Check in_pieces;
  for (std::size_t i = 0; i < input.size(); i += 3) in_pieces.feed(input.substr(i, 3));
  FUZZ_MUST(in_pieces.valid() == valid);
  bool controls = false;
  for (const char c : input) controls |= static_cast<unsigned char>(c) < 0x20 && c != '\n';
  FUZZ_MUST(is_note_text(input) == (valid && !controls));
  if (const auto text = client::decode_field(input, client::Charset::kUtf8)) FUZZ_MUST(valid);
  if (const auto text = client::decode_field(input, client::Charset::kCp932)) FUZZ_MUST(utf8_valid(*text));
  if (const auto bytes = client::to_cp932(input); bytes && valid) FUZZ_MUST(bytes->size() <= input.size());
}

void check_dates(std::string_view input) {
  if (const auto date = parse_date(input)) FUZZ_MUST(to_iso(*date) == input);
  if (const auto instant = parse_timestamp(input)) FUZZ_MUST(parse_timestamp(to_iso(*instant)) == *instant);
  if (const auto date = parse_era_date(input)) FUZZ_MUST(parse_era_date(to_era_date(*date)) == *date);
}

void check_bytes(std::string_view input) {
  if (const auto bytes = from_hex(input))
    FUZZ_MUST(from_hex(to_hex(*bytes)) == bytes && bytes->size() * 2 == input.size());
  if (const auto bytes = from_base64(input)) FUZZ_MUST(to_base64(*bytes) == input);
  FUZZ_MUST(as_text(*from_base64(to_base64(as_bytes(input)))) == input);
}

void check_redis(std::string_view input) {
  FUZZ_MUST(cache::redis_slot(input) < cache::kRedisSlots);
  const auto addresses = cache::parse_redis_addresses(input);
  if (!addresses) return;
  for (const cache::RedisAddress& address : *addresses)
    FUZZ_MUST(!address.host.empty() && address.port >= 0 && address.port <= 65'535);
}

const Registration kTarget("texts", [](std::string_view input) {
  check_utf8(input);
  check_dates(input);
  check_bytes(input);
  check_redis(input);
});

}  // namespace
}  // namespace ishi::fuzz
