#include "registry/rules/requests.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace ishi {
namespace {

tl::unexpected<Error> refuse_request(const char* code, std::string detail) {
  return fail(ErrorKind::kUnprocessable, code, std::move(detail));
}

bool is_guardian_of_minor(RequesterKind kind) {
  return kind == RequesterKind::kGuardianParent || kind == RequesterKind::kGuardianMinor;
}

// The regimes that a scope speaks of; an open list means all of them.
Result<std::vector<const Regime*>> regimes_in(const PolicyBook& book, const Scope& scope) {
  std::vector<const Regime*> regimes;
  if (scope.regimes.empty()) {
    for (const auto& [code, regime] : book.regimes) regimes.push_back(&regime);
    return regimes;
  }
  for (const std::string& code : scope.regimes) {
    const Regime* regime = book.find_regime(code);
    if (regime == nullptr)
      return fail(ErrorKind::kInvalidArgument, "unknown_regime", "regimes: not in the policy book");
    regimes.push_back(regime);
  }
  return regimes;
}

// Of a request made earlier: a regime that has left the book since then binds nobody any more.
std::vector<const Regime*> regimes_still_in(const PolicyBook& book, const Scope& scope) {
  std::vector<const Regime*> regimes;
  for (const auto& [code, regime] : book.regimes) {
    const bool named = std::find(scope.regimes.begin(), scope.regimes.end(), code) != scope.regimes.end();
    if (scope.regimes.empty() || named) regimes.push_back(&regime);
  }
  return regimes;
}

// What holds whatever the regime: the bereaved name their relation and speak for the dead.
Result<void> check_bereaved(const PolicyBook& book, const Requester& requester, Timestamp accepted_at) {
  if (requester.kind != RequesterKind::kBereaved) return {};
  if (!book.relations.contains(requester.relation)) {
    return refuse_request("relation_unknown", "relation: name the relation of the bereaved as the policy book does");
  }
  if (!requester.died_on || *requester.died_on > jst_date(accepted_at)) {
    return refuse_request("person_not_deceased", "requester: the bereaved speak for the dead; record the death first");
  }
  return {};
}

Result<void> check_age(const PolicyBook& book, const Regime& regime, const Requester& requester,
                       Timestamp accepted_at) {
  if (!requester.birth_date) return {};
  const CivilDate day = jst_date(accepted_at);
  if (requester.kind == RequesterKind::kSelf && day < reaches_age_on(*requester.birth_date, regime.self_age)) {
    return refuse_request("age_self_too_young", regime.code + ": decides alone from the age of " +
                                                    std::to_string(regime.self_age) + "; a guardian may act");
  }
  const int outgrown_at = std::min(book.majority_age, regime.guardian_age_max + 1);
  if (is_guardian_of_minor(requester.kind) && reaches_age_on(*requester.birth_date, outgrown_at) <= day) {
    return refuse_request("guardian_age_exceeded", regime.code + ": the person has reached the age of " +
                                                       std::to_string(outgrown_at) + " and decides alone");
  }
  return {};
}

Result<void> check_decider(const PolicyBook& book, const Regime& regime, const Requester& requester,
                           Timestamp accepted_at) {
  if (!regime.deciders.contains(requester.kind)) {
    return refuse_request("requester_not_allowed", regime.code + ": this kind of requester does not decide here");
  }
  return check_age(book, regime, requester, accepted_at);
}

using Check = std::function<Result<void>(const Regime&)>;

Result<void> check_every(const std::vector<const Regime*>& regimes, const Check& check) {
  for (const Regime* regime : regimes) {
    if (Result<void> checked = check(*regime); !checked) return checked;
  }
  return {};
}

// Enough if it holds in one; else the first complaint.
Result<void> check_any(const std::vector<const Regime*>& regimes, const char* code_if_none, const Check& check) {
  std::optional<Error> first;
  for (const Regime* regime : regimes) {
    Result<void> checked = check(*regime);
    if (checked) return {};
    if (!first) first = checked.error();
  }
  if (first) return fail(*first);
  return refuse_request(code_if_none, "no regime of the policy book is open to this request");
}

std::vector<const Regime*> only(std::vector<const Regime*> regimes, bool (*wanted)(const Regime&)) {
  std::erase_if(regimes, [&](const Regime* regime) { return !wanted(*regime); });
  return regimes;
}
bool open_to_objection(const Regime& regime) {
  return regime.objections_apply;
}
bool works_by_consent(const Regime& regime) {
  return regime.control == ControlModel::kOptIn;
}

}  // namespace

