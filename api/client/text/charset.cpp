#include "api/client/text/charset.h"

#include <iconv.h>

#include <algorithm>

namespace ishi::client {
namespace {

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (usable()) iconv_close(handle_);
  }
  std::optional<std::string> convert(std::string_view text) {
    if (!usable()) return std::nullopt;
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    std::string out(text.size() * 3 + 4, '\0');
    std::string in(text);
    char* from = in.data();
    char* to = out.data();
    std::size_t from_left = in.size(), to_left = out.size();
    if (iconv(handle_, &from, &from_left, &to, &to_left) != 0 || from_left != 0) return std::nullopt;
    out.resize(out.size() - to_left);
    return out;
  }

 private:
  bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  iconv_t handle_;
};

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

void Utf8Check::feed(std::string_view block) {
  if (!valid_) return;
  for (const char c : block) {
    const auto byte = static_cast<unsigned char>(c);
    if (pending_ > 0) {
      if (byte < low_ || byte > high_) {
        valid_ = false;
        return;
      }
      low_ = 0x80;
      high_ = 0xBF;
      --pending_;
    } else if (byte >= 0x80) {
      if (byte < 0xC2 || byte > 0xF4) {
        valid_ = false;
        return;
      }
      pending_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
      high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    }
  }
}

std::optional<std::string> decode_field(std::string_view bytes, Charset charset) {
  if (has_control_character(bytes)) return std::nullopt;
  if (is_ascii(bytes)) return std::string(bytes);
  if (charset == Charset::kUtf8) {
    Utf8Check check;
    check.feed(bytes);
    if (!check.valid()) return std::nullopt;
    return std::string(bytes);
  }
  thread_local Converter converter("UTF-8", "CP932");
  return converter.convert(bytes);
}

std::optional<std::string> to_cp932(std::string_view utf8) {
  thread_local Converter converter("CP932", "UTF-8");
  return converter.convert(utf8);
}

}  // namespace ishi::client
