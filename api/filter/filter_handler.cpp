#include "api/filter/filter_handler.h"

#include <openssl/rand.h>

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

RunForm run_form(BodyForm form) {
  switch (form) {
    case BodyForm::kTokens: return RunForm::kTokens;
    case BodyForm::kText: return RunForm::kText;
    case BodyForm::kCsv: return RunForm::kCsv;
    case BodyForm::kNdjson: return RunForm::kNdjson;
  }
  return RunForm::kTokens;
}

// A run whose caller may not know reasons is recorded without them: so its receipt can be handed out.
void record_decisions(FilterRun& run, const ReasonCounts& counts) {
  run.counts = counts;
  if (run.details->told == RunTold::kReasons) return;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto code = static_cast<ReasonCode>(i);
    if (may_use(code) || code == ReasonCode::kInvalidId) continue;
    run.details->withheld += counts[i];
    run.counts[i] = 0;
  }
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

Error batch_id_reused() {
  return {ErrorKind::kConflict, "batch_id_reused", "This Ishi-Batch-Id was used for another question or another body."};
}

std::string_view spoken_media_type(BodyForm form) {
  switch (form) {
    case BodyForm::kText: return "text/plain; charset=utf-8";
    case BodyForm::kCsv: return "text/csv; charset=utf-8";
    default: return media_type_of(form);
  }
}

}  // namespace

