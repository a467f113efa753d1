#include "api/filter/evaluation.h"

#include <algorithm>

#include "registry/merkle/sha256.h"

namespace ishi::api {
namespace {

RunForm run_form(BodyForm form) {
  switch (form) {
    case BodyForm::kTokens: return RunForm::kTokens;
    case BodyForm::kText: return RunForm::kText;
    case BodyForm::kCsv: return RunForm::kCsv;
    case BodyForm::kNdjson: return RunForm::kNdjson;
  }
  return RunForm::kTokens;
}

// Takes the reasons for refusals out of the run and keeps their sum.
void withhold_reasons(FilterRun& run) {
  for (std::size_t i = 0; i < run.counts.size(); ++i) {
    const auto code = static_cast<ReasonCode>(i);
    if (may_use(code) || code == ReasonCode::kInvalidId) continue;
    run.details->withheld += run.counts[i];
    run.counts[i] = 0;
  }
}

}  // namespace

void Evaluation::sum_up() {
  counts = count(reasons);
  decision_digest = api::decision_digest(reasons, tells_reasons);
}

ReasonCounts count(std::span<const ReasonCode> reasons) {
  // Nearly all codes are the same one: four tables, so that one sum need not wait for the last.
  std::array<ReasonCounts, 4> partial{};
  for (std::size_t i = 0; i < reasons.size(); ++i) ++partial[i % 4][static_cast<std::size_t>(reasons[i])];
  ReasonCounts counts{};
  for (const ReasonCounts& part : partial)
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += part[i];
  return counts;
}

Digest decision_digest(std::span<const ReasonCode> reasons, bool tells_reasons) {
  static_assert(sizeof(ReasonCode) == 1);
  if (tells_reasons) return sha256({reinterpret_cast<const std::uint8_t*>(reasons.data()), reasons.size()});
  Sha256 hash;
  std::array<std::uint8_t, 4'096> piece;
  for (std::size_t from = 0; from < reasons.size(); from += piece.size()) {
    const std::size_t size = std::min(piece.size(), reasons.size() - from);
    for (std::size_t i = 0; i < size; ++i) piece[i] = may_use(reasons[from + i]) ? 1 : 0;
    hash.update({piece.data(), size});
  }
  return hash.finish();
}

FilterRun event_of(const Ask& ask, BodyForm form, const Digest& input_digest, const Evaluation& evaluation) {
  FilterRun run;
  run.batch_id = *ask.batch_id;
  run.regime = ask.question.regime;
  run.holder = ask.question.holder;
  run.recipient = ask.question.recipient;
  run.purpose = ask.question.purpose;
  run.filter_point = point_text(ask.question);
  run.override_code = ask.question.override_code;
  run.ground = ask.question.ground;
  run.categories = ask.question.categories;
  run.input_digest = input_digest;
  run.output_digest = evaluation.decision_digest;
  run.counts = evaluation.counts;
  run.position = evaluation.view.position;
  run.policy = evaluation.view.policy_event;
  run.as_of = evaluation.as_of;
  run.evaluated_at = evaluation.view.evaluated_at;
  run.valid_until = evaluation.valid_until;
  run.parts = ask.parts;
  run.details = RunDetails{ask.part,
                           run_form(form),
                           evaluation.tells_reasons ? RunTold::kReasons : RunTold::kUse,
                           0,
                           ask.permit_id,
                           ask.question.record_from,
                           ask.question.record_to};
  if (!evaluation.tells_reasons) withhold_reasons(run);
  return run;
}

}  // namespace ishi::api
