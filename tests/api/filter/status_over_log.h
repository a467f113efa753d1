// A StatusSource that folds a MemoryLog anew for every answer: slow, and right by construction. Scolds its callers.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "registry/assert.h"
#include "registry/ports/event_log.h"
#include "registry/ports/status_source.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/support/memory_log.h"

namespace ishi::testing {

class StatusOverLog final : public StatusSource {
 public:
  StatusOverLog(const EventLog& log, const Clock& clock, std::shared_ptr<const PolicyBook> book)
      : log_(log), clock_(clock), book_(std::move(book)) {}

  mutable Freshness asked;      // of the last view
  std::optional<Error> broken;  // every view fails so
  std::chrono::microseconds staleness{0};
  std::function<void()> after_deciding;

  Result<View> view(const Freshness& freshness) const override {
    asked = freshness;
    if (broken) return fail(*broken);
    const Head head = *log_.head();
    return View{head.position, std::max(clock_.now(), head.last_registered_at), EventIndex(0), book_,
                freshness.staleness_max ? staleness : std::chrono::microseconds(0)};
  }
  Result<View> view_at(Position known_at) const override {
    if (broken) return fail(*broken);
    if (known_at > log_.head()->position)
      return fail(ErrorKind::kInvalidArgument, "known_at_in_the_future", "beyond the log");
    return View{known_at, clock_.now(), EventIndex(0), book_, std::chrono::microseconds(0)};
  }
  Result<void> decide_all(const View& view, const Question& question, std::span<const Token> tokens,
                          std::span<const TokenForms> forms, std::span<ReasonCode> out) const override {
    ISHI_ASSERT(out.size() == tokens.size() && (forms.empty() || forms.size() == tokens.size()));
    ISHI_ASSERT(check_question(*view.book, question).has_value());
    const Population people = fold(view.position);
    for (std::size_t i = 0; i < tokens.size(); ++i)
      out[i] = decide(*view.book, question, match(people, tokens[i], forms.empty() ? nullptr : &forms[i])).code;
    if (after_deciding) after_deciding();
    return {};
  }
  Result<Match> find(const View& view, const Token& token, const TokenForms* forms) const override {
    return match(fold(view.position), token, forms);
  }

 private:
  Population fold(Position upto) const {
    Population people;
    if (upto.events() == 0) return people;
    const auto events = *log_.read(EventIndex(0), 100'000);
    for (const StoredEvent& stored : events)
      if (upto.covers(stored.index)) people.apply(stored.index, stored.event);
    return people;
  }
  static Match match(const Population& people, const Token& token, const TokenForms* forms) {
    return forms ? people.resolve(token, forms->household, forms->loose)
                 : people.resolve(token, std::nullopt, std::nullopt);
  }

  const EventLog& log_;
  const Clock& clock_;
  std::shared_ptr<const PolicyBook> book_;
};

}  // namespace ishi::testing
