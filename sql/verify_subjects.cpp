#include "sql/verify_subjects.h"

#include <algorithm>

namespace ishi::sql {

Result<void> SubjectChecker::open() {
  auto opened = session_.run(kOpenSubjects);
  if (!opened) return fail(opened.error());
  return {};
}

void SubjectChecker::expect(std::uint64_t index, std::vector<Token> tokens) {
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  expected_[index] = std::move(tokens);
}

void SubjectChecker::expect_anything(std::uint64_t index) {
  expected_[index] = std::nullopt;
}

Result<const SubjectChecker::Row*> SubjectChecker::peek() {
  if (rows_.empty() && !ended_) {
    auto fetched = session_.run(kNextSubjects);
    if (!fetched) return fail(fetched.error());
    for (std::size_t i = 0; i < fetched->size(); ++i) rows_.push_back({fetched->number(i, 0), fetched->token(i, 1)});
    ended_ = rows_.empty();
  }
  return rows_.empty() ? nullptr : &rows_.front();
}

Result<void> SubjectChecker::check(std::uint64_t from, std::uint64_t to, const Report& report) {
  for (std::uint64_t index = from; index < to; ++index) {
    std::vector<Token> stored;
    while (true) {
      auto row = peek();
      if (!row) return fail(row.error());
      if (*row == nullptr || (*row)->index > static_cast<std::int64_t>(index)) break;
      if ((*row)->index < 0) {
        report("subject_surplus", 0);  // no event has a negative number; the first is named
      } else {
        stored.push_back((*row)->token);
      }
      rows_.pop_front();
    }
    const auto expected = expected_.find(index);
    if (expected == expected_.end() || !expected->second) continue;
    std::sort(stored.begin(), stored.end());
    const std::vector<Token>& wanted = *expected->second;
    if (!std::includes(stored.begin(), stored.end(), wanted.begin(), wanted.end())) report("subject_missing", index);
    if (!std::includes(wanted.begin(), wanted.end(), stored.begin(), stored.end())) report("subject_surplus", index);
  }
  expected_.clear();
  return {};
}

Result<void> SubjectChecker::finish(const Report& report) {
  for (int told = 0; told < 100; ++told) {
    auto row = peek();
    if (!row) return fail(row.error());
    if (*row == nullptr) return {};
    report("subject_surplus", static_cast<std::uint64_t>((*row)->index));
    rows_.pop_front();
  }
  return {};
}

}  // namespace ishi::sql
