#include "api/http/request_reader.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "registry/assert.h"
#include "registry/text.h"

namespace ishi::api {
namespace {

constexpr std::size_t kFirstGrowth = 64 * 1024;
constexpr std::size_t kChunkLineBytesMax = 256;
constexpr std::size_t kTrailerBytesMax = 4'096;
constexpr std::string_view kBlankLine = "\r\n\r\n";

// RFC 9110 5.6.2
bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         std::string_view("!#$%&'*+.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (same(trimmed(value.substr(0, comma)), word)) return true;
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
  }
  return false;
}

Method method_of(std::string_view name) {
  if (name == "GET") return Method::kGet;
  if (name == "POST") return Method::kPost;
  if (name == "PUT") return Method::kPut;
  if (name == "DELETE") return Method::kDelete;
  if (name == "HEAD") return Method::kHead;
  if (name == "OPTIONS") return Method::kOptions;
  return Method::kOther;
}

std::optional<std::size_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

std::optional<std::size_t> parse_chunk_size(std::string_view text) {
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) {
    const char low = lower(c);
    if (low >= '0' && low <= '9')
      value = value * 16 + static_cast<std::size_t>(low - '0');
    else if (low >= 'a' && low <= 'f')
      value = value * 16 + static_cast<std::size_t>(low - 'a' + 10);
    else
      return std::nullopt;
  }
  return value;
}

// RFC 9112 2.3: "HTTP/", a digit, a dot, a digit.
bool is_version(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.starts_with("HTTP/") && digit(text[5]) && text[6] == '.' && digit(text[7]);
}

// What stands before us and we might each believe another one of the two.
bool repeats_what_is_read_once(const std::vector<std::pair<std::string, std::string>>& headers) {
  const auto read_once = [](std::string_view name) {
    return same(name.substr(0, 5), "Ishi-") || same(name, "Authorization") || same(name, "Content-Type") ||
           same(name, "Idempotency-Key");
  };
  for (auto at = headers.begin(); at != headers.end(); ++at) {
    if (!read_once(at->first)) continue;
    if (std::any_of(headers.begin(), at, [&](const auto& before) { return same(before.first, at->first); }))
      return true;
  }
  return false;
}

}  // namespace

void BodyBuffer::Free::operator()(char* memory) const {
  std::free(memory);
}

std::span<char> BodyBuffer::space(std::size_t wanted) {
  if (size_ == capacity_) {
    // Doubling, but no further than what is still to come: realloc moves pages of large blocks, not bytes.
    const std::size_t grown = capacity_ + std::min(wanted, std::max(kFirstGrowth, capacity_));
    char* moved = static_cast<char*>(std::realloc(data_.get(), grown));
    if (!moved) return {};
    static_cast<void>(data_.release());
    data_.reset(moved);
    capacity_ = grown;
  }
  return {data_.get() + size_, std::min(wanted, capacity_ - size_)};
}

bool BodyBuffer::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = space(bytes.size());
    if (room.empty()) return false;
    std::memcpy(room.data(), bytes.data(), room.size());
    filled(room.size());
    bytes.remove_prefix(room.size());
  }
  return true;
}

RequestReader::RequestReader(ReaderLimits limits, BodyLimit body_limit)
    : limits_(limits), body_limit_(std::move(body_limit)) {}

void RequestReader::reset() {
  state_ = State::kHead;
  head_.clear();
  target_.clear();
  request_ = Request();
  body_.reset();
  body_left_ = body_bytes_max_ = trailer_bytes_ = 0;
  chunk_ = ChunkState::kSize;
  chunk_line_.clear();
  chunked_ = expects_continue_ = http_1_0_ = false;
  keep_alive_ = true;
}

void RequestReader::refuse(int status, std::string_view code, std::string_view detail) {
  state_ = State::kRefused;
  refusal_ = {status, code, detail};
  keep_alive_ = false;
}

