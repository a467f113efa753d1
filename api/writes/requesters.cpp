#include "api/writes/requesters.h"

#include "api/writes/fields.h"
#include "registry/policy/names.h"

namespace ishi::api {

Judged<Requester> requester_fields(const Line& line, Timestamp now) {
  Requester requester;
  const Judged<RequesterKind> kind = enumerated_field(line.row, "requester", RequesterKind::kSelf, &parse_requester);
  if (!kind) return tl::unexpected(kind.error());
  requester.kind = *kind;
  const Judged<std::string_view> relation = text_field(line.row, "relation");
  if (!relation) return tl::unexpected(relation.error());
  requester.relation = *relation;
  const Judged<std::optional<CivilDate>> birth = date_field(line.row, "birth_date");
  if (!birth) return tl::unexpected(birth.error());
  if (*birth && **birth > jst_date(now)) return refuse(LineCode::kDateInFuture, "birth_date");
  requester.birth_date = *birth;
  if (line.subject.status != nullptr) requester.died_on = line.subject.status->died_on;
  return requester;
}

Judged<Channel> channel_field(const Line& line, const Principal& principal) {
  return enumerated_field(line.row, "channel", usual_channel(principal.role), &parse_channel);
}

Refusal refusal_of(const Error& error) {
  const LineCode code = line_code_of(error.code);
  switch (code) {
    case LineCode::kUnknownRegime:
    case LineCode::kObjectionNotApplicable:
    case LineCode::kConsentNotApplicable:
    case LineCode::kRegimeNotReversible: return {code, "regimes"};
    case LineCode::kRelationUnknown: return {code, "relation"};
    case LineCode::kPersonNotDeceased: return {code, "death_date"};
    case LineCode::kAgeSelfTooYoung: return {code, "birth_date"};
    case LineCode::kWithdrawalBeforeRequest: return {code, "accepted_at"};
    case LineCode::kRequesterNotAllowed:
    case LineCode::kGuardianAgeExceeded:
    case LineCode::kWithdrawalNotAllowed: return {code, "requester"};
    default: return {code, {}};
  }
}

}  // namespace ishi::api
