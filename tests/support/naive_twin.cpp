#include "tests/support/naive_twin.h"

#include <algorithm>

namespace ishi::twin {
namespace {

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::count(list.begin(), list.end(), item) > 0;
}
bool has(const std::vector<EventIndex>& list, std::size_t item) {
  return std::count(list.begin(), list.end(), EventIndex(item)) > 0;
}

// 民法 140, 143 once more, by counting on fingers.
CivilDate day_after_period(const WaitRule& rule, CivilDate notice) {
  const CivilDate first = notice.plus_days(1);
  const CivilDate by_days = first.plus_days(rule.days);
  const auto start = first.year_month_day();
  int year = static_cast<int>(start.year());
  int month = static_cast<int>(static_cast<unsigned>(start.month())) + rule.months;
  while (month > 12) month -= 12, ++year;
  const auto days_in = [](int y, int m) {
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : kDays[m - 1];
  };
  const int day = static_cast<int>(static_cast<unsigned>(start.day()));
  const CivilDate by_month =
      day <= days_in(year, month)
          ? CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(day))
          : CivilDate::of(year, static_cast<unsigned>(month), static_cast<unsigned>(days_in(year, month))).plus_days(1);
  if (rule.mode == WaitMode::kDays) return by_days;
  if (rule.mode == WaitMode::kMonth) return by_month;
  return by_days < by_month ? by_month : by_days;
}

// Objections: one shared point is enough, and what either side leaves open is shared.
bool overlaps(const PolicyBook& book, const Scope& scope, const Question& q) {
  if (!scope.regimes.empty() && !has(scope.regimes, q.regime)) return false;
  if (!scope.purposes.empty() && !q.purpose.empty() && !has(scope.purposes, q.purpose)) return false;
  if (!scope.holders.empty() && !q.holder.empty()) {
    bool same = false;
    for (const auto& code : scope.holders) same |= book.current_institution(code) == book.current_institution(q.holder);
    if (!same) return false;
  }
  if (!scope.recipients.empty() && !q.recipient.empty()) {
    bool same = false;
    for (const auto& code : scope.recipients) same |= book.current_operator(code) == book.current_operator(q.recipient);
    if (!same) return false;
  }
  if (!scope.categories.empty() && !q.categories.empty()) {
    bool shared = false;
    for (const auto& category : q.categories) shared |= has(scope.categories, category);
    if (!shared) return false;
  }
  return true;
}

// Consents: everything asked must lie inside.
bool contains(const PolicyBook& book, const Scope& scope, const Question& q) {
  const CivilDate today = jst_date(q.as_of);
  if (scope.record_from.has_value() || scope.record_to.has_value()) return false;
  if (!scope.regimes.empty() && !has(scope.regimes, q.regime)) return false;
  if (!scope.purposes.empty() && (q.purpose.empty() || !has(scope.purposes, q.purpose))) return false;
  if (!scope.holders.empty()) {
    bool inside = false;
    for (const auto& code : scope.holders) {
      inside |= book.current_institution(code, today) == book.current_institution(q.holder, today);
    }
    if (q.holder.empty() || !inside) return false;
  }
  if (!scope.recipients.empty()) {
    bool inside = false;
    for (const auto& code : scope.recipients) {
      inside |= book.current_operator(code, today) == book.current_operator(q.recipient, today);
    }
    if (q.recipient.empty() || !inside) return false;
  }
  if (!scope.categories.empty()) {
    if (q.categories.empty()) return false;
    for (const auto& category : q.categories) {
      if (!has(scope.categories, category)) return false;
    }
  }
  return true;
}

bool filed(const PolicyBook& book, const Regime& regime, const Question& q) {
  const bool publication = regime.control == ControlModel::kPublicOptOut;
  const bool notice = regime.control == ControlModel::kNoticeOptOut;
  if (!publication && !notice && !regime.filing_required) return true;
  const CivilDate today = jst_date(q.as_of);
  if (q.holder.empty()) return notice && !regime.filing_required && regime.notice_portable;
  const auto found = book.institutions.find(book.current_institution(q.holder, today));
  if (found == book.institutions.end()) return false;
  if (found->second.suspended) return false;
  if (found->second.closed_on.has_value() && !(today < *found->second.closed_on)) return false;
  if (!publication && !regime.filing_required) return true;
  for (const Filing& filing : found->second.filings) {
    if (filing.regime == regime.code && filing.valid.contains(today)) return true;
  }
  return false;
}

