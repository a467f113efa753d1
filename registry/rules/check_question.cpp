#include "registry/rules/decide.h"
#include "registry/rules/holder_duties.h"

namespace ishi {
namespace {

tl::unexpected<Error> refuse_question(const char* code, std::string detail) {
  return fail(ErrorKind::kInvalidArgument, code, std::move(detail));
}

// By its own code or by that of a successor.
bool knows_holder(const PolicyBook& book, const std::string& code) {
  return book.institutions.contains(code) || book.institutions.contains(book.current_institution(code));
}
bool knows_recipient(const PolicyBook& book, const std::string& code) {
  return book.operators.contains(code) || book.operators.contains(book.current_operator(code));
}

}  // namespace

Result<void> check_question(const PolicyBook& book, const Question& question) {
  const Regime* regime = book.find_regime(question.regime);
  if (regime == nullptr) return refuse_question("unknown_regime", "regime: not in the policy book");
  if (!regime->valid.contains(jst_date(question.as_of))) {
    return refuse_question("regime_not_in_force", "regime: not in force on " + to_iso(jst_date(question.as_of)));
  }
  if (question.holder.empty()) {
    if (needs_holder(*regime))
      return refuse_question("holder_missing", "holder: this regime binds the holder; name it");
  } else if (!knows_holder(book, question.holder)) {
    return refuse_question("unknown_holder", "holder: no such institution in the policy book");
  }
  if (!question.recipient.empty() && !knows_recipient(book, question.recipient)) {
    return refuse_question("unknown_recipient", "recipient: no such operator in the policy book");
  }
  if (!question.purpose.empty() && !book.purposes.contains(question.purpose)) {
    return refuse_question("unknown_purpose", "purpose: not in the policy book");
  }
  for (const std::string& category : question.categories) {
    const bool known =
        regime->categories.empty() ? book.categories.contains(category) : regime->categories.contains(category);
    if (!known) return refuse_question("unknown_category", "categories: one of them is not a category of this regime");
  }
  if (!question.override_code.empty()) {
    if (regime->find_override(question.override_code) == nullptr) {
      return refuse_question("unknown_override", "override: this regime has no such exception");
    }
    if (question.ground.empty()) return refuse_question("ground_missing", "ground: an exception must say why");
  }
  return {};
}

}  // namespace ishi
