#include "api/client/runs/filter_report.h"

#include <fmt/core.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "api/client/runs/evidence_file.h"

namespace ishi::client {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson question_json(const AskedQuestion& question) {
  OrderedJson json = OrderedJson::object();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  add("regime", question.regime);
  add("holder", question.holder);
  add("recipient", question.recipient);
  add("purpose", question.purpose);
  add("categories", question.categories);
  add("record_from", question.record_from);
  add("record_to", question.record_to);
  add("point", question.point);
  add("as_of", question.as_of);
  add("known_at", question.known_at);
  add("override", question.override_code);
  add("ground", question.ground);
  add("permit_id", question.permit_id);
  return json;
}

OrderedJson position_json(const std::string& position) {
  char* end = nullptr;
  const unsigned long long number = std::strtoull(position.c_str(), &end, 10);
  return !position.empty() && *end == '\0' ? OrderedJson(number) : OrderedJson(position);
}

void add_evidence(OrderedJson& json, const FilterReport& report) {
  if (!report.batch_id.empty()) json["batch_id"] = report.batch_id;
  if (report.evidence.parts.empty()) return;
  json["position"] = position_json(report.evidence.position);
  json["evaluated_at"] = report.evidence.evaluated_at;
  json["valid_until"] = report.evidence.valid_until;
}

OrderedJson parts_json(const BatchEvidence& evidence) {
  OrderedJson parts = OrderedJson::array();
  for (const BatchPart& part : evidence.parts) {
    parts.push_back({{"part", part.number},
                     {"questions", part.questions},
                     {"body_sha256", part.body_sha256},
                     {"answer_sha256", part.answer_sha256},
                     {"decision_digest", part.decision_digest}});
    if (!part.position.empty()) parts.back()["position"] = position_json(part.position);
    if (!part.evaluated_at.empty()) parts.back()["evaluated_at"] = part.evaluated_at;
    if (part.receipt) parts.back()["receipt"] = part.receipt->value();
    if (!part.proof.empty()) parts.back()["proof"] = part.proof;
  }
  return parts;
}

OrderedJson counts_json(const FilterReport& report) {
  OrderedJson counts = OrderedJson::object();
  for (std::size_t code = 0; code < report.reasons.size(); ++code) {
    if (report.reasons[code] == 0) continue;
    counts[std::string(name_of(static_cast<ReasonCode>(code)))] = report.reasons[code];
  }
  if (report.not_allowed > 0) counts["NOT_ALLOWED"] = report.not_allowed;
  return counts;
}

struct Words {
  const char *done, *dry, *items, *kept, *withheld, *unread, *line, *more, *position, *valid, *totals, *unmatched,
      *no_reasons, *nothing_asked, *no_receipt, *batch, *categories;
};
constexpr Words kEnglish = {"Filtered",
                            "Dry run, nothing written and nothing in the log:",
                            "items",
                            "kept",
                            "withheld",
                            "could not be read (withheld)",
                            "line",
                            "more; see the report",
                            "Position",
                            "may be relied on until",
                            "GO",
                            "the input's GO did not match its claims",
                            "reasons are not open to this caller",
                            "nobody to ask about",
                            "NO RECEIPT (fetch it later with ishi receipt):",
                            "batch",
                            "asked about (the kind of data in files of this form)"};
constexpr Words kJapanese = {"絞り込みました:",
                             "試し実行（何も書かず、台帳にも残していません）:",
                             "件",
                             "残した",
                             "除いた",
                             "読めなかった（除きました）",
                             "行",
                             "件は報告書をご覧ください",
                             "位置 (Position)",
                             "この結果の有効期限",
                             "GO",
                             "入力の GO は明細と一致していませんでした",
                             "理由はこの利用者には示されません",
                             "問い合わせる対象がありませんでした",
                             "受領証を取得できませんでした（後で ishi receipt で取得してください）：",
                             "照会番号 (batch)",
                             "について照会しました（この形式のファイルに入る情報の種類）"};
constexpr std::size_t kUnreadShown = 10;

}  // namespace