bool recipient_fit(const PolicyBook& book, const Question& q) {
  if (q.recipient.empty()) return true;
  const CivilDate today = jst_date(q.as_of);
  const auto found = book.operators.find(book.current_operator(q.recipient, today));
  if (found == book.operators.end()) return false;
  const OperatorOrganisation& recipient = found->second;
  if (recipient.blocked) return false;
  if (!recipient.certified.contains(today)) return false;
  return recipient.regimes.count(q.regime) == 1;
}

// A letter that counts as a notice of its own regime towards the holder asked about.
const NoticeTemplate* good_letter(const PolicyBook& book, const Regime& regime, const Question& q,
                                  const NoticeGiven& notice) {
  const CivilDate today = jst_date(q.as_of);
  const auto found = book.templates.find(notice.template_id);
  if (found == book.templates.end()) return nullptr;
  const NoticeTemplate& letter = found->second;
  const bool by_right_holder = regime.notice_portable || book.notice_carries_over(notice.holder, q.holder, today);
  const bool own_letter = letter.holder.empty() || book.notice_carries_over(letter.holder, notice.holder, today);
  const bool in_use = letter.effective.contains(notice.date) && letter.regime == notice.regime;
  const bool told = notice.method != NoticeMethod::kPublicOnly && notice.date <= today;
  return by_right_holder && own_letter && in_use && told ? &letter : nullptr;
}

bool says_enough(const PolicyBook& book, const Regime& regime, const Question& q, const NoticeTemplate& letter) {
  if (letter.legal_version == LegalVersion::kV2018 && !letter.supplementary_items) {
    const auto change = book.legal_version_from.find(LegalVersion::kV2022);
    if (change == book.legal_version_from.end() || !(jst_date(q.as_of) < change->second)) return false;
  }
  if (letter.categories.empty()) return true;
  std::vector<std::string> wanted = q.categories;
  if (wanted.empty()) {
    if (regime.categories.empty()) {
      wanted.assign(book.categories.begin(), book.categories.end());
    } else {
      wanted.assign(regime.categories.begin(), regime.categories.end());
    }
  }
  for (const auto& category : wanted) {
    if (letter.categories.count(category) == 0) return false;
  }
  return true;
}

// Walks the reasons from the first to the last; an exception steps over those that it lifts.
struct Walk {
  const OverrideRule* exception = nullptr;
  bool stepped_over = false;
  bool stops_at(ReasonCode code) {
    if (code != ReasonCode::kDenyWeakMatch && exception != nullptr && exception->lifts.count(code) == 1) {
      stepped_over = true;
      return false;
    }
    return true;
  }
};

}  // namespace

void NaiveTwin::add(const Event& event) {
  const Number number = events_.size();
  events_.push_back(event);
  const auto mention = [&](const Token& token) {
    auto& numbers = about_[token];
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
  };
  for (const Token& token : subjects_of(event.body)) mention(token);
  if (const auto* erased = std::get_if<RecordErased>(&event.body)) {
    erased_by_.try_emplace(static_cast<Number>(erased->target.value()), number);
  }
}

bool NaiveTwin::happened(Number number, Number known_at) const {
  if (number >= known_at) return false;
  const auto erased = erased_by_.find(number);
  return erased == erased_by_.end() || erased->second >= known_at || erased->second <= number;
}

const std::vector<NaiveTwin::Number>& NaiveTwin::about(const Token& token) const {
  static const std::vector<Number> kNothing;
  const auto found = about_.find(token);
  return found == about_.end() ? kNothing : found->second;
}

template <typename Body, typename Visit>
void NaiveTwin::each(const Token& token, Number known_at, Visit visit) const {
  for (const Number number : about(token)) {
    const auto* body = std::get_if<Body>(&events_[number].body);
    if (body != nullptr && happened(number, known_at)) visit(number, *body);
  }
}

bool NaiveTwin::known(const Token& token, Number known_at) const {
  for (const Number number : about(token)) {
    if (!happened(number, known_at)) continue;
    const auto* identity = std::get_if<TokenIdentity>(&events_[number].body);
    if (identity == nullptr || identity->exact == token) return true;
  }
  return false;
}

