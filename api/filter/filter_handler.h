// FilterHandler: POST /v1/filter and GET /v1/status/{identifier}: may this person's data be used? (LAW.md 8)
//
// Life of a batch: 1 the question (ask) and the body's form. 2 The body becomes a list of tokens. Who asks, about whose
// patients and on whose behalf is checked for each holder (check_asker). 3 One View of now, for each part of a long
// batch its own. 4 One decision per row, all at that View. 5 A batch id seen before: the old answer, byte for byte, if
// it may still be relied on (else batch_expired) and the new decisions are the same (else batch_superseded). 6 Else the
// run is appended to the log. 7 Only then it is answered: no answer without its evidence. A replay by a regulator and a
// dry run leave none, and carry no batch id. What was, and what was known then, is answered to regulators alone.
//
// Any thread. Written against registry/ports/event_log.h alone.
#pragma once

#include <chrono>
#include <functional>

#include "api/filter/answer.h"
#include "api/filter/ask.h"
#include "api/http/router.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

struct FilterLimits {
  std::size_t body_bytes_max = std::size_t{256} << 20;  // 16 M tokens; longer batches come in parts
  std::size_t holders_max = 10'000;                     // distinct holders in the rows of one request
  std::chrono::milliseconds freshness_wait_max{3'000};  // then 503
};

class FilterHandler {
 public:
  // Called once per batch that was answered, by many threads at once.
  using Observer = std::function<void(const ReasonCounts&)>;

  // REQUIRES: all outlive the handler. `share` divides the work of one large batch among threads.
  FilterHandler(const StatusSource& source, EventLog& log, const Tokenizer& tokenizer, FilterLimits limits,
                Observer observer = {}, ParallelFor share = run_serially);
  void add_routes(Router& router);

  Response filter(const Request& request, const Principal& principal) const;
  Response status(const Request& request, const Principal& principal) const;

 private:
  struct Batch;

  Result<Response> answer_batch(const Request& request, const Principal& principal) const;
  Result<Response> answer_one(const Request& request, const Principal& principal) const;
  // The strict view that the caller was judged by serves the question too.
  Result<View> view_for(const Ask& ask, const Principal& principal) const;
  Result<View> view_known_at(const KnownAt& known_at) const;
  // The instant that the question is about: now; of a permit, when it was approved; of an auditor, what they say.
  Result<Timestamp> legal_instant(const Ask& ask, const View& view, const Principal& principal) const;
  Result<Evaluation> evaluate(const Ask& ask, const View& view, const PeopleList& people,
                              const Principal& principal) const;
  Result<Evaluation> evaluate_as_of(Timestamp as_of, const Ask& ask, const View& view, const PeopleList& people,
                                    const Principal& principal) const;
  Result<void> decide_rows(const Question& question, const PeopleList& people, const Principal& principal,
                           Evaluation& evaluation) const;
  Result<void> decide_group(const Question& question, const PeopleGroup& group, bool named_by_row,
                            const Principal& principal, Evaluation& evaluation) const;

  Result<Evaluation> evaluate_with_evidence(Ask& ask, const PeopleList& people, const Principal& principal) const;
  Result<std::optional<Evaluation>> repeat_if_known(const Batch& batch) const;
  Result<Evaluation> repeat(const Batch& batch, std::string_view stored, EventIndex receipt,
                            const Evaluation& fresh) const;
  Result<FilterRun> recorded_run(EventIndex receipt) const;
  Result<Evaluation> evaluate_now(Batch& batch, bool digest_aside) const;
  Result<Evaluation> record(const Batch& batch, Evaluation evaluation) const;
  Result<void> join_parts(const Batch& batch, const View& view) const;
  Response render(const Ask& ask, const PeopleList& people, const Evaluation& evaluation) const;

  const StatusSource& source_;
  EventLog& log_;
  const Tokenizer& tokenizer_;
  const FilterLimits limits_;
  const Observer observer_;
  const ParallelFor share_;
};

}  // namespace ishi::api