Result<void> check_objection(const PolicyBook& book, const Scope& scope, const Requester& requester,
                             Timestamp accepted_at) {
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return fail(regimes.error());
  if (Result<void> bereaved = check_bereaved(book, requester, accepted_at); !bereaved) return bereaved;
  const Check decides = [&](const Regime& regime) { return check_decider(book, regime, requester, accepted_at); };
  if (scope.regimes.empty()) {
    return check_any(only(*regimes, open_to_objection), "objection_not_applicable", decides);
  }
  return check_every(*regimes, [&](const Regime& regime) -> Result<void> {
    if (!open_to_objection(regime)) {
      return refuse_request("objection_not_applicable",
                            regime.code + ": collected by law; no choice is left to the person");
    }
    return decides(regime);
  });
}

Result<void> check_withdrawal(const PolicyBook& book, const ObjectionFact& objection, const Requester& requester,
                              Timestamp accepted_at) {
  if (accepted_at < objection.accepted_at) {
    return refuse_request("withdrawal_before_request", "accepted_at: before the objection that it takes back");
  }
  const bool may_undo =
      std::any_of(book.withdrawal_rules.begin(), book.withdrawal_rules.end(), [&](const WithdrawalRule& rule) {
        return rule.made_by == objection.requester && rule.withdrawn_by.contains(requester.kind);
      });
  if (!may_undo) {
    return refuse_request("withdrawal_not_allowed", "requester: may not take back an objection made by somebody else");
  }
  if (Result<void> bereaved = check_bereaved(book, requester, accepted_at); !bereaved) return bereaved;
  const auto concerned = only(regimes_still_in(book, objection.scope), open_to_objection);
  return check_every(concerned, [&](const Regime& regime) -> Result<void> {
    if (!regime.reversible) {
      return refuse_request("regime_not_reversible", regime.code + ": an objection cannot be taken back");
    }
    return check_age(book, regime, requester, accepted_at);
  });
}

Result<void> check_consent(const PolicyBook& book, const Scope& scope, const Requester& requester,
                           Timestamp accepted_at) {
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return fail(regimes.error());
  if (Result<void> bereaved = check_bereaved(book, requester, accepted_at); !bereaved) return bereaved;
  if (scope.regimes.empty() && only(*regimes, works_by_consent).empty()) {
    return refuse_request("consent_not_applicable", "no regime of the policy book works by consent");
  }
  const auto concerned = scope.regimes.empty() ? only(*regimes, works_by_consent) : *regimes;
  return check_every(concerned, [&](const Regime& regime) -> Result<void> {
    if (!works_by_consent(regime)) {
      return refuse_request("consent_not_applicable", regime.code + ": does not work by consent");
    }
    return check_decider(book, regime, requester, accepted_at);
  });
}

Result<void> check_consent_withdrawal(const PolicyBook& book, const ConsentFact& consent, const Requester& requester,
                                      Timestamp accepted_at) {
  if (accepted_at < consent.accepted_at) {
    return refuse_request("withdrawal_before_request", "accepted_at: before the consent that it takes back");
  }
  if (Result<void> bereaved = check_bereaved(book, requester, accepted_at); !bereaved) return bereaved;
  return check_any(only(regimes_still_in(book, consent.scope), works_by_consent), "consent_not_applicable",
                   [&](const Regime& regime) { return check_decider(book, regime, requester, accepted_at); });
}

std::optional<CivilDate> reaffirm_date(const PolicyBook& book, const Scope& scope, const Requester& requester,
                                       Timestamp accepted_at) {
  if (!is_guardian_of_minor(requester.kind) || !requester.birth_date) return std::nullopt;
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return std::nullopt;
  std::optional<CivilDate> first;
  for (const Regime* regime : only(*regimes, open_to_objection)) {
    const CivilDate decides_alone = reaches_age_on(*requester.birth_date, regime->self_age);
    first = std::min(first.value_or(decides_alone), decides_alone);
  }
  return first && *first > jst_date(accepted_at) ? first : std::nullopt;
}

}  // namespace ishi