std::size_t RequestReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const std::string_view rest = bytes.substr(taken);
    taken += state_ == State::kHead ? feed_head(rest) : chunked_ ? feed_chunked(rest) : feed_body(rest);
  }
  return taken;
}

std::size_t RequestReader::feed_head(std::string_view bytes) {
  if (head_.empty()) {
    if (bytes.front() == '\r' || bytes.front() == '\n') return 1;  // RFC 9112 2.2: blank lines before a request
    if (!is_token_character(bytes.front())) {
      refuse(400, "bad_request", "This is not HTTP.");
      return 1;
    }
  }
  const std::size_t before = head_.size();
  head_.append(bytes.substr(0, limits_.head_bytes_max + 1 - before));
  const std::size_t end = head_.find(kBlankLine, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (head_.size() > limits_.head_bytes_max)
      refuse(431, "headers_too_large", "The request line and headers are too long.");
    return head_.size() - before;
  }
  const std::size_t taken = end + kBlankLine.size() - before;
  head_.resize(end + 2);  // every line keeps its CRLF
  parse_head();
  return taken;
}

void RequestReader::parse_head() {
  std::string_view rest = head_;
  bool first = true;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (!(first ? parse_request_line(line) : parse_header(line))) return;
    first = false;
  }
  understand_headers(http_1_0_);
}

bool RequestReader::parse_request_line(std::string_view line) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) {
    refuse(400, "bad_request", "The request line is malformed.");
    return false;
  }
  const std::string_view version = line.substr(last + 1);
  std::string_view target = line.substr(first + 1, last - first - 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = is_version(version);
    refuse(other ? 505 : 400, other ? "version_not_supported" : "bad_request", "Use HTTP/1.1.");
    return false;
  }
  http_1_0_ = version == "HTTP/1.0";
  if (target.size() > limits_.target_bytes_max) {
    refuse(414, "target_too_long", "The request target is too long.");
    return false;
  }
  if (target.empty() || !std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    refuse(400, "bad_request", "The request target is malformed: percent-encode what is not ASCII.");
    return false;
  }
  if (target.starts_with("http://") || target.starts_with("https://")) {  // absolute form, RFC 9112 3.2.2
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  target_ = target.substr(0, target.find('#'));
  request_.method = method_of(line.substr(0, first));
  return true;
}

bool RequestReader::parse_header(std::string_view line) {
  const auto colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name)) {
    refuse(400, "bad_request", "A header line is malformed.");
    return false;
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_character)) {
    refuse(400, "bad_request", "A header value holds a control character.");
    return false;
  }
  if (request_.headers.size() >= limits_.headers_max) {
    refuse(431, "headers_too_large", "Too many headers.");
    return false;
  }
  request_.headers.emplace_back(name, value);
  return true;
}

void RequestReader::understand_headers(bool http_1_0) {
  int hosts = 0, lengths = 0, encodings = 0;
  std::optional<std::size_t> length;
  bool close = false, stay = false;
  for (const auto& [name, value] : request_.headers) {
    if (same(name, "Host"))
      ++hosts;
    else if (same(name, "Content-Length"))
      ++lengths, length = parse_decimal(value);
    else if (same(name, "Transfer-Encoding"))
      ++encodings, chunked_ = same(value, "chunked");
    else if (same(name, "Connection"))
      close |= lists(value, "close"), stay |= lists(value, "keep-alive");
    else if (same(name, "Expect"))
      expects_continue_ = same(value, "100-continue");
  }
  keep_alive_ = !close && (!http_1_0 || stay);
  if (hosts > 1 || (hosts == 0 && !http_1_0)) return refuse(400, "bad_request", "Exactly one Host header is needed.");
  if (lengths > 1 || (lengths == 1 && !length))
    return refuse(400, "bad_request", "Content-Length must be one decimal number.");
  if (repeats_what_is_read_once(request_.headers))
    return refuse(400, "repeated_header", "A header that has one value was sent twice.");
  if (encodings > 0 && (lengths > 0 || http_1_0))
    return refuse(400, "bad_request", "Transfer-Encoding does not go with Content-Length or HTTP/1.0.");
  if (encodings > 1 || (encodings == 1 && !chunked_))
    return refuse(501, "transfer_encoding_not_supported", "Only chunked is spoken here.");

  expects_continue_ = expects_continue_ && (chunked_ || length.value_or(0) > 0);
  if (!chunked_ && length.value_or(0) == 0) return finish();
  body_bytes_max_ = body_limit_(request_.method, target_);
  if (chunked_) {
    state_ = State::kBody;
    return;
  }
  if (*length > body_bytes_max_) return finish_too_large();
  body_left_ = *length;
  state_ = State::kBody;
}

