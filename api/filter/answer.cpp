#include "api/filter/answer.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace ishi::api {
namespace {

// A line without its end, and the end.
std::pair<std::string_view, std::string_view> split_line_end(std::string_view line) {
  const std::size_t end = line.ends_with("\r\n") ? 2 : line.ends_with('\n') ? 1 : 0;
  return {line.substr(0, line.size() - end), end == 0 ? std::string_view("\n") : line.substr(line.size() - end)};
}

std::string csv_with_codes(const PeopleList& list, std::span<const ReasonCode> reasons) {
  std::string out;
  out.reserve(list.body.size() + reasons.size() * 24);
  const auto [names, names_end] = split_line_end(list.header);
  out.append(names).append(",code").append(names_end);
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const auto [row, end] = split_line_end(list.body.substr(list.places[i].offset, list.places[i].length));
    if (reasons[i] == ReasonCode::kInvalidId)
      out.append(list.column_count - 1, ',');
    else
      out.append(row);
    out.append(",").append(name_of(reasons[i])).append(end);
  }
  return out;
}

}  // namespace

std::string allowed_body(const PeopleList& list, std::span<const ReasonCode> reasons) {
  const bool tokens = list.form == BodyForm::kTokens;
  const auto begin_of = [&](std::size_t row) {
    return tokens ? row * Token::kSizeBytes : std::size_t{list.places[row].offset};
  };
  const auto end_of = [&](std::size_t row) {
    return tokens ? (row + 1) * Token::kSizeBytes : std::size_t{list.places[row].offset} + list.places[row].length;
  };
  std::string out;
  out.reserve(list.body.size());
  out.append(list.header);
  for (std::size_t row = 0; row < reasons.size(); ++row) {
    if (!may_use(reasons[row])) continue;
    const std::size_t begin = begin_of(row);
    std::size_t end = end_of(row);  // neighbours that stay go out in one piece
    for (; row + 1 < reasons.size() && may_use(reasons[row + 1]) && begin_of(row + 1) == end; ++row)
      end = end_of(row + 1);
    out.append(list.body.substr(begin, end - begin));
  }
  return out;
}

std::string reasons_body(const PeopleList& list, std::span<const ReasonCode> reasons) {
  std::string out;
  if (list.form == BodyForm::kTokens) {
    static_assert(sizeof(ReasonCode) == 1);
    out.assign(reinterpret_cast<const char*>(reasons.data()), reasons.size());
    return out;
  }
  if (list.form == BodyForm::kCsv) return csv_with_codes(list, reasons);
  const bool json = list.form == BodyForm::kNdjson;
  out.reserve(reasons.size() * (json ? 40 : 24));
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (json) out += "{\"line\":";
    out += std::to_string(list.places[i].line);
    out += json ? ",\"code\":\"" : ",";
    out += name_of(reasons[i]);
    out += json ? "\"}\n" : "\n";
  }
  return out;
}

std::string bitmap_body(std::span<const ReasonCode> reasons) {
  std::string out((reasons.size() + 7) / 8, '\0');
  for (std::size_t byte = 0; byte < out.size(); ++byte) {
    const auto eight = reasons.subspan(byte * 8, std::min<std::size_t>(8, reasons.size() - byte * 8));
    unsigned bits = 0;
    for (std::size_t k = 0; k < eight.size(); ++k) bits |= static_cast<unsigned>(may_use(eight[k])) << k;
    out[byte] = static_cast<char>(bits);
  }
  return out;
}

std::string counts_body(const Evaluation& evaluation) {
  const std::size_t rows = evaluation.reasons.size();
  const ReasonCounts& counts = evaluation.counts;
  nlohmann::ordered_json json;
  json["lines"] = rows;
  if (evaluation.digests_only) {
    // A count of one row would be its answer.
  } else if (evaluation.tells_reasons) {
    auto& shown = json["counts"];
    for (std::size_t i = 0; i < counts.size(); ++i) shown[std::string(name_of(static_cast<ReasonCode>(i)))] = counts[i];
  } else {
    auto& shown = json["counts"];
    const auto of = [&](ReasonCode code) { return counts[static_cast<std::size_t>(code)]; };
    const std::uint64_t named = of(ReasonCode::kAllow) + of(ReasonCode::kOverride) + of(ReasonCode::kInvalidId);
    shown["ALLOW"] = of(ReasonCode::kAllow);
    shown["WITHHELD"] = rows - named;
    shown["INVALID_ID"] = of(ReasonCode::kInvalidId);
    shown["OVERRIDE"] = of(ReasonCode::kOverride);
  }
  json["position"] = evaluation.view.position.events();
  json["evaluated_at"] = to_iso(evaluation.view.evaluated_at);
  json["valid_until"] = to_iso(evaluation.valid_until);
  json["decision_digest"] = to_hex(evaluation.decision_digest);
  if (!evaluation.batch_id.empty()) json["batch_id"] = evaluation.batch_id;
  return json.dump() + "\n";
}

void add_freshness_headers(const View& view, Response& response) {
  response.headers.emplace_back("Ishi-Position", std::to_string(view.position.events()));
  if (view.erased_since > 0) response.headers.emplace_back("Ishi-Erased-Since", std::to_string(view.erased_since));
  if (view.staleness.count() > 0)
    response.headers.emplace_back("Ishi-Staleness", std::to_string((view.staleness.count() + 999'999) / 1'000'000));
}

}  // namespace ishi::api