bool NaiveTwin::stands(Number link, const TokensLinked& body, Number known_at) const {
  bool undone = false;
  for (const Token& end : {body.first, body.second}) {
    each<Unlinked>(end, known_at,
                   [&](Number number, const Unlinked& split) { undone |= number > link && has(split.links, link); });
  }
  return !undone;
}

NaiveTwin::Person NaiveTwin::person_of(const Token& token, Number known_at, bool confirmed) const {
  Person person{token};
  std::vector<Token> to_visit{token};
  while (!to_visit.empty()) {
    const Token here = to_visit.back();
    to_visit.pop_back();
    each<TokensLinked>(here, known_at, [&](Number number, const TokensLinked& link) {
      if (!stands(number, link, known_at)) return;
      if (confirmed && link.source != LinkSource::kHistoryInquiry && link.source != LinkSource::kInsurer) return;
      for (const Token& end : {link.first, link.second}) {
        if (person.insert(end).second) to_visit.push_back(end);
      }
    });
  }
  return person;
}

std::vector<NaiveTwin::Person> NaiveTwin::persons_written_as(const Token& weak, bool household, Number known_at,
                                                             Token& first) const {
  std::set<Token> tokens;
  if (known(weak, known_at)) tokens.insert(weak);
  each<TokenIdentity>(weak, known_at, [&](Number, const TokenIdentity& identity) {
    if ((household ? identity.household : identity.loose) == weak) tokens.insert(identity.exact);
  });
  std::set<Person> persons;
  for (const Token& token : tokens) persons.insert(person_of(token, known_at));
  if (!tokens.empty()) first = *tokens.begin();
  return {persons.begin(), persons.end()};
}

NaiveTwin::Found NaiveTwin::who(const Asked& asked, Number known_at) const {
  Found found;
  if (known(asked.exact, known_at)) {
    found.persons.push_back(person_of(asked.exact, known_at));
    found.first = asked.exact;
    return found;
  }
  found.persons = persons_written_as(asked.household ? *asked.household : asked.exact, true, known_at, found.first);
  found.by_household = !found.persons.empty();
  if (found.by_household) return found;
  found.persons = persons_written_as(asked.loose ? *asked.loose : asked.exact, false, known_at, found.first);
  found.by_loose = !found.persons.empty();
  return found;
}

bool NaiveTwin::holds_household_card(const Person& person, Number known_at) const {
  bool holds = false;
  for (const Token& token : person) {
    each<TokenIdentity>(token, known_at, [&](Number, const TokenIdentity& identity) {
      holds |= identity.exact == token ? identity.level == TokenLevel::kHousehold : identity.household == token;
    });
  }
  return holds;
}

std::set<Token> NaiveTwin::households_of(const Person& person, Number known_at) const {
  std::set<Token> households;
  for (const Token& token : person) {
    each<TokenIdentity>(token, known_at, [&](Number, const TokenIdentity& identity) {
      if (identity.exact == token && person.count(identity.household) == 0) households.insert(identity.household);
    });
  }
  return households;
}

NaiveTwin::Objecting NaiveTwin::objecting(const PolicyBook& book, const Question& question, const Token& on,
                                          const Person& spokesmen, Number known_at) const {
  Objecting result;
  const int grace_days = book.regimes.find(question.regime)->second.wait_after_withdrawal_days;
  each<Objection>(on, known_at, [&](Number number, const Objection& objection) {
    if (!overlaps(book, objection.scope, question) || objection.accepted_at > question.as_of) return;
    std::optional<Timestamp> taken_back;
    Person heard = spokesmen;
    heard.insert(on);
    for (const Token& token : heard) {
      each<ObjectionWithdrawn>(token, known_at, [&](Number later, const ObjectionWithdrawn& withdrawal) {
        if (later < number || !has(withdrawal.objections, number)) return;
        if (!taken_back || withdrawal.accepted_at < *taken_back) taken_back = withdrawal.accepted_at;
      });
    }
    if (!taken_back || question.as_of < *taken_back) {
      result.now = true;
    } else if (grace_days > 0 && objection.accepted_at < *taken_back) {
      const CivilDate until = jst_date(*taken_back).plus_days(grace_days + 1);
      if (jst_date(question.as_of) < until && (!result.grace_until || *result.grace_until < until)) {
        result.grace_until = until;
      }
    }
  });
  return result;
}

