// The body of a filter request: each row keeps its place, is in one group or invalid, and the text form comes out the
// same wherever it was cut for the threads.
#include "api/filter/people_list.h"

#include <vector>

#include "api/filter/text_list.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

constexpr std::size_t kHoldersMax = 3;

const Tokenizer& tokenizer() {
  static const Tokenizer kTokenizer = *Tokenizer::create("fuzz", as_bytes("0123456789abcdef0123456789abcdef"));
  return kTokenizer;
}

void check_groups(const api::PeopleList& list) {
  std::vector<bool> seen(list.row_count, false);
  FUZZ_MUST(list.places.size() == list.row_count);
  for (const api::PeopleGroup& group : list.groups) {
    FUZZ_MUST(group.rows.size() == group.tokens.size());
    FUZZ_MUST(group.forms.empty() || group.forms.size() == group.tokens.size());
    for (const std::uint32_t row : group.rows) {
      FUZZ_MUST(row < list.row_count && !seen[row]);
      seen[row] = true;
    }
    for (std::size_t i = 1; i < group.rows.size(); ++i) FUZZ_MUST(group.rows[i - 1] < group.rows[i]);
    for (std::size_t i = 0; i < group.forms.size(); ++i) FUZZ_MUST(group.forms[i].exact == group.tokens[i]);
  }
  std::size_t end = list.header.size();
  for (const api::RowPlace& place : list.places) {
    FUZZ_MUST(place.offset >= end && place.length > 0);
    end = std::size_t{place.offset} + place.length;
    FUZZ_MUST(end <= list.body.size());
  }
}

bool same(const api::PeopleList& a, const api::PeopleList& b) {
  if (a.row_count != b.row_count || a.groups.size() != b.groups.size()) return false;
  for (std::size_t i = 0; i < a.groups.size(); ++i) {
    const api::PeopleGroup &x = a.groups[i], &y = b.groups[i];
    if (x.holder != y.holder || x.tokens != y.tokens || x.forms != y.forms || x.rows != y.rows) return false;
  }
  for (std::size_t i = 0; i < a.places.size(); ++i) {
    const api::RowPlace &x = a.places[i], &y = b.places[i];
    if (x.offset != y.offset || x.length != y.length || x.line != y.line) return false;
  }
  return true;
}

const Registration kTarget("people", [](std::string_view body) {
  const std::size_t form = take_choice(body, 4);
  const auto list = api::read_people(static_cast<api::BodyForm>(form), body, tokenizer(), kHoldersMax);
  if (!list) {
    FUZZ_MUST(!list.error().code.empty());
    FUZZ_MUST(!repeats_digits(list.error().detail, body, 8));
    return;
  }
  if (list->form == api::BodyForm::kTokens) {
    FUZZ_MUST(list->all.size() == list->row_count && list->all.size_bytes() == body.size());
    return;
  }
  check_groups(*list);
  if (list->form == api::BodyForm::kText) {
    for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{7}, std::size_t{64}})
      FUZZ_MUST(same(*list, api::read_text(body, tokenizer(), api::run_serially, piece_bytes)));
  }
});

}  // namespace
}  // namespace ishi::fuzz
