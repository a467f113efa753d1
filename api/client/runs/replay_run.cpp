#include "api/client/runs/replay_run.h"

#include <algorithm>

#include "api/client/files/digest.h"
#include "api/client/files/output_file.h"
#include "api/client/text/bytes_source.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{256} << 20;  // as the server takes them
constexpr std::size_t kDigestBlockBytes = 256 << 10;

Result<std::string> sha256_of_file(const std::string& path) {
  Sha256 digest;
  auto source = open_file(path);
  if (!source) return fail(source.error());
  std::vector<char> block(kDigestBlockBytes);
  for (;;) {
    const auto got = (*source)->read(block);
    if (!got) return fail(got.error());
    if (*got == 0) return digest.finish_hex();
    digest.update({block.data(), *got});
  }
}

// Runs recorded in format 1 had a permit hung on to the ground; for the decision only matters that there is one.
std::string ground_of(const FilterRun& run) {
  return run.details ? run.ground : run.ground.substr(0, run.ground.find("; permit_id="));
}

// Each part as of its own instant, knowing what was before its own Position.
PastPart past_of(const FilterRun& run) {
  return {ProvedRun::questions(run), to_hex(run.input_digest), to_iso(run.as_of),
          std::to_string(run.position.events())};
}

AskedQuestion question_of(const FilterRun& run) {
  AskedQuestion question;
  question.regime = run.regime;
  question.holder = run.holder;
  question.recipient = run.recipient;
  question.purpose = run.purpose;
  for (const std::string& category : run.categories)
    question.categories += (question.categories.empty() ? "" : ",") + category;
  if (run.details && run.details->record_from) question.record_from = to_iso(*run.details->record_from);
  if (run.details && run.details->record_to) question.record_to = to_iso(*run.details->record_to);
  question.point = run.filter_point;
  question.override_code = run.override_code;
  question.ground = ground_of(run);
  question.as_of = to_iso(run.as_of);
  question.known_at = std::to_string(run.position.events());
  return question;
}

const char* media_type_of(RunForm form) {
  switch (form) {
    case RunForm::kTokens: return "application/octet-stream";
    case RunForm::kText: return "text/plain; charset=utf-8";
    case RunForm::kCsv: return "text/csv; charset=utf-8";
    case RunForm::kNdjson: return "application/x-ndjson";
  }
  return "";
}

std::string differing(const std::string& what, const std::string& then, const std::string& now) {
  return what + ": " + then + " in the receipt, " + now + " now";
}

// What the server says of the decisions now, in the terms of the receipt.
const std::string& digest_now(const FilterRun& run, const BatchPart& part) {
  return ProvedRun::told(run) == RunTold::kUse && !part.use_digest.empty() ? part.use_digest : part.decision_digest;
}

void compare_decisions(const FilterRun& run, const BatchPart& part, ReplayReport& report) {
  report.questions += part.questions;
  report.erased_since = std::max(report.erased_since, part.erased_since);
  const std::string then = to_hex(run.output_digest), &now = digest_now(run, part);
  const std::string where = run.parts > 1 ? "part " + std::to_string(part.number) + ", " : "";
  if (then != now) report.differences.push_back(differing(where + "SHA-256 of the answers", then, now));
}

Result<void> compare_received(const ReplayOptions& options, const ProvedRun& proved, ReplayReport& report) {
  if (report.output_sha256.empty()) return {};
  if (proved.sender_says) {
    report.bytes_compared = true;
    const std::string& then = proved.sender_says->output_sha256;
    if (then != report.output_sha256)
      report.differences.push_back(
          differing("SHA-256 of the output file, as its sender noted it", then, report.output_sha256));
  }
  if (options.received.empty()) return {};
  const auto received = sha256_of_file(options.received);
  if (!received) return fail(received.error());
  report.bytes_compared = true;
  if (*received != report.output_sha256)
    report.differences.push_back("the received file has SHA-256 " + *received + ", what comes out now has " +
                                 report.output_sha256);
  return {};
}

void compare_counts(const ProvedRun& proved, const FilterReport& now, ReplayReport& report) {
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
    const auto code = static_cast<ReasonCode>(i);
    // What cannot be read was counted here without being asked about.
    if (code == ReasonCode::kInvalidId || (!proved.tells_reasons() && !may_use(code))) continue;
    if (proved.count(code) == now.reasons[i]) continue;
    report.differences.push_back(
        differing(std::string(name_of(code)), std::to_string(proved.count(code)), std::to_string(now.reasons[i])));
  }
}

