// Where a format reads from: a file in blocks, or memory in tests. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi::client {

class BytesSource {
 public:
  virtual ~BytesSource() = default;
  // Fills from the front and says how much; 0 = the end. Errors: kUnavailable (the medium failed).
  virtual Result<std::size_t> read(std::span<char> out) = 0;
};

// Told of every block read, in order: digests, progress, encodings.
using BlockObserver = std::function<void(std::string_view block)>;

// Errors: kNotFound (cannot be opened), kInvalidArgument (a directory, a pipe: it must be readable more than once).
Result<std::unique_ptr<BytesSource>> open_file(const std::string& path, BlockObserver observer = {});
// `text` must outlive the source.
std::unique_ptr<BytesSource> open_memory(std::string_view text, BlockObserver observer = {});

Result<std::uint64_t> file_size(const std::string& path);

// The whole file, at most `bytes_max`. Errors: kNotFound, kTooLarge.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace ishi::client
