#include "api/writes/writes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/http/problem.h"
#include "api/writes/intake.h"
#include "api/writes/line_results.h"
#include "api/writes/reply.h"
#include "registry/log/intake.h"
#include "registry/log/sha256.h"

namespace ishi::api {
namespace {

constexpr std::size_t kKeyBytesMax = 200;
constexpr std::size_t kSourceBytesMax = 64;

struct Wishes {  // what headers and query ask for
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

Result<void> read_query(const Request& request, Wishes& wishes) {
  const std::string_view atomic = request.query_value("atomic");
  if (!atomic.empty() && atomic != "true" && atomic != "false") {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter", "atomic is true or false.");
  }
  wishes.atomic = atomic == "true";
  const std::string_view results = request.query_value("results");
  if (!results.empty() && results != "rejected" && results != "all") {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter", "results is all or rejected.");
  }
  wishes.style.rejected_only = results == "rejected";
  return {};
}

Result<Wishes> read_wishes(const WriteKind& kind, const Request& request, const Principal& principal) {
  Wishes wishes;
  wishes.style.language = preferred_language(request.header("Accept-Language"));
  if (const auto read = read_query(request, wishes); !read) return fail(read.error());
  const std::string_view key = request.header("Idempotency-Key");
  if (key.size() > kKeyBytesMax || !visible(key)) {
    return bad_header("Idempotency-Key has 1..200 visible ASCII characters.");
  }
  if (!key.empty()) wishes.key = IdempotencyKey{principal.id, std::string(key), digest_of(kind, request.body)};
  const std::string_view source = request.header("Ishi-Source");
  const Result<std::optional<std::uint64_t>> sequence = number_header(request, "Ishi-Source-Seq");
  if (!sequence) return fail(sequence.error());
  if (source.empty() != !sequence->has_value() || source.size() > kSourceBytesMax || !visible(source) || *sequence == 0U) {
    return bad_header("Ishi-Source (up to 64 visible ASCII characters) and Ishi-Source-Seq (from 1) come together.");
  }
  // A caller keeps its own books: nobody can fill or tear gaps in another's.
  wishes.source = source.empty() ? principal.id : principal.id + "/" + std::string(source);
  if (!source.empty()) wishes.sequence = SourceSequence{wishes.source, **sequence};
  const Result<std::optional<std::uint64_t>> count = number_header(request, "Ishi-Source-Count");
  if (!count) return fail(count.error());
  wishes.source_count = *count;
  return wishes;
}

IntakeNote note_of(Unwritten what, const WriteKind& kind, const Wishes& wishes) {
  return {wishes.source, std::string(kind.name), what, wishes.sequence ? wishes.sequence->sequence : 0, 0, 0};
}

// That a source says other numbers than arrive must never be forgotten: if it can't be noted, the request fails.
Result<void> check_trailer(const WritePorts& ports, const WriteKind& kind, const Intake& intake, const Wishes& wishes) {
  const bool header_agrees = !wishes.source_count || *wishes.source_count == intake.line_count();
  const bool trailer_agrees = !intake.trailer() || *intake.trailer() == intake.line_count();
  if (header_agrees && trailer_agrees && intake.trailer_is_last()) return {};
  IntakeNote note = note_of(Unwritten::kDisagreement, kind, wishes);
  note.announced = header_agrees ? intake.trailer().value_or(intake.line_count()) : *wishes.source_count;
  note.arrived = intake.line_count();
  if (const auto noted = ports.intake.note(note, ports.clock.now()); !noted) return noted;
  return fail(ErrorKind::kUnprocessable, "trailer_mismatch",
              "The source announces another number of lines than the " + std::to_string(intake.line_count()) +
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
                        const Wishes& wishes, std::vector<EventBody> bodies, const std::string& results) {
  AppendRequest request;
  request.bodies = std::move(bodies);
  request.caller = principal.id;
  request.key = wishes.key;
  request.sequence = wishes.sequence;
  const Result<LineResultReader::Totals> totals = totals_of(results);
  if (!totals) return fail(totals.error());
  if (wishes.key) request.answer = bounded_results(results, kAppendAnswerBytesMax, totals->accepted, totals->rejected);
  request.delivery = Delivery{wishes.source, std::string(kind.name), totals->accepted, totals->rejected};
  const Result<Appended> appended = ports.log.append(std::move(request));
  if (appended ? appended->repeated : appended.error().code == "sequence_seen") {
    // A count for the operator; the answer stands without it.
    (void)ports.intake.note(note_of(appended ? Unwritten::kRepeated : Unwritten::kDuplicate, kind, wishes),
                            ports.clock.now());
  }
  if (!appended) return fail(appended.error());
  const std::string& told = appended->repeated ? appended->answer : results;
  ReplyFacts facts;
  facts.position = appended->position;
  facts.registered_at = appended->registered_at;
  facts.first = appended->first;
  facts.repeated = appended->repeated;
  facts.gap_from = appended->gap_from;
  const Result<LineResultReader::Totals> told_totals = totals_of(told);
  if (!told_totals) return fail(told_totals.error());
  facts.accepted = told_totals->accepted;
  facts.rejected = told_totals->rejected;
  return written_reply(facts, told, wishes.style, kind, *view.book);
}

Result<Response> run(const WritePorts& ports, const WriteLimits& limits, const WriteKind& kind, const Request& request,
                     const Principal& principal) {
  const std::optional<RecordFormat> format = record_format_of(request.header("Content-Type"));
  if (!format) {
    return fail(ErrorKind::kUnsupported, "unsupported_media_type",
                "Send application/x-ndjson, application/json (one object) or text/csv, in UTF-8.");
  }
  const Result<Wishes> wishes = read_wishes(kind, request, principal);
  if (!wishes) return fail(wishes.error());
  Freshness strict;
  strict.asked_at = request.received;
  strict.deadline = std::chrono::steady_clock::now() + limits.wait_max;
  const Result<View> view = ports.status.view(strict);
  if (!view) return fail(view.error());
  if (wishes->key) {
    // Asked before judging: what the first time wrote would make its own repetition look wrong.
    const Result<std::optional<std::string>> known = ports.log.find_answer(*wishes->key);
    if (!known) return fail(known.error());
    if (*known) return append(ports, kind, *view, principal, *wishes, {}, **known);
  }
  // Not the clock alone: one that was set back would have a withdrawal come before what it takes back.
  const Circumstances circumstances{*view->book, principal, view->evaluated_at};
  Intake intake(kind, circumstances, ports.status, *view, ports.tokenizer);
  if (const auto read = intake.read(*format, request.body, limits.lines_max); !read) return fail(read.error());
  if (const auto agrees = check_trailer(ports, kind, intake, *wishes); !agrees) return fail(agrees.error());

  const std::uint64_t rejected = intake.results().rejected_count();
  if (rejected > 0 && (wishes->atomic || intake.results().accepted_count() == 0)) {
    ReplyFacts facts;
    facts.position = view->position;
    facts.rejected = rejected;
    (void)ports.intake.note(note_of(Unwritten::kRefused, kind, *wishes), ports.clock.now());
    return refused_reply(facts, intake.results().accepted_count() == 0 ? "all_rejected" : "atomic_rejected",
                         intake.results().finish(), wishes->style, kind, *view->book);
  }
  return append(ports, kind, *view, principal, *wishes, std::move(intake.bodies()), intake.results().finish());
}

}  // namespace

Response Writes::handle(const WriteKind& kind, const Request& request, const Principal& principal) const {
  Result<Response> response = run(ports_, limits_, kind, request, principal);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

std::span<const WriteKind* const> write_kinds() {
  static constexpr std::array<const WriteKind*, 8> kKinds = {&kNotices, &kObjections, &kWithdrawals, &kConsents,
                                                             &kLinks,   &kSplits,     &kDeaths,      &kVisits};
  return kKinds;
}

std::vector<std::string> write_query_parameters() { return {"atomic", "results"}; }

std::vector<std::string> write_media_types() {
  return {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/csv"};
}

}  // namespace ishi::api
