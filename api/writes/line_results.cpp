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
  const bool follows = run_count_ > 0 && run_kind_ == 'A' && line == run_line_ + run_count_;
  if (follows && run_count_ == 1) run_step_ = offset - run_offset_;
  if (follows && offset == run_offset_ + run_count_ * run_step_) {
    ++run_count_;
    return;
  }
  flush();
  run_kind_ = 'A';
  run_line_ = line;
  run_count_ = 1;
  run_offset_ = offset;
  run_step_ = 0;
}

void LineResults::nothing_written(std::uint64_t line, LineCode why) {
  ++accepted_;
  grow('N', line, why, {});
}

void LineResults::stands_already(std::uint64_t line, std::uint64_t receipt, LineCode why) {
  ++accepted_;
  flush();
  text_ += "S ";
  put(text_, line);
  text_ += ' ';
  put(text_, receipt);
  (text_ += ' ') += name_of(why);
  text_ += '\n';
}

void LineResults::rejected(std::uint64_t line, const LineRefusal& refusal) {
  ++rejected_;
  grow('R', line, refusal.code, refusal.field);
}

void LineResults::grow(char kind, std::uint64_t line, LineCode code, std::string_view field) {
  if (run_count_ > 0 && run_kind_ == kind && line == run_line_ + run_count_ && run_code_ == code &&
      run_field_ == field) {
    ++run_count_;
    return;
  }
  flush();
  run_kind_ = kind;
  run_line_ = line;
  run_count_ = 1;
  run_code_ = code;
  run_field_ = field;
}

void LineResults::flush() {
  if (run_count_ == 0) return;
  text_ += run_kind_;
  text_ += ' ';
  put(text_, run_line_);
  text_ += ' ';
  put(text_, run_count_);
  text_ += ' ';
  if (run_kind_ == 'A') {
    put(text_, run_offset_);
    text_ += ' ';
    put(text_, run_step_);
  } else {
    text_ += name_of(run_code_);
    if (run_kind_ == 'R') (text_ += ' ') += run_field_.empty() ? std::string_view("-") : run_field_;
  }
  text_ += '\n';
  run_count_ = 0;
}

std::string LineResults::finish() {
  flush();
  return std::move(text_);
}

std::string bounded_results(const std::string& text, std::size_t bytes_max, std::uint64_t accepted,
                            std::uint64_t rejected) {
  if (text.size() <= bytes_max) return text;
  constexpr std::size_t kTotalsBytesMax = 50;
  std::string kept = text.substr(0, text.rfind('\n', bytes_max - kTotalsBytesMax) + 1);
  kept += "T ";
  put(kept, accepted);
  kept += ' ';
  put(kept, rejected);
  return kept += '\n';
}

LineResultReader::LineResultReader(std::string_view text) : good_(text.starts_with(kHead)) {
  if (good_) rest_ = text.substr(kHead.size());
}

Result<bool> LineResultReader::next(LineResult& result) {
  const auto corrupt =
      fail(ErrorKind::kCorrupt, "results_corrupt", "The stored answer of this request cannot be read.");
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
  if (kind == "T") {
    Totals totals;
    totals.accepted = run_.line;
    if (!good || !number(line, totals.rejected) || !rest_.empty()) return corrupt;
    left_out_ = totals;
    return false;
  }
  if (kind == "A" || kind == "N" || kind == "R") {
    good = good && number(line, run_left_) && run_left_ > 0;
    if (good) --run_left_;
  }
  if (kind == "A") {
    good = good && number(line, offset) && number(line, run_step_);
    run_.offset = offset;
  } else if (kind == "N") {
    run_.code = word(line);
  } else if (kind == "S") {
    good = good && number(line, offset);
    run_.receipt = offset;
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