bool RequestReader::take_expects_continue() {
  return state_ == State::kBody && std::exchange(expects_continue_, false);
}

std::span<char> RequestReader::body_space() {
  return state_ == State::kBody && !chunked_ ? body_.space(body_left_) : std::span<char>();
}

void RequestReader::body_filled(std::size_t bytes) {
  ISHI_ASSERT(bytes <= body_left_);
  body_.filled(bytes);
  body_left_ -= bytes;
  if (body_left_ == 0) finish();
}

std::size_t RequestReader::feed_body(std::string_view bytes) {
  const std::string_view mine = bytes.substr(0, body_left_);
  if (!body_.append(mine)) {
    refuse(503, "overloaded", "");
    return mine.size();
  }
  body_left_ -= mine.size();
  if (body_left_ == 0) finish();
  return mine.size();
}

// RFC 9112 7.1. Extensions and trailers are read over.
std::size_t RequestReader::feed_chunked(std::string_view bytes) {
  if (chunk_ == ChunkState::kData) {
    const std::string_view mine = bytes.substr(0, body_left_);
    if (!body_.append(mine)) refuse(503, "overloaded", "");
    body_left_ -= mine.size();
    if (body_left_ == 0) chunk_ = ChunkState::kDataEnd;
    return mine.size();
  }
  const auto end = bytes.find('\n');
  const std::string_view mine = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
  chunk_line_.append(mine.substr(0, kChunkLineBytesMax + 1));
  if (chunk_ == ChunkState::kTrailer) trailer_bytes_ += mine.size();
  if (chunk_line_.size() > kChunkLineBytesMax || trailer_bytes_ > kTrailerBytesMax)
    refuse(400, "bad_request", "A chunk is malformed.");
  else if (end != std::string_view::npos)
    end_chunk_line();
  return mine.size();
}

void RequestReader::end_chunk_line() {
  if (!chunk_line_.ends_with("\r\n")) return refuse(400, "bad_request", "A chunk is malformed.");
  const std::string_view line = std::string_view(chunk_line_).substr(0, chunk_line_.size() - 2);
  if (chunk_ == ChunkState::kTrailer) {
    if (line.empty()) return finish();
  } else if (chunk_ == ChunkState::kDataEnd) {
    if (!line.empty()) return refuse(400, "bad_request", "A chunk is malformed.");
    chunk_ = ChunkState::kSize;
  } else {
    const auto size = parse_chunk_size(trimmed(line.substr(0, line.find(';'))));
    if (!size) return refuse(400, "bad_request", "A chunk is malformed.");
    if (*size > body_bytes_max_ - body_.size()) return finish_too_large();
    body_left_ = *size;
    chunk_ = *size == 0 ? ChunkState::kTrailer : ChunkState::kData;
  }
  chunk_line_.clear();
}

void RequestReader::finish() {
  request_.body = body_.view();
  state_ = State::kDone;
}

void RequestReader::finish_too_large() {
  body_.reset();
  request_.body = {};
  request_.body_too_large = true;
  keep_alive_ = false;
  state_ = State::kDone;
}

}  // namespace ishi::api
