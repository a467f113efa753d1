// What the tests of commands share: the sample book, an actor of the hospital kAoba, noon (JST) of 2026-07-01, and the
// people that the accepted commands made. A person is a small number. What an actor did is recorded under actor.id.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "registry/commands/standing.h"
#include "registry/status/population.h"
#include "tests/support/sample_book.h"

namespace ishi {

inline Token token(int person) {
  std::string digits = std::to_string(person);
  return Token::parse_hex(std::string(32 - digits.size(), 'a') + digits).value();
}

inline Scope in_regimes(std::vector<std::string> codes) {
  Scope scope;
  scope.regimes = std::move(codes);
  return scope;
}

// "" accepted; "+clock_adjusted" accepted with remarks; "=no_effect" accepted, nothing written; "code field" refused.
inline std::string verdict(const CommandResult<Outcome>& result) {
  if (!result) {
    const std::string field(result.error().field);
    return std::string(name_of(result.error().code)) + (field.empty() ? "" : " " + field);
  }
  if (result->nothing_written) return "=" + std::string(name_of(*result->nothing_written));
  std::string remarks;
  for (const Remark remark : result->remarks) remarks += "+" + std::string(name_of(remark));
  return remarks;
}

struct CommandTest : ::testing::Test {
  PolicyBook book = sample::book();
  Actor actor{Role::kHolderBatch,
              [](std::string_view institution) { return institution == sample::kAoba; },
              "aoba-machine",
              sample::kAoba,
              "",
              true};
  Timestamp now = parse_timestamp("2026-07-01T12:00:00+09:00").value();
  Population people;
  std::vector<EventBody> log;

  CommandContext context() const {
    history_.emplace_back(recorded_);
    return {book, actor, now, &history_.back()};
  }
  // As known now; stays as it is when more becomes known.
  Subject person(int number) {
    known_.push_back(people.find(token(number)));
    return {token(number), known_.back() ? &*known_.back() : nullptr, false};
  }
  // Ends a request: its events are in the log, and everybody knows them. The index of the first.
  EventIndex append(CommandBatch batch) {
    const EventIndex first(log.size());
    for (EventBody& body : batch.events) {
      recorded_.push_back({EventIndex(log.size()), Event{now, actor.id, body}});
      people.apply(EventIndex(log.size()), recorded_.back().event);
      log.push_back(std::move(body));
    }
    return first;
  }
  // A request of one command: judge(batch).
  template <typename Judge>
  std::string request(Judge judge) {
    CommandBatch batch;
    const CommandResult<Outcome> result = judge(batch);
    EXPECT_TRUE(result.has_value() || batch.events.empty()) << "a refused command adds no event";
    EXPECT_TRUE(!result || result->nothing_written.has_value() == batch.events.empty());
    append(std::move(batch));
    return verdict(result);
  }
  template <typename Body>
  const Body& event(std::size_t index) const {
    return std::get<Body>(log.at(index));
  }

 private:
  std::deque<std::optional<PersonStatus>> known_;
  std::vector<StoredEvent> recorded_;
  mutable std::deque<History> history_;
};

}  // namespace ishi
