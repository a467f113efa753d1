// Character sets of identifiers: UTF-8 or CP932 (Microsoft's Shift_JIS, as billing software writes it). A file is
// UTF-8 only if all of it is; otherwise CP932. Only identifier fields are ever decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ishi::client {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of UTF-8, as some programs put it at the start

enum class Charset : unsigned char { kUtf8, kCp932 };

// Is the text, fed in blocks, UTF-8 (RFC 3629: no overlong forms, no surrogates) to its end? One thread.
class Utf8Check {
 public:
  void feed(std::string_view block);
  bool valid() const { return valid_ && pending_ == 0; }

 private:
  bool valid_ = true;
  int pending_ = 0;                         // continuation bytes still to come
  unsigned char low_ = 0x80, high_ = 0xBF;  // bounds of the next one
};

// UTF-8 of a field; nothing if it is not valid text in that charset or carries control characters.
std::optional<std::string> decode_field(std::string_view bytes, Charset charset);
// CP932 of UTF-8 text (column names); nothing if it cannot be said in CP932.
std::optional<std::string> to_cp932(std::string_view utf8);

}  // namespace ishi::client