bool NaiveTwin::consenting(const PolicyBook& book, const Question& question, const Person& person,
                           Number known_at) const {
  bool yes = false;
  for (const Token& token : person) {
    each<ConsentGiven>(token, known_at, [&](Number number, const ConsentGiven& consent) {
      if (question.as_of < consent.accepted_at) return;
      if (consent.expires_on && *consent.expires_on < jst_date(question.as_of)) return;
      if (!contains(book, consent.scope, question)) return;
      bool taken_back = false;
      for (const Token& other : person_of(token, known_at)) {  // taking back counts from any card
        each<ConsentWithdrawn>(other, known_at, [&](Number later, const ConsentWithdrawn& withdrawal) {
          taken_back |= later > number && has(withdrawal.consents, number) && withdrawal.accepted_at <= question.as_of;
        });
      }
      yes |= !taken_back;
    });
  }
  return yes;
}

std::optional<CivilDate> NaiveTwin::death_of(const Person& person, Number known_at) const {
  std::optional<CivilDate> earliest;
  for (const Token& token : person) {
    std::optional<CivilDate> of_token;
    for (const Number number : about(token)) {
      if (!happened(number, known_at)) continue;
      if (std::get_if<DeathRetracted>(&events_[number].body) != nullptr) of_token.reset();
      const auto* death = std::get_if<DeathRecorded>(&events_[number].body);
      if (death != nullptr && (!of_token || death->date < *of_token)) of_token = death->date;
    }
    if (of_token && (!earliest || *of_token < *earliest)) earliest = of_token;
  }
  return earliest;
}

std::vector<const NoticeGiven*> NaiveTwin::letters_to(const Person& person, Number known_at) const {
  std::vector<const NoticeGiven*> letters;
  for (const Token& token : person) {
    std::vector<const NoticeGiven*> of_token;
    for (const Number number : about(token)) {
      if (!happened(number, known_at)) continue;
      if (const auto* notice = std::get_if<NoticeGiven>(&events_[number].body)) of_token.push_back(notice);
      if (const auto* returned = std::get_if<NoticeVoided>(&events_[number].body)) {
        std::erase_if(of_token, [&](const NoticeGiven* notice) {
          return notice->holder == returned->holder && notice->regime == returned->regime &&
                 notice->date == returned->date;
        });
      }
    }
    letters.insert(letters.end(), of_token.begin(), of_token.end());
  }
  return letters;
}