struct FilterHandler::Evaluation {
  View view;
  Timestamp as_of, valid_until;
  std::vector<ReasonCode> reasons;
  std::string batch_id;               // empty: left no evidence
  std::optional<EventIndex> receipt;  // of the run's event
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
              question_parameters(),
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
  const Result<PeopleList> people =
      read_people(request.header("Content-Type"), request.body, tokenizer_, limits_.holders_max, share_);
  if (!people) return fail(people.error());
  if (ask->answer == AnswerForm::kBitmap && people->form != BodyForm::kTokens)
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
  if (observer_) observer_(count(evaluation->reasons));
  return render(*ask, *people, principal, *evaluation);
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

Result<FilterHandler::Evaluation> FilterHandler::evaluate(const Ask& ask, const View& view, const PeopleList& people,
                                                          const Principal& principal) const {
  Evaluation evaluation;
  evaluation.view = view;
  evaluation.as_of = ask.as_of.value_or(view.evaluated_at);
  if (evaluation.as_of > view.evaluated_at)
    return fail(ErrorKind::kInvalidArgument, "in_the_future",
                "as_of: lies in the future; nobody can know what will be said by then");
  // What was known then says nothing about now: an answer with known_at may not be relied on beyond its instant.
  evaluation.valid_until =
      ask.known_at ? view.evaluated_at : view.evaluated_at.plus_seconds(view.book->decision_valid_seconds);
  evaluation.reasons.assign(people.row_count, ReasonCode::kInvalidId);

  Question question = ask.question;
  question.as_of = evaluation.as_of;
  if (auto allowed = check_recipient(principal, *view.book, question.recipient); !allowed) return fail(allowed.error());
  if (people.form == BodyForm::kTokens) {
    if (auto allowed = check_holder(principal, *view.book, question.holder); !allowed) return fail(allowed.error());
    if (auto checked = check_question(*view.book, question); !checked) return fail(checked.error());
    if (!ask.known_at) evaluation.valid_until = valid_until(*view.book, question, view.evaluated_at);
    if (auto decided = source_.decide_all(view, question, people.all, {}, evaluation.reasons); !decided)
      return fail(decided.error());
    return evaluation;
  }
  const PeopleGroup nobody;  // the question is checked even if no row came
  const bool rows_name_holders = !people.groups.empty() && question.holder.empty();
  if (!rows_name_holders)
    if (auto decided = decide_group(view, question, nobody, false, principal, evaluation); !decided)
      return fail(decided.error());
  for (const PeopleGroup& group : people.groups) {
    Question of_group = question;
    if (!group.holder.empty()) of_group.holder = group.holder;
    if (auto decided = decide_group(view, of_group, group, !group.holder.empty(), principal, evaluation); !decided)
      return fail(decided.error());
  }
  if (ask.known_at) evaluation.valid_until = view.evaluated_at;
  return evaluation;
}

Result<void> FilterHandler::decide_group(const View& view, const Question& question, const PeopleGroup& group,
                                         bool named_by_row, const Principal& principal, Evaluation& evaluation) const {
  const auto at_line = [&](Error error) {
    if (named_by_row) error.detail += " (line " + std::to_string(group.first_line) + ")";
    return fail(std::move(error));
  };
  if (auto allowed = check_holder(principal, *view.book, question.holder); !allowed) return at_line(allowed.error());
  if (auto checked = check_question(*view.book, question); !checked) {
    // An institution nobody has heard of has filed nothing; its rows do not fail their neighbours.
    if (!named_by_row || checked.error().code != "unknown_holder") return at_line(checked.error());
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

// The first part to arrive chooses the point in the log for all of them, as long as an answer from there may be used.
Result<View> FilterHandler::view_of_parts(const Ask& ask, const Principal& principal) const {
  const IdempotencyKey key{principal.id, "filter-parts:" + *ask.batch_id, key_digest(ask, "parts", {})};
  Result<std::optional<std::string>> stored = log_.find_answer(key);
  if (!stored) return fail(stored.error());
  if (!*stored) {
    const Result<View> view = view_for(ask, principal);
    if (!view) return view;
    const RunMemo memo{view->position, view->evaluated_at, ask.as_of.value_or(view->evaluated_at)};
    const Result<Appended> appended = log_.append({{}, principal.id, key, std::nullopt, encode(memo)});
    if (!appended) return fail(appended.error());
    if (!appended->repeated) return view;
    *stored = appended->answer;
  }
  const Result<RunMemo> memo = decode_run_memo(**stored);
  if (!memo) return fail(memo.error());
  Result<View> view = source_.view_at(memo->position);
  if (!view) return view;
  // What was not said while it could be relied on is not said any more.
  if (const Timestamp now = view->evaluated_at;
      now > memo->evaluated_at.plus_seconds(view->book->decision_valid_seconds))
    return fail(ErrorKind::kUnprocessable, "batch_expired",
                "The answers of this batch are no longer valid: begin another one for what is left.");
  view->evaluated_at = memo->evaluated_at;
  return view;
}

Result<FilterHandler::Evaluation> FilterHandler::evaluate_with_evidence(Ask& ask, const PeopleList& people,
                                                                        const Principal& principal) const {
  const bool callers_id = ask.batch_id.has_value();
  if (!callers_id) {
    Result<std::string> id = fresh_batch_id();
    if (!id) return fail(id.error());
    ask.batch_id = std::move(*id);
  }
  // A known id must be looked up first; a new one leaves time to take the digest while the decisions are made.
  const bool digest_first = callers_id || people.body.size() < kDigestAsideBytesMin;
  Digest input_digest{};
  const auto digest_input = [&] { input_digest = sha256(as_bytes(people.body)); };
  const std::string part = ask.parts > 1 ? ":" + std::to_string(ask.part) : std::string();
  const auto key_of_input = [&] {
    return IdempotencyKey{principal.id, "filter:" + *ask.batch_id + part,
                          key_digest(ask, media_type_of(people.form), input_digest)};
  };
  const auto conflict = [](Error error) {
    return fail(error.kind == ErrorKind::kConflict ? batch_id_reused() : std::move(error));
  };
  const auto again = [&](std::string_view stored, EventIndex receipt) -> Result<Evaluation> {
    const Result<RunMemo> memo = decode_run_memo(stored);
    if (!memo) return fail(memo.error());
    Result<View> view = source_.view_at(memo->position);
    if (!view) return fail(view.error());
    view->evaluated_at = memo->evaluated_at;
    Ask same = ask;
    same.as_of = memo->as_of;
    Result<Evaluation> evaluation = evaluate(same, *view, people, principal);
    if (!evaluation) return evaluation;
    evaluation->batch_id = *ask.batch_id;
    evaluation->receipt = receipt;
    return evaluation;
  };

  if (digest_first) digest_input();
  if (callers_id) {
    const IdempotencyKey key = key_of_input();
    const Result<std::optional<std::string>> stored = log_.find_answer(key);
    if (!stored) return conflict(stored.error());
    if (*stored) {
      // Writes nothing: the key is known, and the log says which event was its.
      const Result<Appended> known = log_.append({{}, principal.id, key, std::nullopt, **stored});
      if (!known) return conflict(known.error());
      return again(**stored, known->first);
    }
  }
  const Result<View> view = ask.parts > 1 ? view_of_parts(ask, principal) : view_for(ask, principal);
  if (!view) return conflict(view.error());
  Result<Evaluation> evaluation = Result<Evaluation>(tl::unexpect, Error{});
  share_(digest_first ? 1 : 2, [&](std::size_t i) {
    if (i == 0)
      evaluation = evaluate(ask, *view, people, principal);
    else
      digest_input();
  });
  if (!evaluation) return evaluation;

  FilterRun run;
  run.batch_id = *ask.batch_id;
  run.regime = ask.question.regime;
  run.holder = ask.question.holder;
  run.recipient = ask.question.recipient;
  run.purpose = ask.question.purpose;
  run.filter_point = name_of(ask.question.point);
  run.override_code = ask.question.override_code;
  run.ground = ask.question.ground;
  run.categories = ask.question.categories;
  run.input_digest = input_digest;
  const bool tells_reasons = may(principal.role, Action::kFilterReasons);
  run.details =
      RunDetails{ask.part, run_form(people.form), tells_reasons ? RunTold::kReasons : RunTold::kUse, 0, ask.permit_id};
  run.output_digest = decision_digest(evaluation->reasons, tells_reasons);
  record_decisions(run, count(evaluation->reasons));
  run.position = view->position;
  run.policy = view->policy_event;
  run.as_of = evaluation->as_of;
  run.evaluated_at = view->evaluated_at;
  run.valid_until = evaluation->valid_until;
  run.parts = ask.parts;

  AppendRequest append;
  append.bodies.emplace_back(std::move(run));
  append.caller = principal.id;
  append.key = key_of_input();
  append.answer = encode(RunMemo{view->position, view->evaluated_at, evaluation->as_of});
  const Result<Appended> appended = log_.append(std::move(append));
  if (!appended) return conflict(appended.error());
  if (appended->repeated)
    return again(appended->answer, appended->first);  // the same batch was in work twice; the first one counts
  evaluation->batch_id = *ask.batch_id;
  evaluation->receipt = appended->first;
  return evaluation;
}

Response FilterHandler::render(const Ask& ask, const PeopleList& people, const Principal& principal,
                               const Evaluation& evaluation) const {
  AnswerContext context;
  context.position = evaluation.view.position;
  context.evaluated_at = evaluation.view.evaluated_at;
  context.valid_until = evaluation.valid_until;
  context.batch_id = evaluation.batch_id;
  context.tells_reasons = may(principal.role, Action::kFilterReasons);
  context.decision_digest = to_hex(decision_digest(evaluation.reasons, context.tells_reasons));

  Response response;
  response.content_type = spoken_media_type(people.form);
  switch (ask.answer) {
    case AnswerForm::kAllowed: response.body = allowed_body(people, evaluation.reasons); break;
    case AnswerForm::kReasons: response.body = reasons_body(people, evaluation.reasons); break;
    case AnswerForm::kBitmap: response.body = bitmap_body(evaluation.reasons); break;
    case AnswerForm::kCounts:
      response.content_type = "application/json";
      response.body = counts_body(count(evaluation.reasons), people.row_count, context);
      break;
  }
  response.headers = {{"Ishi-Position", std::to_string(context.position.events())},
                      {"Ishi-Evaluated-At", to_iso(context.evaluated_at)},
                      {"Ishi-Valid-Until", to_iso(context.valid_until)},
                      {"Ishi-Decision-Digest", context.decision_digest}};
  if (!context.batch_id.empty()) response.headers.emplace_back("Ishi-Batch-Id", context.batch_id);
  if (ask.known_at && context.tells_reasons)
    response.headers.emplace_back("Ishi-Use-Digest", to_hex(decision_digest(evaluation.reasons, false)));
  if (evaluation.receipt) response.headers.emplace_back("Ishi-Receipt", std::to_string(evaluation.receipt->value()));
  if (evaluation.view.erased_since > 0)
    response.headers.emplace_back("Ishi-Erased-Since", std::to_string(evaluation.view.erased_since));
  if (evaluation.view.staleness.count() > 0)
    response.headers.emplace_back("Ishi-Staleness",
                                  std::to_string((evaluation.view.staleness.count() + 999'999) / 1'000'000));
  return response;
}

}  // namespace ishi::api