std::string report_json(const FilterOptions& options, const FilterReport& report) {
  OrderedJson json;
  json["file"] = options.in;
  json["output"] = options.out;
  json["format"] = name_of(report.format);
  json["input"] = {{"bytes", report.input_bytes}, {"sha256", report.input_sha256}};
  if (!options.dry_run) json["result"] = {{"bytes", report.output_bytes}, {"sha256", report.output_sha256}};
  json["dry_run"] = options.dry_run;
  add_evidence(json, report);
  json["question"] = question_json(report.question);
  json["items"] = report.items;
  json["kept"] = report.kept;
  json["withheld"] = report.withheld;
  json["asked"] = report.questions;
  json["reasons_given"] = report.evidence.reasons_given;
  json["reasons"] = counts_json(report);
  OrderedJson unread = OrderedJson::array();
  for (const UnreadItem& item : report.unread_items) unread.push_back({{"line", item.line}, {"reason", item.reason}});
  json["unread"] = {{"total", report.unread}, {"first", unread}};
  if (report.evidence.reasons_given) {
    OrderedJson refused = OrderedJson::array();
    for (const WithheldItem& item : report.withheld_items)
      refused.push_back({{"line", item.line}, {"code", name_of(item.code)}});
    json["refused"] = {{"total", report.refusals}, {"first", refused}};
  }
  OrderedJson totals = OrderedJson::array();
  for (const TotalsLine& line : report.totals) {
    totals.push_back({{"line", line.line},
                      {"before", line.before},
                      {"after", line.after},
                      {"matched", line.matched},
                      {"written_anew", line.written_anew}});
  }
  if (report.format == FileFormat::kUke) json["go"] = totals;
  json["parts"] = parts_json(report.evidence);
  return json.dump(2) + "\n";
}

std::string receipt_json(const FilterReport& report) {
  OrderedJson json;
  json["kind"] = "ishi-filter-evidence/1";
  const bool verifiable = has_all_receipts(report.evidence);
  json["offline_verifiable"] = verifiable;
  if (!verifiable)
    json["not_verifiable_because"] =
        report.evidence.parts.empty() ? "nobody was asked about" : report.evidence.no_proof_because;
  add_evidence(json, report);
  json["question"] = question_json(report.question);
  json["input_sha256"] = report.input_sha256;
  json["output_sha256"] = report.output_sha256;
  json["items"] = report.items;
  json["kept"] = report.kept;
  json["reasons_given"] = report.evidence.reasons_given;
  json["counts"] = counts_json(report);
  json["parts"] = parts_json(report.evidence);
  return json.dump(2) + "\n";
}

std::string summary_text(const FilterOptions& options, const FilterReport& report, bool japanese) {
  const Words& words = japanese ? kJapanese : kEnglish;
  std::string text =
      options.dry_run ? fmt::format("{} {} ({})\n", words.dry, options.in, name_of(report.format))
                      : fmt::format("{} {} → {} ({})\n", words.done, options.in, options.out, name_of(report.format));
  text += fmt::format("  {:>12} {}\n", report.items, words.items);
  if (!options.dry_run)
    text += fmt::format("  {:>12} {}\n  {:>12} {}\n", report.kept, words.kept, report.withheld, words.withheld);
  if (report.categories_by_form) text += fmt::format("  {:>12} {}\n", report.question.categories, words.categories);
  for (std::size_t code = 0; code < report.reasons.size(); ++code) {
    if (report.reasons[code] == 0) continue;
    text += fmt::format("    {:>10} {}\n", report.reasons[code], name_of(static_cast<ReasonCode>(code)));
  }
  if (!report.evidence.reasons_given) text += fmt::format("    {:>10} {}\n", report.not_allowed, words.no_reasons);
  if (report.unread > 0) text += fmt::format("  {:>12} {}\n", report.unread, words.unread);
  for (std::size_t i = 0; i < report.unread_items.size() && i < kUnreadShown; ++i) {
    const UnreadItem& item = report.unread_items[i];
    text += japanese ? fmt::format("    {} {}: {}\n", item.line, words.line, item.reason)
                     : fmt::format("    {} {}: {}\n", words.line, item.line, item.reason);
  }
  if (report.unread > kUnreadShown) text += fmt::format("    … {} {}\n", report.unread - kUnreadShown, words.more);
  for (const TotalsLine& line : report.totals) {
    if (line.written_anew) text += fmt::format("  {} {} → {}\n", words.totals, line.before, line.after);
    if (!line.matched) text += fmt::format("  {}\n", words.unmatched);
  }
  if (report.evidence.parts.empty()) return text + fmt::format("  {}\n", words.nothing_asked);
  if (!report.evidence.no_proof_because.empty())
    text += fmt::format("  {} {}\n", words.no_receipt, report.evidence.no_proof_because);
  if (!options.dry_run) text += fmt::format("  {} {}\n", words.batch, report.batch_id);
  return text + fmt::format("  {} {}, {} {}\n", words.position, report.evidence.position, words.valid,
                            report.evidence.valid_until);
}

bool japanese_wanted() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string_view(value).starts_with("ja");
  }
  return false;
}

}  // namespace ishi::client
