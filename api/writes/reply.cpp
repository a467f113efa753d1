#include "api/writes/reply.h"

#include <map>

#include "api/writes/line_results.h"
#include "api/writes/rows/identity.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::size_t kKnownListedMax = 20;

void put_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char character : text) {
    if (character == '"' || character == '\\') out += '\\';
    if (static_cast<unsigned char>(character) >= 0x20) out += character;
  }
  out += '"';
}

class Listing {
 public:
  template <typename Codes>
  void add_keys(const Codes& codes) {
    for (const auto& [code, value] : codes) add(code);
  }
  template <typename Codes>
  void add_all(const Codes& codes) {
    for (const auto& code : codes) add(code);
  }
  void add(std::string_view code) {
    if (count_++ == kKnownListedMax) text_ += ", …";
    if (count_ > kKnownListedMax) return;
    (text_ += text_.empty() ? " " : ", ") += code;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// What would have been right, where the message ends on a colon. From the book and the contract, never from the line.
std::string known_for(LineCode code, std::string_view field, const WriteKind& kind, const PolicyBook& book) {
  Listing listing;
  switch (code) {
    case LineCode::kUnknownRegime: listing.add_keys(book.regimes); break;
    case LineCode::kUnknownHolder: listing.add_keys(book.institutions); break;
    case LineCode::kUnknownRecipient: listing.add_keys(book.operators); break;
    case LineCode::kUnknownCategory: listing.add_all(book.categories); break;
    case LineCode::kUnknownPurpose: listing.add_all(book.purposes); break;
    case LineCode::kRelationUnknown: listing.add_all(book.relations); break;
    case LineCode::kUnknownField: {
      const IdentityFields& who = kPersonFields;
      for (const std::string_view name : {who.token, who.id, who.insurer, who.symbol, who.number, who.branch}) {
        listing.add(name);
      }
      listing.add_all(kind.fields);
      break;
    }
    case LineCode::kValueUnknown:
      if (field == "requester") return " " + requester_names();
      if (field == "channel") return " " + channel_names();
      if (field == "method") return " " + notice_method_names();
      if (field == "past_data") return " " + past_data_names();
      if (field == "source") return " " + link_source_names();
      if (field == "evidence") return " " + proof_seen_names();
      if (field == "notice_evidence") return " " + notice_evidence_names();
      if (field == "void_reason") return " " + void_reason_names();
      if (field == "assurance") return " " + assurance_names();
      if (field == "form") return " " + receipt_form_names();
      break;
    default: break;
  }
  return listing.take();
}

// Words per (code, field), made once per reply: a bad file says the same of every line.
class Details {
 public:
  Details(const WriteKind& kind, const PolicyBook& book, Language language)
      : kind_(kind), book_(book), language_(language) {}
  const std::string& of(std::string_view code, std::string_view field) {
    std::string& text = texts_[std::string(code) + '/' + std::string(field)];
    if (text.empty()) {
      const LineCode known = line_code_of(code);
      put_text(text, std::string(words_for(known, language_)) + known_for(known, field, kind_, book_));
    }
    return text;
  }

 private:
  const WriteKind& kind_;
  const PolicyBook& book_;
  Language language_;
  std::map<std::string, std::string> texts_;
};

void put_line(std::string& out, const LineResult& result, EventIndex first, Details& details) {
  out += "{\"line\":";
  out += std::to_string(result.line);
  out += result.accepted ? ",\"status\":\"accepted\"" : ",\"status\":\"rejected\"";
  if (result.offset) {
    out += ",\"receipt\":";
    out += std::to_string(first.value() + *result.offset);
  } else if (result.receipt) {
    out += ",\"receipt\":" + std::to_string(*result.receipt);
  }
  if (!result.code.empty()) {
    out += ",\"code\":";
    put_text(out, result.code);
    if (!result.field.empty()) {
      out += ",\"field\":";
      put_text(out, result.field);
    }
    (out += ",\"detail\":") += details.of(result.code, result.field);
  }
  if (!result.remarks.empty()) {
    out += ",\"flags\":[";
    std::string_view rest = result.remarks;
    for (bool first_remark = true; !rest.empty(); first_remark = false) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      if (!first_remark) out += ',';
      put_text(out, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out += ']';
  }
  out += '}';
}

// The receipts of a request as its header says them: "41827", or "41827-41890" for the first and the last of several.
class ReceiptRange {
 public:
  void add(std::uint64_t receipt) {
    first_ = count_ == 0 ? receipt : std::min(first_, receipt);
    last_ = std::max(last_, receipt);
    ++count_;
  }
  std::string text() const {
    if (count_ == 0) return {};
    return first_ == last_ ? std::to_string(first_) : std::to_string(first_) + "-" + std::to_string(last_);
  }

 private:
  std::uint64_t first_ = 0, last_ = 0, count_ = 0;
};

Result<void> put_results(std::string& out, const ReplyFacts& facts, std::string_view results, bool rejected_only,
                         Details& details, ReceiptRange& receipts) {
  out += "\"position\":" + std::to_string(facts.position.events());
  out += ",\"registered_at\":" + (facts.registered_at ? '"' + to_iso(*facts.registered_at) + '"' : std::string("null"));
  out += ",\"accepted\":" + std::to_string(facts.accepted) + ",\"rejected\":" + std::to_string(facts.rejected);
  out += facts.repeated ? ",\"repeated\":true" : ",\"repeated\":false";
  if (facts.gap_from) out += ",\"gap_from\":" + std::to_string(*facts.gap_from);
  out += ",\"results\":[";
  LineResultReader reader(results);
  LineResult line;
  for (bool first_line = true;;) {
    const Result<bool> more = reader.next(line);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (line.offset) receipts.add(facts.first.value() + *line.offset);
    if (line.receipt) receipts.add(*line.receipt);
    if (rejected_only && line.accepted) continue;
    if (!first_line) out += ",\n";
    first_line = false;
    put_line(out, line, facts.first, details);
  }
  out += reader.left_out() ? "],\"results_left_out\":true}\n" : "]}\n";
  return {};
}

void put_headers(Response& response, const ReplyFacts& facts) {
  response.headers.emplace_back("Ishi-Position", std::to_string(facts.position.events()));
  if (facts.repeated) response.headers.emplace_back("Ishi-Repeated", "true");
}

}  // namespace

Result<Response> written_reply(const ReplyFacts& facts, std::string_view results, const ReplyStyle& style,
                               const WriteKind& kind, const PolicyBook& book) {
  Response response;
  response.body = "{";
  Details details(kind, book, style.language);
  ReceiptRange receipts;
  if (const auto done = put_results(response.body, facts, results, style.rejected_only, details, receipts); !done) {
    return fail(done.error());
  }
  put_headers(response, facts);
  if (std::string text = receipts.text(); !text.empty()) response.headers.emplace_back("Ishi-Receipt", std::move(text));
  return response;
}

Result<Response> refused_reply(const ReplyFacts& facts, std::string_view code, std::string_view results,
                               const ReplyStyle& style, const WriteKind& kind, const PolicyBook& book) {
  const bool japanese = style.language == Language::kJapanese;
  Response response;
  response.status = 422;
  response.content_type = "application/problem+json";
  response.headers.emplace_back("Content-Language", japanese ? "ja" : "en");
  response.body = "{\"type\":\"about:blank\",\"status\":422,\"title\":";
  put_text(response.body, japanese ? "何も登録していません" : "Nothing was written");
  (response.body += ",\"code\":");
  put_text(response.body, code);
  response.body += ",\"detail\":";
  if (code == "atomic_rejected") {
    put_text(response.body,
             japanese ? "拒否された行があるため、全体を登録しませんでした。行を直して全体を再送してください。"
                      : "All or nothing was asked for, and lines were rejected. Mend them and send all again.");
  } else {
    put_text(response.body, japanese ? "すべての行が拒否されました。各行の理由を確認してください。"
                                     : "Every line was rejected. See what each of them says.");
  }
  response.body += ',';
  Details details(kind, book, style.language);
  ReceiptRange none;
  if (const auto done = put_results(response.body, facts, results, true, details, none); !done)
    return fail(done.error());
  put_headers(response, facts);
  return response;
}

}  // namespace ishi::api
