#include "api/writes/writes.h"

#include <algorithm>
#include <charconv>

#include "api/auth/actor.h"
#include "api/messages/problem.h"
#include "api/writes/line_batch.h"
#include "api/writes/line_results.h"
#include "api/writes/reply.h"
#include "registry/merkle/sha256.h"
#include "registry/ports/append_checks.h"

namespace ishi::api {
namespace {

constexpr std::size_t kKeyBytesMax = 200;
constexpr std::size_t kSourceBytesMax = 64;

struct WriteOptions {  // what headers and query ask for
  bool atomic = false;
  ReplyStyle style;
  std::optional<IdempotencyKey> key;
  std::string source;  // the caller, or caller/feed: whose delivery this is
  std::optional<SourceSequence> sequence;
  std::optional<std::uint64_t> source_count;
};

tl::unexpected<Error> bad_header(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "bad_header", std::move(detail));
}

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char character) { return character > ' ' && character < '\x7F'; });
}

Result<std::optional<std::uint64_t>> number_header(const Request& request, std::string_view name) {
  const std::string_view text = request.header(name);
  if (text.empty()) return std::optional<std::uint64_t>();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return bad_header(std::string(name) + " is a number without sign or blanks.");
  }
  return std::optional<std::uint64_t>(value);
}

// The same key at two doors is not the same request, even with the same body.
Digest digest_of(const WriteKind& kind, std::string_view body) {
  return sha256(as_bytes(std::string(kind.name) + "\n"), as_bytes(body));
}

Result<void> read_query(const Request& request, WriteOptions& options) {
  const std::string_view atomic = request.query_value("atomic");
  if (!atomic.empty() && atomic != "true" && atomic != "false") {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter", "atomic is true or false.");
  }
  options.atomic = atomic == "true";
  const std::string_view results = request.query_value("results");
  if (!results.empty() && results != "rejected" && results != "all") {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter", "results is all or rejected.");
  }
  options.style.rejected_only = results == "rejected";
  return {};
}

Result<WriteOptions> read_write_options(const WriteKind& kind, const Request& request, const Principal& principal) {
  WriteOptions options;
  options.style.language = preferred_language(request.header("Accept-Language"));
  if (const auto read = read_query(request, options); !read) return fail(read.error());
  const std::string_view key = request.header("Idempotency-Key");
  if (key.size() > kKeyBytesMax || !visible(key)) {
    return bad_header("Idempotency-Key has 1..200 visible ASCII characters.");
  }
  if (!key.empty()) options.key = IdempotencyKey{principal.id, std::string(key), digest_of(kind, request.body)};
  const std::string_view source = request.header("Ishi-Source");
  const Result<std::optional<std::uint64_t>> sequence = number_header(request, "Ishi-Source-Seq");
  if (!sequence) return fail(sequence.error());
  if (source.empty() != !sequence->has_value() || source.size() > kSourceBytesMax || !visible(source) ||
      *sequence == 0U) {
    return bad_header("Ishi-Source (up to 64 visible ASCII characters) and Ishi-Source-Seq (from 1) come together.");
  }
  // A caller keeps its own books: nobody can fill or tear gaps in another's.
  options.source = source.empty() ? principal.id : principal.id + "/" + std::string(source);
  if (!source.empty()) options.sequence = SourceSequence{options.source, **sequence};
  const Result<std::optional<std::uint64_t>> count = number_header(request, "Ishi-Source-Count");
  if (!count) return fail(count.error());
  options.source_count = *count;
  return options;
}

IntakeNote note_of(Unwritten what, const WriteKind& kind, const WriteOptions& options) {
  return {options.source, std::string(kind.name), what, options.sequence ? options.sequence->sequence : 0, 0, 0};
}

// That a source says other numbers than arrive must never be forgotten: if it can't be noted, the request fails.
Result<void> check_trailer(const WritePorts& ports, const WriteKind& kind, const LineBatch& batch,
                           const WriteOptions& options) {
  const bool header_agrees = !options.source_count || *options.source_count == batch.line_count();
  const bool trailer_agrees = !batch.trailer() || *batch.trailer() == batch.line_count();
  if (header_agrees && trailer_agrees && batch.trailer_is_last()) return {};
  IntakeNote note = note_of(Unwritten::kDisagreement, kind, options);
  note.announced = header_agrees ? batch.trailer().value_or(batch.line_count()) : *options.source_count;
  note.arrived = batch.line_count();
  if (const auto noted = ports.intake.note(note, ports.clock.now()); !noted) return noted;
  return fail(ErrorKind::kUnprocessable, "trailer_mismatch",
              "The source announces another number of lines than the " + std::to_string(batch.line_count()) +
                  " that arrived, or lines follow its trailer. Nothing was written; send the whole file again.");
}