Decision NaiveTwin::ask(const PolicyBook& book, const Question& question, const Asked& asked,
                        std::size_t known_at) const {
  const Regime& regime = book.regimes.find(question.regime)->second;
  const CivilDate today = jst_date(question.as_of);
  const Found found = who(asked, known_at);
  const bool unknown = found.persons.empty();
  const bool several = found.persons.size() > 1;
  Walk walk;
  for (const OverrideRule& rule : regime.overrides) {
    if (!question.override_code.empty() && rule.code == question.override_code) walk.exception = &rule;
  }

  bool objects = false, household_objects = false, on_household_card = false;
  std::optional<CivilDate> grace_until;
  const auto hear = [&](const Objecting& heard, bool& flag) {
    flag |= heard.now;
    if (heard.grace_until && (!grace_until || *grace_until < *heard.grace_until)) grace_until = heard.grace_until;
  };
  for (const Person& person : found.persons) {
    on_household_card |= holds_household_card(person, known_at);
    if (!regime.objections_apply) continue;
    for (const Token& token : person) hear(objecting(book, question, token, person, known_at), objects);
    for (const Token& household : households_of(person, known_at)) {
      hear(objecting(book, question, household, person, known_at), household_objects);
    }
  }
  const bool clearly_this_person = !several && !found.by_household && !on_household_card;

  // The letters that count, and where they leave the person.
  const bool only_one = !unknown && !several;
  std::optional<CivilDate> first_end_of_wait;
  bool told = false, told_elsewhere = false, ripe = false, ripe_and_enough = false, enough = false;
  std::optional<CivilDate> first_told;
  if (only_one && regime.control == ControlModel::kNoticeOptOut) {
    for (const NoticeGiven* notice : letters_to(person_of(found.first, known_at, true), known_at)) {
      const NoticeTemplate* letter = good_letter(book, regime, question, *notice);
      if (letter == nullptr) continue;
      if (notice->regime != regime.code) {
        told_elsewhere = true;
        continue;
      }
      CivilDate end = day_after_period(regime.wait, notice->date);
      const auto holder = book.institutions.find(book.current_institution(question.holder, today));
      if (holder != book.institutions.end() && holder->second.wait) {
        end = std::max(end, day_after_period(*holder->second.wait, notice->date));
      }
      const bool complete = says_enough(book, regime, question, *letter);
      told = true;
      enough |= complete;
      if (end <= today) {
        ripe = true;
        ripe_and_enough |= complete;
      }
      if (!first_end_of_wait || end < *first_end_of_wait) first_end_of_wait = end;
      if (!first_told || notice->date < *first_told) first_told = notice->date;
    }
  }
  const std::optional<CivilDate> death = only_one ? death_of(found.persons[0], known_at) : std::nullopt;
  const CivilDate died_on = death.value_or(CivilDate());
  const bool died = death.has_value() && !(today < died_on);
  const bool told_alive = told && (!died || *first_told <= died_on);
  const bool needs_no_letter =
      died && !told_alive && regime.deceased_unnotified == DeceasedUnnotified::kAllowIfNoBereavedObjection;
  const bool asks_letters = only_one && regime.control == ControlModel::kNoticeOptOut && !needs_no_letter;

  const auto say = [](ReasonCode code) { return Decision{code, std::nullopt}; };
  if (objects && clearly_this_person && walk.stops_at(ReasonCode::kDenyOptout)) return say(ReasonCode::kDenyOptout);
  if (((objects && !clearly_this_person) || household_objects) && walk.stops_at(ReasonCode::kDenyOptoutAmbiguous)) {
    return say(ReasonCode::kDenyOptoutAmbiguous);
  }
  if (several && walk.stops_at(ReasonCode::kDenyAmbiguous)) return say(ReasonCode::kDenyAmbiguous);
  if (regime.control == ControlModel::kOptIn) {
    const bool missing =
        unknown ? regime.unknown_id == UnknownIdRule::kAllow
                : only_one && !consenting(book, question, person_of(found.first, known_at, true), known_at);
    if (missing && walk.stops_at(ReasonCode::kDenyNoConsent)) return say(ReasonCode::kDenyNoConsent);
  }
  if (!filed(book, regime, question) && walk.stops_at(ReasonCode::kDenyNotFiled)) return say(ReasonCode::kDenyNotFiled);
  if (asks_letters && !told && told_elsewhere && walk.stops_at(ReasonCode::kDenyNoticeScope)) {
    return say(ReasonCode::kDenyNoticeScope);
  }
  if (asks_letters && !told && !told_elsewhere && walk.stops_at(ReasonCode::kDenyNoNotice)) {
    return say(ReasonCode::kDenyNoNotice);
  }
  std::optional<CivilDate> wait_until = several ? std::nullopt : grace_until;
  if (asks_letters && told && !ripe && (!wait_until || *wait_until < *first_end_of_wait))
    wait_until = first_end_of_wait;
  if (wait_until && walk.stops_at(ReasonCode::kDenyWaiting)) return {ReasonCode::kDenyWaiting, wait_until};
  if (asks_letters && told && !(ripe ? ripe_and_enough : enough) && walk.stops_at(ReasonCode::kDenyNoticeContent)) {
    return say(ReasonCode::kDenyNoticeContent);
  }
  if (asks_letters && died) {
    const bool died_waiting = told_alive && died_on < *first_end_of_wait && regime.death_in_wait == DeathInWait::kDeny;
    if ((!told_alive || died_waiting) && walk.stops_at(ReasonCode::kDenyDeceasedUnnotified)) {
      return say(ReasonCode::kDenyDeceasedUnnotified);
    }
  }
  const bool weak = several || found.by_household || found.by_loose || on_household_card;
  if (weak && walk.stops_at(ReasonCode::kDenyWeakMatch)) return say(ReasonCode::kDenyWeakMatch);
  if (!recipient_fit(book, question) && walk.stops_at(ReasonCode::kDenyRecipientBlocked)) {
    return say(ReasonCode::kDenyRecipientBlocked);
  }
  if (unknown && regime.unknown_id == UnknownIdRule::kDeny && walk.stops_at(ReasonCode::kDenyUnknown)) {
    return say(ReasonCode::kDenyUnknown);
  }
  return say(walk.stepped_over ? ReasonCode::kOverride : ReasonCode::kAllow);
}

}  // namespace ishi::twin
