#include "sql/fsck/verify_subjects.h"

#include <algorithm>

namespace ishi::sql {

void SubjectChecker::expect(std::uint64_t index, std::vector<Token> tokens) {
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  expected_[index] = std::move(tokens);
}

void SubjectChecker::expect_anything(std::uint64_t index) {
  expected_[index] = std::nullopt;
}

Result<void> SubjectChecker::check(std::uint64_t from, std::uint64_t to, const Report& report) {
  const auto rows = session_.run(kSubjectsOf, Parameters().number(from).number(to));
  if (!rows) return fail(rows.error());
  std::size_t row = 0;
  std::vector<Token> stored;
  for (const auto& [index, wanted] : expected_) {
    stored.clear();
    for (; row < rows->size() && rows->count(row, 0) <= index; ++row)
      if (rows->count(row, 0) == index) stored.push_back(rows->token(row, 1));
    if (!wanted) continue;
    std::sort(stored.begin(), stored.end());
    if (!std::includes(stored.begin(), stored.end(), wanted->begin(), wanted->end())) report("subject_missing", index);
    if (!std::includes(wanted->begin(), wanted->end(), stored.begin(), stored.end())) report("subject_surplus", index);
  }
  expected_.clear();
  return {};
}

Result<void> SubjectChecker::check_beyond(const Report& report) {
  const auto rows = session_.run(kSubjectsBeyond);
  if (!rows) return fail(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i)
    report("subject_surplus", static_cast<std::uint64_t>(std::max<std::int64_t>(rows->number(i, 0), 0)));
  return {};
}

}  // namespace ishi::sql
