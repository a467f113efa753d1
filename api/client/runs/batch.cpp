#include "api/client/runs/batch.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/client/files/digest.h"
#include "registry/assert.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

constexpr int kReasonCodes = 16;

tl::unexpected<Error> broken_answer(const char* what) {
  return fail(ErrorKind::kCorrupt, "answer_broken",
              std::string("the server's answer does not fit the question: ") + what);
}

// The next line without its ending; `text` moves on.
std::string_view take_line(std::string_view& text) {
  const std::size_t newline = text.find('\n');
  std::string_view line = text.substr(0, newline);
  text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Out of the answers themselves: what the server says of them is not to be believed when it is on trial.
void digest_answers(const std::vector<Answer>& answers, BatchPart& part) {
  std::string codes, uses;
  for (const Answer& answer : answers) {
    codes += static_cast<char>(answer.value());
    uses += may_use(answer.value()) ? '\1' : '\0';
  }
  part.decision_digest = sha256_hex(codes);
  part.use_digest = sha256_hex(uses);
}

}  // namespace

std::optional<ReasonCode> reason_by_name(std::string_view name) {
  for (int code = 0; code < kReasonCodes; ++code) {
    if (name_of(static_cast<ReasonCode>(code)) == name) return static_cast<ReasonCode>(code);
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> parameters_of(const AskedQuestion& question) {
  return {{"regime", question.regime},          {"holder", question.holder},
          {"recipient", question.recipient},    {"purpose", question.purpose},
          {"categories", question.categories},  {"record_from", question.record_from},
          {"record_to", question.record_to},    {"as_of", question.as_of},
          {"known_at", question.known_at},      {"point", question.point},
          {"override", question.override_code}, {"ground", question.ground},
          {"permit_id", question.permit_id}};
}

Batch::Batch(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form)
    : client_(&client), patience_(std::move(patience)), question_(std::move(question)), form_(form) {}

Result<Batch> Batch::begin(HttpClient& client, Patience patience, AskedQuestion question, std::string batch_id,
                           BodyForm form, std::uint64_t questions) {
  Batch batch(client, std::move(patience), std::move(question), form);
  const std::uint64_t usual = form == BodyForm::kLines ? kLinesPerPart : kTokensPerPart;
  batch.per_part_ = std::max(usual, (questions + kPartsMax - 1) / kPartsMax);
  if (batch.per_part_ > kPerPartMax) {
    return fail(ErrorKind::kTooLarge, "batch_too_large",
                "one batch holds at most a thousand million questions; split the file");
  }
  batch.parts_ = (questions + batch.per_part_ - 1) / batch.per_part_;
  batch.evidence_.batch_id = std::move(batch_id);
  return batch;
}

Batch Batch::begin_dry(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form) {
  Batch batch(client, std::move(patience), std::move(question), form);
  batch.per_part_ = form == BodyForm::kLines ? kLinesPerPart : kTokensPerPart;
  batch.parts_ = kPartsMax;
  batch.dry_ = true;
  batch.evidence_.answers_given = false;
  return batch;
}

Batch Batch::begin_again(HttpClient& client, Patience patience, AskedQuestion question, BodyForm form,
                         std::vector<PastPart> past) {
  Batch batch(client, std::move(patience), std::move(question), form);
  batch.parts_ = past.size();
  batch.past_ = std::move(past);
  return batch;
}

// Beyond the last part of the past anything is too much; ask() says so.
std::uint64_t Batch::part_size() const {
  if (past_.empty()) return per_part_;
  return evidence_.parts.size() < past_.size() ? past_[evidence_.parts.size()].questions : 1;
}

void Batch::add_line(std::string_view line) {
  ISHI_ASSERT(form_ == BodyForm::kLines && !full() && line.find('\n') == std::string_view::npos);
  body_.append(line);
  body_ += '\n';
  ++pending_;
}

void Batch::add_token(const Token& token) {
  ISHI_ASSERT(form_ == BodyForm::kTokens && !full());
  body_.append(ishi::as_text(token.bytes()));
  ++pending_;
}

Result<HttpReply> Batch::send(std::string_view answer) {
  AskedQuestion question = question_;
  if (!past_.empty()) {
    const PastPart& part = past_[evidence_.parts.size()];
    if (!part.as_of.empty()) question.as_of = part.as_of;
    if (!part.known_at.empty()) question.known_at = part.known_at;
  }
  auto parameters = parameters_of(question);
  parameters.emplace_back("answer", answer);
  if (dry_ || !past_.empty()) {
    parameters.emplace_back("dry_run", "true");
  } else if (parts_ > 1) {
    parameters.emplace_back("part", std::to_string(evidence_.parts.size() + 1));
    parameters.emplace_back("parts", std::to_string(parts_));
  }
  HttpRequest request;
  request.target = "/v1/filter?" + query_string(parameters);
  request.content_type = form_ == BodyForm::kLines ? "text/plain; charset=utf-8" : "application/octet-stream";
  if (!dry_ && past_.empty()) request.headers = {{"Ishi-Batch-Id", evidence_.batch_id}};
  request.body = body_;
  return send_patiently(*client_, request, patience_);
}

// With reasons; where they are refused, the most that this caller may have.
Result<HttpReply> Batch::send_as_allowed() {
  const char* const use_only = form_ == BodyForm::kLines ? "allowed" : "bitmap";
  auto reply = send(!evidence_.answers_given ? "counts" : evidence_.reasons_given ? "reasons" : use_only);
  if (dry_ || !reply || !evidence_.parts.empty() || !evidence_.reasons_given) return reply;
  // Only a regulator has the answers of a dry run: 400 says so.
  if (reply->status != 403 && (past_.empty() || reply->status != 400)) return reply;
  auto second = send(past_.empty() ? use_only : "counts");
  if (!second || second->status != 200) return second;  // what it says is not about reasons
  evidence_.reasons_given = false;
  evidence_.answers_given = past_.empty();
  return second;
}

Result<std::vector<Answer>> Batch::ask() {
  ISHI_ASSERT(pending_ > 0);
  const std::uint64_t part = evidence_.parts.size();
  if (!past_.empty() && (part >= parts_ || sha256_hex(body_) != past_[part].body_sha256)) {
    return fail(ErrorKind::kUnprocessable, "another_input",
                part >= parts_ ? "the file asks about more than the receipt covers"
                               : "part " + std::to_string(part + 1) + " of the file is not what was asked about then");
  }
  if (part >= parts_) {
    return fail(ErrorKind::kConflict, "input_changed", "there are more questions than were announced; run again");
  }
  const auto reply = send_as_allowed();
  if (!reply) return fail(reply.error());
  if (reply->status != 200) return fail(error_of(*reply));
  auto answers = evidence_.answers_given ? read_answers(*reply) : std::vector<Answer>(pending_);
  if (!answers) return answers;
  if (const auto recorded = record(*reply); !recorded) return fail(recorded.error());
  if (dry_)
    if (const auto added = add_counts(reply->body); !added) return fail(added.error());
  if (!past_.empty() && evidence_.answers_given) digest_answers(*answers, evidence_.parts.back());
  body_.clear();
  pending_ = 0;
  return answers;
}

Result<void> Batch::add_counts(std::string_view body) {
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("counts") || !json["counts"].is_object())
    return broken_answer("counts were expected");
  std::uint64_t sum = 0;
  for (const auto& [name, value] : json["counts"].items()) {
    const auto code = reason_by_name(name);
    if (!value.is_number_unsigned() || (!code && name != "WITHHELD")) return broken_answer("an unknown count");
    const auto count = value.get<std::uint64_t>();
    (code ? evidence_.counts[static_cast<std::size_t>(*code)] : evidence_.withheld) += count;
    if (!code) evidence_.reasons_given = false;
    sum += count;
  }
  return sum == pending_ ? Result<void>() : broken_answer("the counts do not add up");
}

Result<std::vector<Answer>> Batch::read_answers(const HttpReply& reply) const {
  return evidence_.reasons_given ? read_reasons(reply.body) : read_allowed(reply.body);
}

Result<std::vector<Answer>> Batch::read_reasons(std::string_view body) const {
  std::vector<Answer> answers;
  answers.reserve(pending_);
  if (form_ == BodyForm::kTokens) {
    if (body.size() != pending_) return broken_answer("one byte for each token was expected");
    for (const char c : body) {
      const auto code = static_cast<unsigned char>(c);
      if (code >= kReasonCodes) return broken_answer("an unknown reason code");
      answers.emplace_back(static_cast<ReasonCode>(code));
    }
    return answers;
  }
  while (!body.empty()) {
    const std::string_view line = take_line(body);
    const std::string number = std::to_string(answers.size() + 1) + ",";
    const auto code = line.starts_with(number) ? reason_by_name(line.substr(number.size())) : std::nullopt;
    if (!code) return broken_answer("its line number and a known reason code were expected");
    answers.emplace_back(*code);
  }
  if (answers.size() != pending_) return broken_answer("one line for each question was expected");
  return answers;
}

Result<std::vector<Answer>> Batch::read_allowed(std::string_view body) const {
  std::vector<Answer> answers;
  answers.reserve(pending_);
  if (form_ == BodyForm::kTokens) {
    if (body.size() != (pending_ + 7) / 8) return broken_answer("one bit for each token was expected");
    for (std::size_t i = 0; i < pending_; ++i) {
      const bool allowed = ((static_cast<unsigned char>(body[i / 8]) >> (i % 8)) & 1) != 0;
      answers.push_back(allowed ? Answer(ReasonCode::kAllow) : std::nullopt);
    }
    return answers;
  }
  // The reply is what may be used, in order. Equal lines are answered alike, so the first match is the right one.
  std::string_view asked = body_;
  bool more = !body.empty();
  std::string_view next = more ? take_line(body) : std::string_view();
  while (!asked.empty()) {
    const std::string_view line = take_line(asked);
    const bool allowed = more && line == next;
    answers.push_back(allowed ? Answer(ReasonCode::kAllow) : std::nullopt);
    if (allowed) {
      more = !body.empty();
      next = more ? take_line(body) : std::string_view();
    }
  }
  if (more) return broken_answer("a line that was not asked about");
  return answers;
}

Result<void> Batch::record(const HttpReply& reply) {
  const std::string position(reply.header("Ishi-Position"));
  const std::string valid_until(reply.header("Ishi-Valid-Until"));
  if (position.empty())
    return fail(ErrorKind::kCorrupt, "answer_broken", "the server's answer carries no Ishi-Position");
  const auto events = parse_decimal(position);
  if (!events) return fail(ErrorKind::kCorrupt, "answer_broken", "the server's Ishi-Position is no number");
  BatchPart part;
  part.position = position;
  part.evaluated_at = reply.header("Ishi-Evaluated-At");
  if (evidence_.parts.empty() || *events < parse_decimal(evidence_.position)) evidence_.position = position;
  if (evidence_.evaluated_at.empty() || part.evaluated_at < evidence_.evaluated_at)
    evidence_.evaluated_at = part.evaluated_at;
  if (evidence_.valid_until.empty() || valid_until < evidence_.valid_until) evidence_.valid_until = valid_until;
  part.number = evidence_.parts.size() + 1;
  part.questions = pending_;
  part.body_sha256 = sha256_hex(body_);
  part.answer_sha256 = sha256_hex(reply.body);
  part.decision_digest = reply.header("Ishi-Decision-Digest");
  part.use_digest = reply.header("Ishi-Use-Digest");
  part.erased_since = parse_decimal(reply.header("Ishi-Erased-Since")).value_or(0);
  if (const auto receipt = parse_decimal(reply.header("Ishi-Receipt"))) part.receipt = EventIndex(*receipt);
  evidence_.parts.push_back(std::move(part));
  return {};
}

}  // namespace ishi::client
