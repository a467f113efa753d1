#include "api/filter/permit.h"

#include <algorithm>

#include "registry/ports/permits.h"
#include "registry/rules/parts.h"

namespace ishi::api {
namespace {

tl::unexpected<Error> not_under(const char* code, std::string why) {
  return fail(ErrorKind::kInvalidArgument, code, std::move(why));
}

// A part whose own law has no cut-off at the permit binds as of now, and all parts are asked as of one instant.
bool all_parts_have_cut_off(const PolicyBook& book, const Question& question) {
  const std::vector<Question> others = other_parts(book, question);
  return std::all_of(others.begin(), others.end(), [&](const Question& part) {
    const Regime* regime = book.find_regime(part.regime);
    return regime != nullptr && regime->cutoff == Cutoff::kPermitApprovalTime;
  });
}

Result<void> check_permit(const PermitApproved& permit, const PolicyBook& book, const Question& question) {
  if (!permit.recipient.empty() && book.current_operator(permit.recipient) != book.current_operator(question.recipient))
    return not_under("permit_recipient", "recipient: this permit was given to another one; name it");
  if (std::find(permit.purposes.begin(), permit.purposes.end(), question.purpose) == permit.purposes.end())
    return not_under("permit_purpose", "purpose: name one of the purposes of the permit");
  if (!question.override_code.empty() && question.override_code != permit.exception)
    return not_under("permit_exception", "override: the permit does not state this exception");
  return {};
}

}  // namespace

Result<std::optional<Timestamp>> permit_cut_off(const EventLog& log, const View& view, const Ask& ask, bool needed) {
  const Question& question = ask.question;
  const Regime* regime = view.book->find_regime(question.regime);
  if (regime == nullptr) return std::nullopt;
  const bool has_cut_off = regime->cutoff == Cutoff::kPermitApprovalTime;
  if (!has_cut_off && !needed) return std::nullopt;
  if (ask.permit_id.empty()) {
    if (needed)
      return not_under("permit_needed",
                       "permit_id: under the framework option in force you ask at F4 with a registered permit only");
    if (question.override_code.empty()) return std::nullopt;
    return not_under("permit_needed",
                     "permit_id: under this regime an exception is claimed with the permit that states it");
  }
  if (ask.at_once_until) return fail(would_wait());
  const auto sheets = find_permit(log, ask.permit_id, view.position);
  if (!sheets) return fail(sheets.error());
  if (sheets->empty())
    return not_under("unknown_permit",
                     "permit_id: no such permit is registered; a reviewer registers it with POST /v1/permits, and it "
                     "counts from then on");
  const RegisteredPermit* sheet = sheet_for(*sheets, question.regime);
  if (sheet == nullptr) return not_under("permit_regime", "permit_id: this permit is one of another regime");
  if (auto fits = check_permit(sheet->permit, *view.book, question); !fits) return fail(fits.error());
  if (!has_cut_off || !all_parts_have_cut_off(*view.book, question)) return std::nullopt;
  return sheet->cut_off();
}

}  // namespace ishi::api