Result<LineResultReader::Totals> totals_of(std::string_view results) {
  LineResultReader reader(results);
  LineResultReader::Totals totals;
  LineResult line;
  for (;;) {
    const Result<bool> more = reader.next(line);
    if (!more) return fail(more.error());
    if (!*more) return reader.left_out().value_or(totals);
    ++(line.accepted ? totals.accepted : totals.rejected);
  }
}

Result<Response> append(const WritePorts& ports, const WriteKind& kind, const View& view, const Principal& principal,
                        const WriteOptions& options, std::vector<EventBody> bodies, const std::string& results) {
  AppendRequest request;
  request.bodies = std::move(bodies);
  request.caller = principal.id;
  request.key = options.key;
  request.sequence = options.sequence;
  const Result<LineResultReader::Totals> totals = totals_of(results);
  if (!totals) return fail(totals.error());
  if (options.key) request.answer = bounded_results(results, kAppendAnswerBytesMax, totals->accepted, totals->rejected);
  request.delivery = Delivery{options.source, std::string(kind.name), totals->accepted, totals->rejected};
  const Result<Appended> appended = ports.log.append(std::move(request));
  if (appended ? appended->repeated : appended.error().code == "sequence_seen") {
    // A count for the operator; the answer stands without it.
    (void)ports.intake.note(note_of(appended ? Unwritten::kRepeated : Unwritten::kDuplicate, kind, options),
                            ports.clock.now());
  }
  if (!appended) return fail(appended.error());
  const std::string& answer = appended->repeated ? appended->answer : results;
  ReplyFacts facts;
  facts.position = appended->position;
  facts.registered_at = appended->registered_at;
  facts.first = appended->first;
  facts.repeated = appended->repeated;
  facts.gap_from = appended->gap_from;
  const Result<LineResultReader::Totals> answer_totals = totals_of(answer);
  if (!answer_totals) return fail(answer_totals.error());
  facts.accepted = answer_totals->accepted;
  facts.rejected = answer_totals->rejected;
  return written_reply(facts, answer, options.style, kind, *view.book);
}

Result<Response> run(const WritePorts& ports, const WriteLimits& limits, const WriteKind& kind, const Request& request,
                     const Principal& principal) {
  const std::optional<RecordFormat> format = record_format_of(request.header("Content-Type"));
  if (!format) {
    return fail(ErrorKind::kUnsupported, "unsupported_media_type",
                "Send application/x-ndjson, application/json (one object) or text/csv, in UTF-8.");
  }
  const Result<WriteOptions> options = read_write_options(kind, request, principal);
  if (!options) return fail(options.error());
  Freshness strict;
  strict.asked_at = request.received;
  strict.deadline = std::chrono::steady_clock::now() + limits.wait_max;
  const Result<View> view = ports.status.view(strict);
  if (!view) return fail(view.error());
  if (options->key) {
    // Asked before judging: what the first time wrote would make its own repetition look wrong.
    const Result<std::optional<std::string>> known = ports.log.find_answer(*options->key);
    if (!known) return fail(known.error());
    if (*known) return append(ports, kind, *view, principal, *options, {}, **known);
  }
  // Not the clock alone: one that was set back would have a withdrawal come before what it takes back.
  const Actor actor = actor_of(principal, *view->book);
  const CommandContext context{*view->book, actor, view->evaluated_at};
  LineBatch batch(kind, context, ports.status, ports.log, *view, ports.tokenizer);
  if (const auto read = batch.read(*format, request.body, limits.lines_max); !read) return fail(read.error());
  if (const auto agrees = check_trailer(ports, kind, batch, *options); !agrees) return fail(agrees.error());

  const std::uint64_t rejected = batch.results().rejected_count();
  if (rejected > 0 && (options->atomic || batch.results().accepted_count() == 0)) {
    ReplyFacts facts;
    facts.position = view->position;
    facts.rejected = rejected;
    (void)ports.intake.note(note_of(Unwritten::kRefused, kind, *options), ports.clock.now());
    return refused_reply(facts, batch.results().accepted_count() == 0 ? "all_rejected" : "atomic_rejected",
                         batch.results().finish(), options->style, kind, *view->book);
  }
  return append(ports, kind, *view, principal, *options, std::move(batch.events()), batch.results().finish());
}

}  // namespace

Response Writes::handle(const WriteKind& kind, const Request& request, const Principal& principal) const {
  Result<Response> response = run(ports_, limits_, kind, request, principal);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

std::vector<std::string> write_query_parameters() {
  return {"atomic", "results"};
}

std::vector<std::string> write_media_types() {
  return {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/csv"};
}

}  // namespace ishi::api
