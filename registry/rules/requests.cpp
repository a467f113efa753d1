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

Result<void> check_relation(const PolicyBook& book, const Requester& requester) {
  if (requester.kind != RequesterKind::kBereaved || book.relations.contains(requester.relation)) return {};
  return refuse_request("relation_unknown", "relation: name the relation of the bereaved as the policy book does");
}

// The dead cannot ask, and nobody else can in their name.
Result<void> check_alive(const Requester& requester, Timestamp accepted_at) {
  const bool died_before = requester.died_on && *requester.died_on < jst_date(accepted_at);
  if (requester.kind == RequesterKind::kBereaved || !died_before) return {};
  return refuse_request("person_has_died", "requester: the person has died; only the bereaved may object now");
}

// What holds whatever the regime: the bereaved name their relation and speak for the dead, the others for the living.
Result<void> check_speaker(const PolicyBook& book, const Requester& requester, Timestamp accepted_at) {
  if (Result<void> alive = check_alive(requester, accepted_at); !alive) return alive;
  if (requester.kind != RequesterKind::kBereaved) return {};
  if (Result<void> related = check_relation(book, requester); !related) return related;
  if (!requester.died_on || *requester.died_on > jst_date(accepted_at)) {
    return refuse_request("person_not_deceased", "requester: the bereaved speak for the dead; record the death first");
  }
  return {};
}

enum class Effect : std::uint8_t { kStopsUse, kPermitsUse };

Result<void> check_age(const PolicyBook& book, const Regime& regime, const Requester& requester, Timestamp accepted_at,
                       Effect effect) {
  if (!requester.birth_date) {
    const bool by_age = is_guardian_of_minor(requester.kind) ||
                        (requester.kind == RequesterKind::kSelf && effect == Effect::kPermitsUse);
    if (!by_age) return {};
    return refuse_request("birth_date_needed", "birth_date: who may ask depends on the person's age");
  }
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
                           Timestamp accepted_at, Effect effect) {
  if (!regime.deciders.contains(requester.kind)) {
    return refuse_request("requester_not_allowed", regime.code + ": this kind of requester does not decide here");
  }
  return check_age(book, regime, requester, accepted_at, effect);
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
bool reversible(const Regime& regime) {
  return regime.reversible;
}

Result<void> check_objection_under(const PolicyBook& book, const Regime& regime, const Requester& requester,
                                   Timestamp accepted_at) {
  if (open_to_objection(regime)) return check_decider(book, regime, requester, accepted_at, Effect::kStopsUse);
  return refuse_request("objection_not_applicable",
                        regime.code + ": collected by law; no choice is left to the person");
}

}  // namespace

Result<void> check_objection(const PolicyBook& book, const Scope& scope, const Requester& requester,
                             Timestamp accepted_at) {
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return fail(regimes.error());
  if (Result<void> speaker = check_speaker(book, requester, accepted_at); !speaker) return speaker;
  const bool all = scope.regimes.empty();
  return check_any(all ? only(*regimes, open_to_objection) : *regimes, "objection_not_applicable",
                   [&](const Regime& regime) { return check_objection_under(book, regime, requester, accepted_at); });
}

std::vector<std::string> regimes_bound(const PolicyBook& book, const Scope& scope, const Requester& requester,
                                       Timestamp accepted_at) {
  std::vector<std::string> bound;
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return scope.regimes;
  bool everywhere = true;
  for (const Regime* regime : *regimes) {
    if (scope.regimes.empty() && !open_to_objection(*regime)) continue;
    if (check_objection_under(book, *regime, requester, accepted_at)) {
      bound.push_back(regime->code);
    } else {
      everywhere = false;
    }
  }
  return everywhere ? scope.regimes : bound;
}

std::vector<std::string> irreversible_regimes(const PolicyBook& book, const Scope& scope) {
  std::vector<std::string> found;
  for (const Regime* regime : only(regimes_still_in(book, scope), open_to_objection)) {
    if (!regime->reversible) found.push_back(regime->code);
  }
  return found;
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
  if (Result<void> alive = check_alive(requester, accepted_at); !alive) return alive;
  if (Result<void> related = check_relation(book, requester); !related) return related;
  const auto concerned = only(regimes_still_in(book, objection.scope), open_to_objection);
  const auto open_again = only(concerned, reversible);
  if (open_again.empty() && !concerned.empty()) {
    return refuse_request("regime_not_reversible", concerned.front()->code + ": an objection cannot be taken back");
  }
  return check_every(open_again, [&](const Regime& regime) {
    return check_age(book, regime, requester, accepted_at, Effect::kPermitsUse);
  });
}

Result<void> check_consent(const PolicyBook& book, const Scope& scope, const Requester& requester,
                           Timestamp accepted_at) {
  const auto regimes = regimes_in(book, scope);
  if (!regimes) return fail(regimes.error());
  if (requester.kind == RequesterKind::kBereaved) {
    return refuse_request("requester_not_allowed", "requester: the bereaved may object, and permit nothing");
  }
  if (Result<void> alive = check_alive(requester, accepted_at); !alive) return alive;
  if (scope.regimes.empty() && only(*regimes, works_by_consent).empty()) {
    return refuse_request("consent_not_applicable", "no regime of the policy book works by consent");
  }
  const auto concerned = scope.regimes.empty() ? only(*regimes, works_by_consent) : *regimes;
  return check_every(concerned, [&](const Regime& regime) -> Result<void> {
    if (!works_by_consent(regime)) {
      return refuse_request("consent_not_applicable", regime.code + ": does not work by consent");
    }
    return check_decider(book, regime, requester, accepted_at, Effect::kPermitsUse);
  });
}

Result<void> check_consent_withdrawal(const PolicyBook& book, const ConsentFact& consent, const Requester& requester,
                                      Timestamp accepted_at) {
  if (accepted_at < consent.accepted_at) {
    return refuse_request("withdrawal_before_request", "accepted_at: before the consent that it takes back");
  }
  if (requester.kind == RequesterKind::kBereaved) {
    return refuse_request("requester_not_allowed",
                          "requester: the bereaved take back only what they made; they object");
  }
  if (Result<void> alive = check_alive(requester, accepted_at); !alive) return alive;
  return check_any(
      only(regimes_still_in(book, consent.scope), works_by_consent), "consent_not_applicable",
      [&](const Regime& regime) { return check_decider(book, regime, requester, accepted_at, Effect::kStopsUse); });
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
