#include "api/filter/filter_handler.h"

#include <openssl/rand.h>

#include "api/auth/doors.h"
#include "api/filter/permit.h"
#include "api/filter/run_memo.h"
#include "api/messages/problem.h"
#include "registry/assert.h"
#include "registry/merkle/sha256.h"
#include "registry/rules/decide.h"

namespace ishi::api {
namespace {

// Read, never write: what a regulator asks leaves no event.
bool leaves_evidence(const Ask& ask, const Principal& principal) {
  return !ask.dry_run && !is_regulator(principal.role);
}

constexpr std::size_t kDigestAsideBytesMin = 1 << 20;

Digest key_digest(const Ask& ask, std::string_view more, const Digest& body_digest) {
  Sha256 hash;
  hash.update(as_bytes(canonical_text(ask)));
  hash.update(as_bytes(more));
  hash.update(body_digest);
  return hash.finish();
}

Result<std::string> fresh_batch_id() {
  std::array<std::uint8_t, 16> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    return fail(ErrorKind::kUnavailable, "no_randomness", "the system gave no random bytes");
  return to_hex(random);
}

tl::unexpected<Error> batch_expired() {
  return fail(ErrorKind::kConflict, "batch_expired",
              "The answers of this batch may not be relied on any more. Ask again, for all of it, under a new "
              "Ishi-Batch-Id.");
}

tl::unexpected<Error> batch_superseded() {
  return fail(ErrorKind::kConflict, "batch_superseded",
              "What this batch was told is no longer so: somebody in it has spoken since, or a day has passed that "
              "counts. Do not use the old answer; ask again under a new Ishi-Batch-Id.");
}

// The log's kConflict in the caller's words.
tl::unexpected<Error> reused_if_conflict(const Error& error) {
  if (error.kind != ErrorKind::kConflict) return fail(error);
  return fail(ErrorKind::kConflict, "batch_id_reused",
              "This Ishi-Batch-Id was used for another question or another body.");
}

std::string_view content_type_of(BodyForm form) {
  switch (form) {
    case BodyForm::kText: return "text/plain; charset=utf-8";
    case BodyForm::kCsv: return "text/csv; charset=utf-8";
    default: return media_type_of(form);
  }
}

}  // namespace

// One batch that leaves evidence, and the key under which it may be repeated. REQUIRES: ask.batch_id.
struct FilterHandler::Batch {
  const Ask& ask;
  const PeopleList& people;
  const Principal& principal;
  Digest input_digest{};  // after take_digest()

