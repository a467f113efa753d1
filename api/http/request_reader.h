// RequestReader: bytes -> one HTTP/1.1 request (RFC 9110, 9112), as they trickle in. Strict where leniency has led
// to request smuggling: lines end in CRLF, one Content-Length of digits only, never together with
// Transfer-Encoding, one Host, no folded headers. Written because the stock parser answers `Content-Length: -5`
// with a 500, drops pipelined requests and copies a body byte by byte. Pure; owned by one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/messages/message.h"

namespace ishi::api {

struct ReaderLimits {
  std::size_t head_bytes_max = 16'384;   // request line and headers: 431
  std::size_t target_bytes_max = 8'192;  // 414
  std::size_t headers_max = 100;         // 431
};

// Grows as bytes arrive, never by what a client merely claims; without zero-filling.
class BodyBuffer {
 public:
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_.get(), size_}; }
  // Free space of at least one byte and at most `wanted`. Empty when memory is out.
  std::span<char> space(std::size_t wanted);
  void filled(std::size_t bytes) { size_ += bytes; }
  bool append(std::string_view bytes);
  void reset() { *this = BodyBuffer(); }

 private:
  struct Free {
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, Free> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

class RequestReader {
 public:
  enum class State : std::uint8_t {
    kHead,     // waiting for the blank line
    kBody,     // waiting for the rest of the body
    kDone,     // request() is whole (or body_too_large: the body was not read and the connection must close)
    kRefused,  // refusal() says why; the connection must close
  };
  struct Refusal {
    int status = 400;
    std::string_view code;    // of the problem document
    std::string_view detail;  // fixed words
  };
  // How large may the body be that follows this request line?
  using BodyLimit = std::function<std::size_t(Method, std::string_view target)>;

  RequestReader(ReaderLimits limits, BodyLimit body_limit);

  // Takes bytes up to the end of this request and says how many; what is left belongs to the next one.
  std::size_t feed(std::string_view bytes);
  State state() const { return state_; }
  bool untouched() const { return state_ == State::kHead && head_.empty(); }
  const Refusal& refusal() const { return refusal_; }

  // While in kBody of known length: receive straight into the body. Empty otherwise.
  std::span<char> body_space();
  void body_filled(std::size_t bytes);
  std::size_t memory_bytes() const { return head_.capacity() + body_.capacity(); }

  // True once after a head that said `Expect: 100-continue` and has body still to come.
  bool take_expects_continue();

  // REQUIRES: kDone. The request's body views this reader's buffer until reset().
  Request& request() { return request_; }
  const std::string& target() const { return target_; }
  bool keep_alive() const { return keep_alive_; }
  void reset();

 private:
  enum class ChunkState : std::uint8_t { kSize, kData, kDataEnd, kTrailer };

  void refuse(int status, std::string_view code, std::string_view detail);
  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  std::size_t feed_chunked(std::string_view bytes);
  void end_chunk_line();
  void parse_head();
  bool parse_request_line(std::string_view line);
  bool parse_header(std::string_view line);
  void understand_headers(bool http_1_0);
  void finish();
  void finish_too_large();

  ReaderLimits limits_;
  BodyLimit body_limit_;
  State state_ = State::kHead;
  Refusal refusal_;
  std::string head_;
  std::string target_;
  Request request_;
  BodyBuffer body_;
  std::size_t body_left_ = 0;  // of the body, or of the current chunk
  std::size_t body_bytes_max_ = 0;
  ChunkState chunk_ = ChunkState::kSize;
  std::string chunk_line_;
  std::size_t trailer_bytes_ = 0;
  bool chunked_ = false, keep_alive_ = true, expects_continue_ = false, http_1_0_ = false;
};

}  // namespace ishi::api
