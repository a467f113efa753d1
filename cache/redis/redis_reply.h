// What Redis says and is told, as plain values: so that one file alone knows hiredis.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ishi::cache {

struct RedisReply {
  enum class Kind : std::uint8_t { kNil, kInteger, kText, kError, kList };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text;  // of kText (bulk and status lines alike) and kError
  std::vector<RedisReply> items;

  bool is(const char* status) const { return kind == Kind::kText && text == status; }
  bool is_error(std::string_view code) const { return kind == Kind::kError && text.starts_with(code); }
};

using RedisCommand = std::vector<std::string>;

}  // namespace ishi::cache
