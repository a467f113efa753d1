// LineResults: what became of each line of a request, in a compact text that is kept with the idempotency key and
// holds no personal data: receipts of what was written are offsets from the first event of the append. The reply
// is always made from this text, so the first answer and a repeated one agree. What is kept is bounded: of a very
// long answer the last lines are left out, and the repeated reply says so.
//
//   ishi-results 1
//   A line count offset step   lines line..line+count-1 accepted; receipts offset, offset+step, …
//   N line count code          accepted, nothing written: why
//   S line receipt code        accepted, nothing written: why, and the number of the fact that says it already
//   F line offset code[,code]  accepted, with remarks
//   R line count code field|-  lines line..line+count-1 rejected
//   T accepted rejected        the last: further lines were left out; these are the totals
//
// Lines come in order. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/writes/rows/messages.h"
#include "registry/result.h"

namespace ishi::api {

class LineResults {
 public:
  void accepted(std::uint64_t line, std::uint64_t offset, std::span<const LineCode> remarks);
  void nothing_written(std::uint64_t line, LineCode why);
  void stands_already(std::uint64_t line, std::uint64_t receipt, LineCode why);
  void rejected(std::uint64_t line, const LineRefusal& refusal);

  std::uint64_t accepted_count() const { return accepted_; }
  std::uint64_t rejected_count() const { return rejected_; }
  std::string finish();  // ends the object

 private:
  void flush();

  std::string text_ = "ishi-results 1\n";
  std::uint64_t accepted_ = 0, rejected_ = 0;
  // The run of lines that share one fate and is still growing.
  void grow(char kind, std::uint64_t line, LineCode code, std::string_view field);
  char run_kind_ = 'A';
  std::uint64_t run_line_ = 0, run_count_ = 0, run_offset_ = 0, run_step_ = 0;
  LineCode run_code_ = LineCode::kNoEffect;
  std::string_view run_field_;
};

// `text` within `bytes_max`, ending on T when something had to be left out. REQUIRES: bytes_max >= 100.
std::string bounded_results(const std::string& text, std::size_t bytes_max, std::uint64_t accepted,
                            std::uint64_t rejected);

// One line, read back.
struct LineResult {
  std::uint64_t line = 0;
  bool accepted = false;
  std::optional<std::uint64_t> offset;   // of its receipt
  std::optional<std::uint64_t> receipt;  // of the fact that says it already
  std::string_view code, field;          // empty where there is none
  std::string_view remarks;              // codes, separated by commas
};

class LineResultReader {
 public:
  explicit LineResultReader(std::string_view text);
  // False at the end. Errors: kCorrupt (this is no such text).
  Result<bool> next(LineResult& result);
  struct Totals {
    std::uint64_t accepted = 0, rejected = 0;
  };
  std::optional<Totals> left_out() const { return left_out_; }  // set at the end, if lines are missing

 private:
  std::string_view rest_;
  bool good_ = false;
  LineResult run_;
  std::optional<Totals> left_out_;
  std::uint64_t run_left_ = 0, run_step_ = 0;
};

}  // namespace ishi::api
