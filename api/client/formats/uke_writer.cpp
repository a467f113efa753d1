#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "api/client/formats/uke_format.h"
#include "api/client/formats/uke_record.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

constexpr std::size_t kTotalsReportedMax = 1000;
constexpr std::size_t kTotalsCount = 1;
constexpr std::size_t kTotalsPoints = 2;

std::optional<std::uint64_t> number_of(std::string_view text) {
  text = trimmed(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The line with its nth value replaced.
std::string with_value(std::string_view line, std::size_t index, std::uint64_t value) {
  const std::string_view old = record_value(line, index);
  const auto from = static_cast<std::size_t>(old.data() - line.data());
  std::string result(line.substr(0, from));
  result += std::to_string(value);
  result += line.substr(from + old.size());
  return result;
}

class UkeWriter final : public PieceWriter {
 public:
  explicit UkeWriter(PieceSink sink) : sink_(std::move(sink)) {}

  Result<void> write(const Piece& piece, bool keep) override {
    switch (piece.kind) {
      case PieceKind::kHeader: return header(piece);
      case PieceKind::kItem: return claim(piece, keep);
      case PieceKind::kTotals: return totals_line(piece);
      case PieceKind::kGlue: return glue(piece);
    }
    return {};
  }

  Result<void> finish() override { return end_unit(); }
  const std::vector<TotalsLine>& totals() const override { return totals_; }

 private:
  struct Header {
    std::array<char, 2> record;
    std::string bytes;
    bool has_claims = false;  // in the input
  };
  struct Sums {
    std::uint64_t records = 0, points = 0;
  };

  Result<void> header(const Piece& piece) {
    const auto same = std::find_if(pending_.begin(), pending_.end(),
                                   [&](const Header& header) { return header.record == piece.record; });
    if (same != pending_.end()) {
      if (!same->has_claims) {
        if (const auto flushed = flush(); !flushed) return flushed;
      } else {
        pending_.erase(same);
      }
    }
    pending_.push_back(Header{piece.record, std::string(piece.bytes), false});
    return {};
  }

  Result<void> claim(const Piece& piece, bool keep) {
    if (!claims_seen_ && !anything_kept_) {
      first_headers_.clear();
      for (const Header& header : pending_) first_headers_ += header.bytes;
    }
    claims_seen_ = true;
    for (Header& header : pending_) header.has_claims = true;
    all_.records += piece.claim_records;
    all_.points += piece.claim_points;
    if (!keep) {
      claims_withheld_ = true;
      return {};
    }
    kept_.records += piece.claim_records;
    kept_.points += piece.claim_points;
    anything_kept_ = true;
    if (const auto flushed = flush(); !flushed) return flushed;
    return sink_(piece.bytes);
  }

  Result<void> flush() {
    for (const Header& header : pending_) {
      if (const auto written = sink_(header.bytes); !written) return written;
    }
    pending_.clear();
    return {};
  }

  // The headers that must still come out: those of the first claim if no claim was kept, and those without claims.
  Result<void> end_unit() {
    if (claims_seen_ && !anything_kept_) {
      if (const auto written = sink_(first_headers_); !written) return written;
    }
    std::erase_if(pending_, [](const Header& header) { return header.has_claims; });
    if (const auto flushed = flush(); !flushed) return flushed;
    claims_seen_ = false;
    anything_kept_ = false;
    first_headers_.clear();
    return {};
  }

  Result<void> totals_line(const Piece& piece) {
    if (const auto ended = end_unit(); !ended) return ended;
    const std::string_view count_text = record_value(piece.bytes, kTotalsCount);
    const std::string_view points_text = record_value(piece.bytes, kTotalsPoints);
    const auto count = number_of(count_text), points = number_of(points_text);
    std::string line(piece.bytes);
    if (claims_withheld_) {
      if (points) line = with_value(line, kTotalsPoints, kept_.points);
      if (count) line = with_value(line, kTotalsCount, kept_.records);
    }
    if (totals_.size() < kTotalsReportedMax) {
      TotalsLine report;
      report.line = piece.line;
      report.before = std::string(count_text) + "," + std::string(points_text);
      report.after =
          std::string(record_value(line, kTotalsCount)) + "," + std::string(record_value(line, kTotalsPoints));
      report.matched = (!count || *count == all_.records) && (!points || *points == all_.points);
      report.written_anew = claims_withheld_;
      totals_.push_back(std::move(report));
    }
    all_ = kept_ = Sums();
    claims_withheld_ = false;
    return sink_(line);
  }

  Result<void> glue(const Piece& piece) {
    if (!pending_.empty() && !pending_.back().has_claims) {
      pending_.back().bytes += piece.bytes;  // a blank line among headers moves with them
      return pending_.back().bytes.size() > kLineBytesMax ? flush() : Result<void>();
    }
    return sink_(piece.bytes);
  }

  PieceSink sink_;
  std::vector<Header> pending_;  // seen, not written; at most one of each record name
  std::string first_headers_;    // of the unit's first claim
  bool claims_seen_ = false, anything_kept_ = false, claims_withheld_ = false;
  Sums all_, kept_;
  std::vector<TotalsLine> totals_;
};

}  // namespace

std::unique_ptr<PieceWriter> make_uke_writer(PieceSink sink) {
  return std::make_unique<UkeWriter>(std::move(sink));
}

}  // namespace ishi::client
