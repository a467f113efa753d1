// ToldWorld: a world told in sentences (tests/registry/rules/cases/README.md has the grammar). Each question is put
// to decide() over a Population and to the naive twin; if they differ, the verdict says so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/rules/question.h"
#include "registry/status/population.h"
#include "tests/support/naive_twin.h"

namespace ishi::cases {

class ToldWorld {
 public:
  ToldWorld();
  // A verdict for a question, nothing for a statement. Throws std::runtime_error for what it does not understand.
  std::optional<std::string> tell(const std::string& sentence);

 private:
  class Words;
  std::string answer(Words& words, Timestamp at);
  std::string answer_use(Words& words, Timestamp at);
  std::string answer_request(Words& words, Timestamp at, RequesterKind kind);
  void state(Words& words, Timestamp at);
  void change_rule(Words& words);
  void happen(Timestamp registered_at, EventBody body, const std::string& name);
  Scope scope_of(Words& words) const;
  EventIndex named(const std::string& name) const;
  Population population_at(std::size_t known_at) const;

  PolicyBook book_;
  std::vector<Event> events_;
  twin::NaiveTwin twin_;
  std::map<std::string, EventIndex> names_;
};

// The token that stands for a name in a told world.
Token token_of_name(std::string_view name);

}  // namespace ishi::cases
