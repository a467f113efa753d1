#include "api/messages/problem.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "registry/text.h"

namespace ishi::api {
namespace {

struct Words {
  std::string_view code, title_en, title_ja, detail_ja;
};

// Codes that the HTTP layer and the shared checks speak. A room's own codes fall back to the words of their status.
constexpr Words kWords[] = {
    {"not_found", "No such page", "見つかりません", "この住所には何もありません。"},
    {"method_not_allowed", "Method not allowed", "この操作はできません", "Allow に挙げた方法だけが使えます。"},
    {"unauthenticated", "Say who you are", "認証が必要です", "Authorization: Bearer に有効な鍵を付けてください。"},
    {"forbidden", "Not permitted", "権限がありません", "この役割ではこの操作はできません。"},
    {"foreign_holder", "Not your institution", "他の機関の情報です", "自機関の情報だけを扱えます。"},
    {"foreign_recipient", "Not your organisation", "他の事業者の情報です", "自事業者としてだけ照会できます。"},
    {"unknown_parameter", "Unknown parameter", "知らないパラメータです", "known に挙げたものだけが使えます。"},
    {"repeated_header", "Header given twice", "ヘッダーが重複しています",
     "Authorization、Content-Type、Idempotency-Key、Ishi-… は一度だけ送ってください。"},
    {"repeated_parameter", "Parameter given twice", "パラメータが重複しています",
     "各パラメータは一度だけ書いてください。"},
    {"missing_parameter", "Parameter missing", "パラメータが足りません", "必要なパラメータを付けてください。"},
    {"invalid_parameter", "Parameter not understood", "パラメータの値が正しくありません",
     "値の書き方を確かめてください。"},
    {"bad_encoding", "Bad percent-encoding", "符号化が正しくありません", "UTF-8 をパーセント符号化してください。"},
    {"unsupported_media_type", "Unsupported media type", "対応していない形式です",
     "accepted に挙げた形式で送ってください。"},
    {"body_too_large", "Body too large", "本文が大きすぎます", "limit_bytes 以下に分けて送ってください。"},
    {"bad_request", "Malformed request", "要求の形が正しくありません", "HTTP の書式を確かめてください。"},
    {"headers_too_large", "Headers too large", "ヘッダーが大きすぎます", "ヘッダーを減らしてください。"},
    {"request_timeout", "Request timed out", "時間切れです",
     "時間内に要求が届きませんでした。もう一度送ってください。"},
    {"length_invalid", "Length invalid", "長さが正しくありません",
     "16 バイトの倍数ではありません。途中で切れた可能性があります。"},
    {"batch_id_reused", "Batch id reused", "同じ番号で別の内容です", "新しい Ishi-Batch-Id を付けてください。"},
    {"batch_expired", "Batch expired", "一括照会の期限が過ぎました",
     "この回答はもう使えません。新しい Ishi-Batch-Id で、全体をもう一度照会してください。"},
    {"batch_superseded", "Batch superseded", "回答が変わりました",
     "この回答の後に変わったことがあります。古い回答は使わず、新しい Ishi-Batch-Id で照会してください。"},
    {"past_for_auditors", "The past is for auditors", "過去の時点は監督者だけが照会できます",
     "as_of と known_at を省いて、現在の時点で照会してください。"},
    {"my_number_refused", "A My Number is refused", "個人番号は受け付けません",
     "個人番号（マイナンバー）は送らないでください。"},
    {"known_at_before_policy", "Before the first policy", "方針の公布前の時点です",
     "最初の方針が公布された後の時点を指定してください。"},
    {"in_the_future", "That lies in the future", "未来の時点です", "現在以前の時点を指定してください。"},
    {"no_policy", "No policy published yet", "方針がまだありません", "方針が公布されるまでお待ちください。"},
    {"not_fresh_yet", "Not fresh yet", "まだ最新ではありません", "少し待ってもう一度送ってください。"},
    {"overloaded", "Overloaded", "混み合っています", "少し待ってもう一度送ってください。"},
    {"log_refused", "The log is not the one that was signed", "記録が署名されたものと違います",
     "運用者が確かめるまで、お答えできません。"},
    {"log_unchecked", "The log is being checked", "記録を確かめています", "少し待ってもう一度送ってください。"},
    {"stopping", "Shutting down", "停止中です", "少し待ってもう一度送ってください。"},
    {"internal_error", "Internal error", "内部の誤り", "記録しました。運用者にお知らせください。"},
};

struct StatusWords {
  int status;
  std::string_view title_en, title_ja, detail_en, detail_ja;
};
constexpr StatusWords kStatusWords[] = {
    {400, "Bad request", "要求が正しくありません", "Mend the request.", "要求を直して送ってください。"},
    {401, "Say who you are", "認証が必要です", "Credentials are missing or not valid.", "有効な鍵を付けてください。"},
    {403, "Not permitted", "権限がありません", "This principal may not.", "この役割ではできません。"},
    {404, "Not found", "見つかりません", "Nothing is here.", "見つかりません。"},
    {405, "Method not allowed", "この操作はできません", "Use a method from Allow.", "Allow の方法を使ってください。"},
    {408, "Request timed out", "時間切れです", "The request did not arrive in time.", "時間内に届きませんでした。"},
    {409, "Conflict", "食い違いがあります", "The same key was used for other content.",
     "同じ鍵で別の内容が送られました。"},
    {413, "Too large", "大きすぎます", "Send less at a time.", "分けて送ってください。"},
    {414, "Target too long", "宛先が長すぎます", "Shorten the request target.", "宛先を短くしてください。"},
    {415, "Unsupported media type", "対応していない形式です", "Use another media type.", "別の形式で送ってください。"},
    {422, "Against a rule", "規則に反します", "Understood, but against a rule.", "内容は分かりますが規則に反します。"},
    {429, "Too many requests", "回数が多すぎます", "Come back later.", "時間をおいてください。"},
    {431, "Headers too large", "ヘッダーが大きすぎます", "Send fewer or shorter headers.",
     "ヘッダーを減らしてください。"},
    {500, "Internal error", "内部の誤り", "This was recorded. Tell the operator if it stays.",
     "記録しました。運用者にお知らせください。"},
    {501, "Not implemented", "対応していません", "This form of HTTP is not spoken here.",
     "この形の HTTP には対応していません。"},
    {503, "Not available", "ただいま使えません", "Try again shortly, with the same key if you gave one.",
     "少し待って、同じ鍵でもう一度送ってください。"},
    {505, "HTTP version not supported", "対応していない版です", "Use HTTP/1.1.", "HTTP/1.1 を使ってください。"},
};

const Words* words_of(std::string_view code) {
  for (const Words& words : kWords)
    if (words.code == code) return &words;
  return nullptr;
}

const StatusWords& words_of(int status) {
  for (const StatusWords& words : kStatusWords)
    if (words.status == status) return words;
  return status >= 500 ? words_of(500) : words_of(400);
}

// Quality in thousandths; 1000 when it is missing or cannot be read.
int quality_of(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  const std::string number(parameters.substr(at + 2, 5));
  const double value = std::strtod(number.c_str(), nullptr);
  return static_cast<int>(std::clamp(value, 0.0, 1.0) * 1000);
}

bool is_language(std::string_view range, std::string_view primary) {
  return range == primary ||
         (range.starts_with(primary) && range.size() > primary.size() && range[primary.size()] == '-');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

Language preferred_language(std::string_view accept_language) {
  int english = 0, japanese = 0;
  bool japanese_first = false;
  while (!accept_language.empty()) {
    const auto comma = accept_language.find(',');
    const std::string_view item = trimmed(accept_language.substr(0, comma));
    accept_language = comma == std::string_view::npos ? std::string_view() : accept_language.substr(comma + 1);
    const auto semicolon = item.find(';');
    const std::string range = lower(trimmed(item.substr(0, semicolon)));
    const int quality = semicolon == std::string_view::npos ? 1000 : quality_of(item.substr(semicolon + 1));
    if (is_language(range, "ja") && quality > japanese) {
      if (english == 0) japanese_first = true;
      japanese = quality;
    }
    if (is_language(range, "en") && quality > english) english = quality;
  }
  if (japanese == 0) return Language::kEnglish;
  return japanese > english || (japanese == english && japanese_first) ? Language::kJapanese : Language::kEnglish;
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument: return 400;
    case ErrorKind::kUnauthenticated: return 401;
    case ErrorKind::kForbidden: return 403;
    case ErrorKind::kNotFound: return 404;
    case ErrorKind::kConflict: return 409;
    case ErrorKind::kTooLarge: return 413;
    case ErrorKind::kUnsupported: return 415;
    case ErrorKind::kUnprocessable: return 422;
    case ErrorKind::kTooMany: return 429;
    case ErrorKind::kNotFreshYet: return 503;
    case ErrorKind::kUnavailable: return 503;
    case ErrorKind::kOutcomeUnknown: return 503;
    case ErrorKind::kCorrupt: return 500;
  }
  return 500;
}

Response to_response(const Problem& problem, Language language) {
  const Words* words = words_of(problem.code);
  const StatusWords& fallback = words_of(problem.status);
  const bool japanese = language == Language::kJapanese;
  nlohmann::ordered_json document;
  document["type"] = "about:blank";
  document["title"] =
      japanese ? (words ? words->title_ja : fallback.title_ja) : (words ? words->title_en : fallback.title_en);
  document["status"] = problem.status;
  document["code"] = problem.code;
  // What a 5xx says is fixed: its detail may tell of hosts, statements or files.
  if (problem.status >= 500) {
    document["detail"] = japanese ? (words ? words->detail_ja : fallback.detail_ja) : fallback.detail_en;
  } else if (japanese) {
    document["detail"] = words ? words->detail_ja : fallback.detail_ja;
    if (!problem.detail.empty()) document["detail_en"] = problem.detail;
  } else {
    document["detail"] = problem.detail.empty() ? std::string(fallback.detail_en) : problem.detail;
  }
  for (const auto& [name, value] : problem.members)
    std::visit([&, &key = name](const auto& held) { document[key] = held; }, value);

  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.headers = problem.headers;
  response.headers.emplace_back("Content-Language", japanese ? "ja" : "en");
  if (problem.status == 503 || problem.status == 429)
    response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
  if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"ishi\"");
  // A detail may quote what the caller sent, which need not be UTF-8.
  response.body = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  response.body += '\n';
  return response;
}

Response problem_response(const Error& error, const Request& request) {
  return problem_response(Problem{status_of(error.kind), error.code, error.detail, {}, {}}, request);
}

Response problem_response(const Problem& problem, const Request& request) {
  return to_response(problem, preferred_language(request.header("Accept-Language")));
}

std::vector<std::string_view> known_problem_codes() {
  std::vector<std::string_view> codes;
  for (const Words& words : kWords) codes.push_back(words.code);
  return codes;
}

}  // namespace ishi::api
