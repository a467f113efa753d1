#include "api/writes/line_results.h"

#include <algorithm>
#include <charconv>

namespace ishi::api {
namespace {

constexpr std::string_view kHead = "ishi-results 1\n";

void put(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

std::string_view word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view result = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return result;
}

bool number(std::string_view& line, std::uint64_t& out) {
  const std::string_view text = word(line);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

void LineResults::accepted(std::uint64_t line, std::uint64_t offset, std::span<const LineCode> remarks) {
  ++accepted_;
  if (!remarks.empty()) {
    flush();
    text_ += "F ";
    put(text_, line);
    text_ += ' ';
    put(text_, offset);
    for (std::size_t i = 0; i < remarks.size(); ++i) (text_ += i == 0 ? ' ' : ',') += name_of(remarks[i]);
    text_ += '\n';
    return;
  }
  const bool follows = run_count_ > 0 && !run_note_ && line == run_line_ + run_count_;
  if (follows && run_count_ == 1) run_step_ = offset - run_offset_;
  if (follows && offset == run_offset_ + run_count_ * run_step_) {
    ++run_count_;
    return;
  }
  flush();
  run_line_ = line;
  run_count_ = 1;
  run_offset_ = offset;
  run_step_ = 0;
}

void LineResults::nothing_written(std::uint64_t line, LineCode why) {
  ++accepted_;
  if (run_count_ > 0 && run_note_ == why && line == run_line_ + run_count_) {
    ++run_count_;
    return;
  }
  flush();
  run_line_ = line;
  run_count_ = 1;
  run_note_ = why;
}

void LineResults::rejected(std::uint64_t line, const Refusal& refusal) {
  ++rejected_;
  flush();
  text_ += "R ";
  put(text_, line);
  ((text_ += ' ') += name_of(refusal.code)) += ' ';
  (text_ += refusal.field.empty() ? "-" : refusal.field) += '\n';
}

void LineResults::flush() {
  if (run_count_ == 0) return;
  text_ += run_note_ ? "N " : "A ";
  put(text_, run_line_);
  text_ += ' ';
  put(text_, run_count_);
  text_ += ' ';
  if (run_note_) {
    text_ += name_of(*run_note_);
  } else {
    put(text_, run_offset_);
    text_ += ' ';
    put(text_, run_step_);
  }
  text_ += '\n';
  run_count_ = 0;
  run_note_.reset();
}

std::string LineResults::finish() {
  flush();
  return std::move(text_);
}

LineResultReader::LineResultReader(std::string_view text) : good_(text.starts_with(kHead)) {
  if (good_) rest_ = text.substr(kHead.size());
}

Result<bool> LineResultReader::next(LineResult& result) {
  const auto corrupt = fail(ErrorKind::kCorrupt, "results_corrupt", "The stored answer of this request cannot be read.");
  if (!good_) return corrupt;
  if (run_left_ > 0) {
    --run_left_;
    ++run_.line;
    if (run_.offset) *run_.offset += run_step_;
    result = run_;
    return true;
  }
  if (rest_.empty()) return false;
  const std::size_t end = rest_.find('\n');
  if (end == std::string_view::npos || end < 2) return corrupt;
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  const std::string_view kind = word(line);
  run_ = LineResult();
  run_.accepted = kind != "R";
  std::uint64_t offset = 0;
  bool good = number(line, run_.line);
  if (kind == "A" || kind == "N") {
    good = good && number(line, run_left_) && run_left_ > 0;
    if (good) --run_left_;
  }
  if (kind == "A") {
    good = good && number(line, offset) && number(line, run_step_);
    run_.offset = offset;
  } else if (kind == "N") {
    run_.code = word(line);
  } else if (kind == "F") {
    good = good && number(line, offset);
    run_.offset = offset;
    run_.remarks = word(line);
  } else if (kind == "R") {
    run_.code = word(line);
    run_.field = word(line);
    if (run_.field == "-") run_.field = {};
  } else {
    good = false;
  }
  if (!good) {
    good_ = false;
    return corrupt;
  }
  result = run_;
  return true;
}

}  // namespace ishi::api
