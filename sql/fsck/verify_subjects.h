// Compares the subject index with what the events themselves say, a range of events at a time. Part of verify_store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "registry/identifiers/token.h"
#include "sql/session/session.h"

namespace ishi::sql {

class SubjectChecker {
 public:
  using Report = std::function<void(const char* code, std::uint64_t index)>;  // subject_missing, subject_surplus

  explicit SubjectChecker(Session& session) : session_(session) {}
  void expect(std::uint64_t index, std::vector<Token> tokens);
  void expect_anything(std::uint64_t index);  // the event can't be read, so its rows can't be judged
  // Compares for the events from..to-1, for all of which something was expected.
  Result<void> check(std::uint64_t from, std::uint64_t to, const Report& report);
  // Rows that belong to no event. At most 100 of them are reported.
  Result<void> check_beyond(const Report& report);

 private:
  Session& session_;
  std::map<std::uint64_t, std::optional<std::vector<Token>>> expected_;  // sorted, distinct; nullopt: anything
};

}  // namespace ishi::sql
