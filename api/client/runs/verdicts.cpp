#include "api/client/runs/verdicts.h"

#include <algorithm>

namespace ishi::client {
namespace {

constexpr std::uint8_t kRefused = 1;

LocalPerson without_mark(LocalPerson person) {
  person.back() &= static_cast<std::uint8_t>(~kRefused);
  return person;
}

}  // namespace

void Verdicts::about_item(std::uint64_t index, bool usable) {
  if (asked_.size() <= index) {
    asked_.resize(index + 1);
    refused_.resize(index + 1);
  }
  asked_[index] = true;
  if (!usable) refused_[index] = true;
}

Result<void> Verdicts::about_person(const LocalPerson& person, bool usable) {
  if (people_.size() >= kPeopleMax) {
    settle();
    if (people_.size() > kPeopleMax / 2) {
      return fail(ErrorKind::kTooLarge, "people_too_many",
                  "more than " + std::to_string(kPeopleMax / 2) + " patients in one file; split it");
    }
  }
  LocalPerson marked = without_mark(person);
  if (!usable) marked.back() |= kRefused;
  people_.push_back(marked);
  return {};
}

void Verdicts::settle() {
  std::sort(people_.begin(), people_.end());
  // Of the marks about one person the refusal sorts last, and the last is kept.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    if (kept > 0 && without_mark(people_[kept - 1]) == without_mark(people_[i])) --kept;
    people_[kept++] = people_[i];
  }
  people_.resize(kept);
}

bool Verdicts::keep(std::uint64_t index, const Piece& piece) const {
  if (!piece.problem.empty()) return false;
  if (piece.names_nobody) return true;
  if (piece.people.empty()) return index < asked_.size() && asked_[index] && !refused_[index];
  return std::all_of(piece.people.begin(), piece.people.end(), [&](const LocalPerson& person) {
    return std::binary_search(people_.begin(), people_.end(), without_mark(person));
  });
}

}  // namespace ishi::client