Result<ReplayReport> replay_file(const ProvedRun& proved, const ReplayOptions& options, HttpClient& client,
                                 const Patience& patience) {
  if (!proved.whole())
    return fail(ErrorKind::kUnprocessable, "part_missing",
                "the receipt covers one part of the run; take the file with all of them");
  FilterOptions again;
  again.in = options.in;
  again.out = options.out;
  again.format = options.format;
  again.columns = options.columns;
  again.question = question_of(proved.first());
  for (std::size_t i = 0; i < proved.receipts().size(); ++i) again.past.push_back(past_of(proved.part(i)));
  const auto now = run_filter(again, client, patience, FilterObserver());
  if (!now) return fail(now.error());
  ReplayReport report;
  report.answers_given = now->evidence.answers_given;
  report.output_sha256 = now->output_sha256;
  for (std::size_t i = 0; i < proved.receipts().size(); ++i)
    compare_decisions(proved.part(i), now->evidence.parts.at(i), report);
  if (report.answers_given && !report.differences.empty()) compare_counts(proved, *now, report);
  return report;
}

// The very body that was sent, in whatever form.
class BodyReplay {
 public:
  BodyReplay(const FilterRun& run, RunForm form, HttpClient& client, const Patience& patience)
      : question_(question_of(run)), form_(form), client_(client), patience_(patience) {}

  Result<HttpReply> ask(const std::string& body, const char* answer) const {
    HttpRequest request;
    request.target = "/v1/filter?" + query_string(parameters_of(question_)) + "&dry_run=true&answer=" + answer;
    request.content_type = media_type_of(form_);
    request.body = body;
    auto reply = send_patiently(client_, request, patience_);
    if (reply && reply->status != 200) return fail(error_of(*reply));
    return reply;
  }

 private:
  const AskedQuestion question_;
  const RunForm form_;
  HttpClient& client_;
  const Patience& patience_;
};

Result<void> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file) return fail(file.error());
  if (const auto written = (*file)->write(bytes); !written) return written;
  if (const auto sealed = (*file)->seal(); !sealed) return sealed;
  return (*file)->publish();
}

Result<ReplayReport> replay_body(const FilterRun& run, RunForm form, const ReplayOptions& options, HttpClient& client,
                                 const Patience& patience) {
  const auto body = read_small_file(options.in, kBodyBytesMax);
  if (!body) return fail(body.error());
  const BodyReplay replay(run, form, client, patience);
  const auto counts = replay.ask(*body, "counts");
  if (!counts) return fail(counts.error());
  BatchPart part;
  part.number = run.details ? run.details->part : 1;
  part.questions = ProvedRun::questions(run);
  part.decision_digest = counts->header("Ishi-Decision-Digest");
  part.use_digest = counts->header("Ishi-Use-Digest");
  part.erased_since = parse_decimal(counts->header("Ishi-Erased-Since")).value_or(0);
  ReplayReport report;
  compare_decisions(run, part, report);
  const auto allowed = replay.ask(*body, "allowed");
  report.answers_given = allowed.has_value();
  if (!allowed)
    return allowed.error().kind == ErrorKind::kInvalidArgument ? Result<ReplayReport>(report) : fail(allowed.error());
  report.output_sha256 = sha256_hex(allowed->body);
  if (options.out.empty()) return report;
  if (const auto written = write_file(options.out, allowed->body); !written) return fail(written.error());
  return report;
}

// Gives no answers: what is to be asked is compared with the receipt before it would be sent.
class Nobody final : public HttpClient {
 public:
  Result<HttpReply> send(const HttpRequest& request) override {
    HttpReply reply;
    reply.status = request.target.find("answer=counts") == std::string::npos ? 403 : 200;
    reply.headers = {{"Ishi-Position", "0"}};
    return reply;
  }
};

// Sent as it lies here, in one piece.
bool is_very_body(const ProvedRun& proved, const std::string& sha256) {
  return proved.receipts().size() == 1 && proved.first().details && sha256 == to_hex(proved.first().input_digest);
}

}  // namespace

Result<void> check_input(const ProvedRun& proved, const ReplayOptions& options) {
  const auto digest = sha256_of_file(options.in);
  if (!digest) return fail(digest.error());
  if (is_very_body(proved, *digest)) return {};
  Nobody nobody;
  ReplayOptions silent = options;
  silent.out.clear();
  const auto asked = replay_file(proved, silent, nobody, usual_patience());
  return asked ? Result<void>() : fail(asked.error());
}

Result<ReplayReport> replay_run(const ProvedRun& proved, const ReplayOptions& options, HttpClient& client,
                                const Patience& patience) {
  const auto digest = sha256_of_file(options.in);
  if (!digest) return fail(digest.error());
  const FilterRun& run = proved.first();
  auto report = is_very_body(proved, *digest) ? replay_body(run, run.details->form, options, client, patience)
                                              : replay_file(proved, options, client, patience);
  if (!report) return report;
  if (const auto compared = compare_received(options, proved, *report); !compared) return fail(compared.error());
  return report;
}

}  // namespace ishi::client