  void take_digest() { input_digest = sha256(as_bytes(people.body)); }
  IdempotencyKey key() const {
    const std::string part = ask.parts > 1 ? ":" + std::to_string(ask.part) : std::string();
    return {principal.id, "filter:" + *ask.batch_id + part, key_digest(ask, media_type_of(people.form), input_digest)};
  }
};

FilterHandler::FilterHandler(const StatusSource& source, EventLog& log, const Tokenizer& tokenizer, FilterLimits limits,
                             Observer observer, ParallelFor share)
    : source_(source),
      log_(log),
      tokenizer_(tokenizer),
      limits_(limits),
      observer_(std::move(observer)),
      share_(carrying_exceptions(std::move(share))) {
  ISHI_ASSERT(limits_.body_bytes_max <= kPeopleBodyBytesMax);
}

void FilterHandler::add_routes(Router& router) {
  router.add({Method::kPost,
              "/v1/filter",
              Action::kFilter,
              filter_parameters(),
              {"application/octet-stream", "text/plain", "text/csv", "application/x-ndjson"},
              limits_.body_bytes_max,
              [this](const Request& request, const Principal& principal) { return filter(request, principal); }});
  router.add({Method::kGet,
              "/v1/status/{identifier}",
              Action::kStatus,
              status_parameters(),
              {},
              0,
              [this](const Request& request, const Principal& principal) { return status(request, principal); },
              Lane::kFastPath});
}

Response FilterHandler::filter(const Request& request, const Principal& principal) const {
  Result<Response> response = answer_batch(request, principal);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

Result<Response> FilterHandler::answer_batch(const Request& request, const Principal& principal) const {
  Result<Ask> ask = read_ask(request, principal);
  if (!ask) return fail(ask.error());
  if (ask->answer == AnswerForm::kReasons && !may(principal.role, Action::kFilterReasons))
    return fail(ErrorKind::kForbidden, "forbidden", "answer=reasons: this role learns what it may use, not why not.");
  const Result<BodyForm> form = body_form_of(request.media_type, request.header("Content-Type"));
  if (!form) return fail(form.error());
  const Result<PeopleList> people = read_people(*form, request.body, tokenizer_, limits_.holders_max, share_);
  if (!people) return fail(people.error());
  if (ask->answer == AnswerForm::kBitmap && *form != BodyForm::kTokens)
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter",
                "answer: bitmap goes with application/octet-stream only");

  Result<Evaluation> evaluation = Result<Evaluation>(tl::unexpect, Error{});
  if (leaves_evidence(*ask, principal)) {
    evaluation = evaluate_with_evidence(*ask, *people, principal);
  } else {
    const Result<View> view = view_for(*ask, principal);
    if (!view) return fail(view.error());
    evaluation = evaluate(*ask, *view, *people, principal);
  }
  if (!evaluation) return fail(evaluation.error());
  if (observer_) observer_(evaluation->counts);
  return render(*ask, *people, *evaluation);
}

Result<View> FilterHandler::view_known_at(const KnownAt& known_at) const {
  const auto* named = std::get_if<Position>(&known_at);
  const Result<Position> position = named ? *named : log_.position_at(std::get<Timestamp>(known_at));
  if (!position) return fail(position.error());
  Result<View> view = source_.view_at(*position);
  // The past will not change: trying again, as a server without a policy asks for, would never help.
  if (!view && view.error().code == "no_policy")
    return fail(ErrorKind::kInvalidArgument, "known_at_before_policy",
                "known_at lies before the first policy was published");
  return view;
}

Result<View> FilterHandler::view_for(const Ask& ask, const Principal& principal) const {
  if (ask.known_at) return ask.at_once_until ? fail(would_wait()) : view_known_at(*ask.known_at);
  if (principal.view && !ask.staleness_max && principal.view->position >= ask.at_least.value_or(Position()))
    return *principal.view;
  const auto asked_at = ask.asked_at.value_or(std::chrono::steady_clock::now());
  return source_.view(Freshness{ask.staleness_max, ask.at_least,
                                ask.at_once_until.value_or(asked_at + limits_.freshness_wait_max), asked_at,
                                ask.at_once_until.has_value()});
}

Result<Timestamp> FilterHandler::legal_instant(const Ask& ask, const View& view, const Principal& principal) const {
  if (ask.as_of) {
    const Result<Timestamp> as_of = effective_as_of(ask, principal, view.evaluated_at);
    if (!as_of || may_name_the_past(ask, principal)) return as_of;
  }  // else they named the present, and what a permit asks of them holds all the same
  const Result<std::optional<Timestamp>> cut_off =
      permit_cut_off(log_, view, ask, needs_permit(*view.book, visitor_of(principal), ask.question));
  if (!cut_off) return fail(cut_off.error());
  return cut_off->value_or(view.evaluated_at);
}

Result<Evaluation> FilterHandler::evaluate(const Ask& ask, const View& view, const PeopleList& people,
                                           const Principal& principal) const {
  if (auto open = check_reader(*view.book, visitor_of(principal), ask.question); !open) return fail(open.error());
  const Result<Timestamp> as_of = legal_instant(ask, view, principal);
  if (!as_of) return fail(as_of.error());
  Result<Evaluation> evaluation = evaluate_as_of(*as_of, ask, view, people, principal);
  // What was says nothing about now: such an answer may not be relied on beyond its instant.
  if (evaluation && (ask.known_at || ask.as_of)) evaluation->valid_until = view.evaluated_at;
  return evaluation;
}

Result<Evaluation> FilterHandler::evaluate_as_of(Timestamp as_of, const Ask& ask, const View& view,
                                                 const PeopleList& people, const Principal& principal) const {
  Evaluation evaluation;
  evaluation.view = view;
  evaluation.as_of = as_of;
  evaluation.valid_until = view.evaluated_at.plus_seconds(view.book->decision_valid_seconds);
  evaluation.tells_reasons = may(principal.role, Action::kFilterReasons);
  evaluation.digests_only = ask.digests_only;
  evaluation.reasons.assign(people.row_count, ReasonCode::kInvalidId);

  Question question = ask.question;
  question.as_of = as_of;
  if (auto decided = decide_rows(question, people, principal, evaluation); !decided) return fail(decided.error());
  evaluation.sum_up();
  return evaluation;
}

Result<void> FilterHandler::decide_rows(const Question& question, const PeopleList& people, const Principal& principal,
                                        Evaluation& evaluation) const {
  const View& view = evaluation.view;
  if (people.form == BodyForm::kTokens) {
    if (auto allowed = check_asker(principal, *view.book, question); !allowed) return allowed;
    evaluation.valid_until = valid_until(*view.book, question, view.evaluated_at);
    return source_.decide_all(view, question, people.all, {}, evaluation.reasons);
  }
  if (auto allowed = check_recipient(principal, *view.book, question.recipient); !allowed) return allowed;
  const bool rows_name_holders = !people.groups.empty() && question.holder.empty();
  const PeopleGroup nobody;  // the question is checked even if no row came
  if (!rows_name_holders)
    if (auto decided = decide_group(question, nobody, false, principal, evaluation); !decided) return decided;
  for (const PeopleGroup& group : people.groups) {
    Question of_group = question;
    if (!group.holder.empty()) of_group.holder = group.holder;
    if (auto decided = decide_group(of_group, group, !group.holder.empty(), principal, evaluation); !decided)
      return decided;
  }
  return {};
}

Result<void> FilterHandler::decide_group(const Question& question, const PeopleGroup& group, bool named_by_row,
                                         const Principal& principal, Evaluation& evaluation) const {
  const View& view = evaluation.view;
  if (auto allowed = check_asker(principal, *view.book, question); !allowed) {
    Error error = allowed.error();
    if (!named_by_row) return fail(std::move(error));
    if (error.code != "unknown_holder") {
      error.detail += " (line " + std::to_string(group.first_line) + ")";
      return fail(std::move(error));
    }
    // An institution that is in no policy has filed nothing; its rows do not fail their neighbours.
    for (const std::uint32_t row : group.rows) evaluation.reasons[row] = ReasonCode::kDenyNotFiled;
    return {};
  }
  evaluation.valid_until = std::min(evaluation.valid_until, valid_until(*view.book, question, view.evaluated_at));
  if (group.tokens.empty()) return {};
  if (group.rows.size() == evaluation.reasons.size())  // every row is of this group: no detour
    return source_.decide_all(view, question, group.tokens, group.forms, evaluation.reasons);
  std::vector<ReasonCode> decided(group.tokens.size());
  if (auto done = source_.decide_all(view, question, group.tokens, group.forms, decided); !done) return done;
  for (std::size_t i = 0; i < decided.size(); ++i) evaluation.reasons[group.rows[i]] = decided[i];
  return {};
}

// Parts are of one question. Each is answered at its own View; their time begins with the first to arrive, because
// what it was told may be relied on for so long.
Result<void> FilterHandler::join_parts(const Batch& batch, const View& view) const {
  const IdempotencyKey key{batch.principal.id, "filter-parts:" + *batch.ask.batch_id,
                           key_digest(batch.ask, "parts", {})};
  Result<std::optional<std::string>> stored = log_.find_answer(key);
  if (!stored) return reused_if_conflict(stored.error());
  if (!*stored) {
    const RunMemo memo{view.position, view.evaluated_at, view.evaluated_at};
    const Result<Appended> appended = log_.append({{}, batch.principal.id, key, std::nullopt, encode(memo)});
    if (!appended) return reused_if_conflict(appended.error());
    if (!appended->repeated) return {};
    *stored = appended->answer;
  }
  const Result<RunMemo> first = decode_run_memo(**stored);
  if (!first) return fail(first.error());
  if (view.evaluated_at > first->evaluated_at.plus_seconds(view.book->decision_valid_seconds)) return batch_expired();
  return {};
}

Result<Evaluation> FilterHandler::evaluate_with_evidence(Ask& ask, const PeopleList& people,
                                                         const Principal& principal) const {
  const bool callers_id = ask.batch_id.has_value();
  if (!callers_id) {
    Result<std::string> id = fresh_batch_id();
    if (!id) return fail(id.error());
    ask.batch_id = std::move(*id);
  }
  Batch batch{ask, people, principal};
  // A known id must be looked up first; a new one leaves time to take the digest while the decisions are made.
  const bool digest_aside = !callers_id && people.body.size() >= kDigestAsideBytesMin;
  if (!digest_aside) batch.take_digest();
  if (callers_id) {
    Result<std::optional<Evaluation>> known = repeat_if_known(batch);
    if (!known) return fail(known.error());
    if (*known) return std::move(**known);
  }
  Result<Evaluation> evaluation = evaluate_now(batch, digest_aside);
  if (!evaluation) return evaluation;
  return record(batch, std::move(*evaluation));
}

Result<std::optional<Evaluation>> FilterHandler::repeat_if_known(const Batch& batch) const {
  const IdempotencyKey key = batch.key();
  const Result<std::optional<std::string>> stored = log_.find_answer(key);
  if (!stored) return reused_if_conflict(stored.error());
  if (!*stored) return std::nullopt;
  // Writes nothing: the key is known, and the log says which event was its.
  const Result<Appended> known = log_.append({{}, batch.principal.id, key, std::nullopt, **stored});
  if (!known) return reused_if_conflict(known.error());
  const Result<View> view = view_for(batch.ask, batch.principal);
  if (!view) return fail(view.error());
  const Result<Evaluation> fresh = evaluate(batch.ask, *view, batch.people, batch.principal);
  if (!fresh) return fail(fresh.error());
  return repeat(batch, known->answer, known->first, *fresh);
}

// The stored answer, byte for byte, as long as it may be relied on and a fresh one would say the same.
Result<Evaluation> FilterHandler::repeat(const Batch& batch, std::string_view stored, EventIndex receipt,
                                         const Evaluation& fresh) const {
  const Result<RunMemo> memo = decode_run_memo(stored);
  if (!memo) return fail(memo.error());
  const Result<FilterRun> run = recorded_run(receipt);
  if (!run) return fail(run.error());
  if (fresh.view.evaluated_at > run->valid_until) return batch_expired();
  // What was stored from a later View than this request's own is fresher still.
  if (fresh.view.position >= memo->position && fresh.decision_digest != run->output_digest) return batch_superseded();
  Result<View> view = source_.view_at(memo->position);
  if (!view) return fail(view.error());
  view->evaluated_at = memo->evaluated_at;
  Result<Evaluation> then = evaluate_as_of(memo->as_of, batch.ask, *view, batch.people, batch.principal);
  if (!then) return then;
  if (then->decision_digest != run->output_digest) return batch_superseded();  // erased since, and not to be had again
  then->batch_id = *batch.ask.batch_id;
  then->receipt = receipt;
  return then;
}

Result<FilterRun> FilterHandler::recorded_run(EventIndex receipt) const {
  const auto events = log_.read(receipt, 1);
  if (!events) return fail(events.error());
  const auto* run = events->empty() ? nullptr : std::get_if<FilterRun>(&events->front().event.body);
  if (run == nullptr) return fail(ErrorKind::kCorrupt, "run_missing", "no filter run where one was recorded");
  return *run;
}

Result<Evaluation> FilterHandler::evaluate_now(Batch& batch, bool digest_aside) const {
  const Result<View> view = view_for(batch.ask, batch.principal);
  if (!view) return fail(view.error());
  if (batch.ask.parts > 1)
    if (auto joined = join_parts(batch, *view); !joined) return fail(joined.error());
  Result<Evaluation> evaluation = Result<Evaluation>(tl::unexpect, Error{});
  share_(digest_aside ? 2 : 1, [&](std::size_t i) {
    if (i == 0)
      evaluation = evaluate(batch.ask, *view, batch.people, batch.principal);
    else
      batch.take_digest();
  });
  return evaluation;
}

Result<Evaluation> FilterHandler::record(const Batch& batch, Evaluation evaluation) const {
  AppendRequest append;
  append.bodies.emplace_back(event_of(batch.ask, batch.people.form, batch.input_digest, evaluation));
  append.caller = batch.principal.id;
  append.key = batch.key();
  append.answer = encode(RunMemo{evaluation.view.position, evaluation.view.evaluated_at, evaluation.as_of});
  const Result<Appended> appended = log_.append(std::move(append));
  if (!appended) return reused_if_conflict(appended.error());
  // The same batch was in work twice: the first one counts.
  if (appended->repeated) return repeat(batch, appended->answer, appended->first, evaluation);
  evaluation.batch_id = *batch.ask.batch_id;
  evaluation.receipt = appended->first;
  return evaluation;
}

Response FilterHandler::render(const Ask& ask, const PeopleList& people, const Evaluation& evaluation) const {
  Response response;
  response.content_type = content_type_of(people.form);
  switch (ask.answer) {
    case AnswerForm::kAllowed: response.body = allowed_body(people, evaluation.reasons); break;
    case AnswerForm::kReasons: response.body = reasons_body(people, evaluation.reasons); break;
    case AnswerForm::kBitmap: response.body = bitmap_body(evaluation.reasons); break;
    case AnswerForm::kCounts:
      response.content_type = "application/json";
      response.body = counts_body(evaluation);
      break;
  }
  add_freshness_headers(evaluation.view, response);
  auto& headers = response.headers;
  headers.emplace_back("Ishi-Evaluated-At", to_iso(evaluation.view.evaluated_at));
  headers.emplace_back("Ishi-Valid-Until", to_iso(evaluation.valid_until));
  headers.emplace_back("Ishi-Decision-Digest", to_hex(evaluation.decision_digest));
  if (!evaluation.batch_id.empty()) headers.emplace_back("Ishi-Batch-Id", evaluation.batch_id);
  if (ask.known_at && evaluation.tells_reasons)
    headers.emplace_back("Ishi-Use-Digest", to_hex(decision_digest(evaluation.reasons, false)));
  if (evaluation.receipt) headers.emplace_back("Ishi-Receipt", std::to_string(evaluation.receipt->value()));
  return response;
}

}  // namespace ishi::api
