// Compares the subject index with what the events themselves say: the stored rows stream by in the order of their
// events, and each event brings what it expects. Part of verify_store.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "registry/identifiers/token.h"
#include "sql/session.h"

namespace ishi::sql {

class SubjectChecker {
 public:
  using Report = std::function<void(const char* code, std::uint64_t index)>;  // subject_missing, subject_surplus

  // REQUIRES: the session is in a transaction and stays in it.
  explicit SubjectChecker(Session& session) : session_(session) {}
  Result<void> open();
  void expect(std::uint64_t index, std::vector<Token> tokens);
  void expect_anything(std::uint64_t index);  // the event can't be read, so its rows can't be judged
  // Compares for the events from..to-1, for all of which something was expected. REQUIRES: ranges in order.
  Result<void> check(std::uint64_t from, std::uint64_t to, const Report& report);
  // What is left belongs to no event. At most 100 of them are told.
  Result<void> finish(const Report& report);

 private:
  struct Row {
    std::int64_t index;
    Token token;
  };
  Result<const Row*> peek();  // nullptr at the end

  Session& session_;
  std::map<std::uint64_t, std::optional<std::vector<Token>>> expected_;  // sorted, distinct; nullopt: anything
  std::deque<Row> rows_;
  bool ended_ = false;
};

}  // namespace ishi::sql
