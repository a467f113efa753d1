// OutputFile: written beside its place, seen only when whole. Until publish() nothing exists under the final name; a
// run that fails leaves nothing behind. One thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi::client {

class OutputFile {
 public:
  // A hidden file in the same folder. Errors: kUnavailable (the folder is missing or not writable).
  static Result<std::unique_ptr<OutputFile>> create(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();  // removes what was not published
  Result<void> write(std::string_view bytes);
  Result<void> seal();     // everything is on the disk
  Result<void> publish();  // takes the name; REQUIRES: sealed

 private:
  OutputFile(std::string path, std::string temporary, int descriptor);
  Result<void> flush();
  std::string path_, temporary_, buffer_;
  int descriptor_;
  bool sealed_ = false, published_ = false;
};

// A file as the command line names it; an empty path stands for none.
struct NamedFile {
  std::string option, path;  // "--out"
};

// Before anything is sent: can each output be made, and is it another file than the inputs and the other outputs?
// Leaves nothing behind. Errors: kInvalidArgument "output_is_input", "outputs_equal", "output_not_a_file"; kUnavailable
// "output_unwritable".
Result<void> check_outputs(std::span<const NamedFile> inputs, std::span<const NamedFile> outputs);

}  // namespace ishi::client
