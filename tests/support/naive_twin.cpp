#include "tests/support/naive_twin.h"

#include "tests/support/naive_twin_words.h"

#include <algorithm>

namespace ishi::twin {
namespace {

// A letter that counts as a notice of its own regime towards the holder asked about.
const NoticeTemplate* good_letter(const PolicyBook& book, const Regime& regime, const Question& q,
                                  const NoticeGiven& notice) {
  const CivilDate today = jst_date(q.as_of);
  const auto found = book.templates.find(notice.template_id);
  if (found == book.templates.end()) return nullptr;
  const NoticeTemplate& letter = found->second;
  const bool by_right_holder = regime.notice_portable || speaks_for(book, notice.holder, q.holder, today, notice.date);
  const bool own_letter = letter.holder.empty() || letter.holder == notice.holder ||
                          speaks_for(book, letter.holder, notice.holder, today, std::nullopt);
  CivilDate written = notice.date;
  if (notice.method == NoticeMethod::kPosted) written = written.plus_days(-book.mail_delivery_days);
  const bool in_use = letter.effective.contains(written) && letter.regime == notice.regime;
  const bool told = notice.method != NoticeMethod::kPublicOnly && notice.date <= today;
  return by_right_holder && own_letter && in_use && told ? &letter : nullptr;
}

// Which of the kinds of data that are asked for does the letter speak of?
std::set<std::string> spoken_of(const PolicyBook& book, const Question& q, const std::set<std::string>& wanted,
                                const NoticeTemplate& letter) {
  if (letter.legal_version == LegalVersion::kV2018 && !letter.supplementary_items) {
    const auto change = book.legal_version_from.find(LegalVersion::kV2022);
    if (change == book.legal_version_from.end() || !(jst_date(q.as_of) < change->second)) return {};
  }
  if (letter.categories.empty()) return wanted;
  std::set<std::string> named;
  for (const auto& category : wanted) {
    if (letter.categories.count(category) == 1) named.insert(category);
  }
  return named;
}
std::set<std::string> kinds_wanted(const PolicyBook& book, const Regime& regime, const Question& q) {
  if (!q.categories.empty()) return {q.categories.begin(), q.categories.end()};
  if (!regime.categories.empty()) return regime.categories;
  return {book.categories.begin(), book.categories.end()};
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
    // Permits and what was promised, reported or looked at say nothing about use: nobody is known by them.
    if (events_[number].body.index() > EventBody(RecordErased{}).index()) continue;
    const auto* identity = std::get_if<TokenIdentity>(&events_[number].body);
    if (identity == nullptr || (identity->exact == token && identity->level != TokenLevel::kLoose)) return true;
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

// The registry says by a link of the inquiry system from a card to itself that too many cards are one person's.
bool NaiveTwin::marked(const Person& person, Number known_at) const {
  bool found = false;
  for (const Token& token : person) {
    each<TokensLinked>(token, known_at, [&](Number number, const TokensLinked& link) {
      const bool to_itself = link.first == link.second && link.source == LinkSource::kHistoryInquiry;
      found |= to_itself && stands(number, link, known_at);
    });
  }
  return found;
}

std::set<Token> NaiveTwin::tokens_written_as(const Token& weak, bool household, Number known_at) const {
  std::set<Token> tokens;
  if (known(weak, known_at)) tokens.insert(weak);
  each<TokenIdentity>(weak, known_at, [&](Number, const TokenIdentity& identity) {
    const bool so_written = (household ? identity.household : identity.loose) == weak;
    if (so_written && known(identity.exact, known_at)) tokens.insert(identity.exact);
  });
  return tokens;
}

std::vector<NaiveTwin::Person> NaiveTwin::persons_written_as(const Token& weak, bool household, Number known_at) const {
  std::set<Person> persons;
  for (const Token& token : tokens_written_as(weak, household, known_at)) persons.insert(person_of(token, known_at));
  return {persons.begin(), persons.end()};
}

NaiveTwin::Found NaiveTwin::who(const Asked& asked, Number known_at) const {
  Found found;
  const bool has_branch = asked.household.has_value() && *asked.household != asked.exact;
  if (known(asked.exact, known_at)) {
    found.persons.push_back(person_of(asked.exact, known_at));
    found.first = asked.exact;
    for (const Person& member : persons_written_as(asked.exact, true, known_at)) {
      if (member != found.persons[0]) found.of_the_household.push_back(member);
    }
    return found;
  }
  if (!has_branch) found.persons = persons_written_as(asked.exact, true, known_at);
  found.by_household = !found.persons.empty();
  if (found.by_household) {
    found.first = *tokens_written_as(asked.exact, true, known_at).begin();
    return found;
  }
  found.persons = persons_written_as(asked.loose ? *asked.loose : asked.exact, false, known_at);
  found.by_loose = !found.persons.empty();
  const Token loosely = asked.loose ? *asked.loose : asked.exact;
  if (found.by_loose) found.first = *tokens_written_as(loosely, false, known_at).begin();
  for (const Token& card : tokens_written_as(loosely, false, known_at)) {
    const Person holder = person_of(card, known_at);
    for (const Person& member : persons_written_as(card, true, known_at)) {
      if (member != holder) found.of_the_household.push_back(member);
    }
  }
  // Cards that were only written down as the kin of another: whose word is held against them?
  std::set<Token> kin{asked.exact};
  each<TokenIdentity>(loosely, known_at, [&](Number, const TokenIdentity& identity) {
    if (identity.loose == loosely && !known(identity.exact, known_at)) kin.insert(identity.exact);
  });
  for (const Token& card : kin) {
    each<TokenIdentity>(card, known_at, [&](Number, const TokenIdentity& identity) {
      if (identity.exact != card) return;
      if (identity.household == card) {
        for (const Person& member : persons_written_as(card, true, known_at)) found.of_the_household.push_back(member);
      } else if (known(identity.household, known_at)) {
        found.of_the_household.push_back(person_of(identity.household, known_at));
      }
    });
  }
  if (has_branch && known(*asked.household, known_at)) {
    found.of_the_household.push_back(person_of(*asked.household, known_at));
  }
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
    std::set<CivilDate> of_token;
    for (const Number number : about(token)) {
      if (!happened(number, known_at)) continue;
      const auto* retracted = std::get_if<DeathRetracted>(&events_[number].body);
      if (retracted != nullptr && retracted->date) of_token.erase(*retracted->date);
      if (retracted != nullptr && !retracted->date) of_token.clear();
      if (const auto* death = std::get_if<DeathRecorded>(&events_[number].body)) of_token.insert(death->date);
    }
    if (!of_token.empty() && (!earliest || *of_token.begin() < *earliest)) earliest = *of_token.begin();
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
          const auto& letter = returned->letter;
          const bool meant =
              !letter || (letter->method == notice->method && letter->template_id == notice->template_id);
          return meant && notice->holder == returned->holder && notice->regime == returned->regime &&
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
  const Regime& named = book.regimes.find(question.regime)->second;
  std::vector<Decision> answers = {ask_one_law(book, question, asked, known_at)};
  for (const auto& [code, regime] : book.regimes) {
    Question also = question;
    also.regime = code;
    if (named.inherits.count(code) == 1) answers.push_back(ask_one_law(book, also, asked, known_at));
    if (code == question.regime || !regime.own_categories) continue;
    const std::set<std::string> every(book.categories.begin(), book.categories.end());
    const std::set<std::string> of_named = named.categories.empty() ? every : named.categories;
    std::set<std::string> wanted(question.categories.begin(), question.categories.end());
    if (wanted.empty()) wanted = of_named;
    also.categories.clear();
    for (const std::string& category : wanted) {
      if (regime.categories.count(category) == 1) also.categories.push_back(category);
    }
    if (!also.categories.empty()) answers.push_back(ask_one_law(book, also, asked, known_at));
  }
  // The first reason of all, in the order of the list; of several waits the one that ends last.
  for (int number = 1; number < 15; ++number) {
    std::optional<Decision> reason;
    for (const Decision& answer : answers) {
      if (static_cast<int>(answer.code) != number) continue;
      if (!reason || reason->allowed_from < answer.allowed_from) reason = answer;
    }
    if (reason) return *reason;
  }
  for (const Decision& answer : answers) {
    if (answer.code == ReasonCode::kOverride) return answer;
  }
  return {ReasonCode::kAllow, std::nullopt};
}

Decision NaiveTwin::ask_one_law(const PolicyBook& book, const Question& question, const Asked& asked,
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
  bool heed_grace = !several;  // of several candidates nobody knows whose grace it would be
  const auto hear = [&](const Objecting& heard, bool& flag) {
    flag |= heard.now;
    if (heed_grace && heard.grace_until && (!grace_until || *grace_until < *heard.grace_until))
      grace_until = heard.grace_until;
  };
  for (const Person& person : found.persons) {
    on_household_card |= holds_household_card(person, known_at);
    if (!regime.objections_apply) continue;
    household_objects |= marked(person, known_at);
    for (const Token& token : person) hear(objecting(book, question, token, person, known_at), objects);
    for (const Token& household : households_of(person, known_at)) {
      hear(objecting(book, question, household, person, known_at), household_objects);
    }
  }
  heed_grace = true;
  for (const Person& person : found.of_the_household) {
    if (!regime.objections_apply) continue;
    for (const Token& token : person) hear(objecting(book, question, token, person, known_at), household_objects);
  }
  const bool clearly_this_person = !several && !found.by_household && !on_household_card;

  // The letters that count, and where they leave the person.
  const bool only_one = !unknown && !several;
  const std::optional<CivilDate> death = only_one ? death_of(found.persons[0], known_at) : std::nullopt;
  const CivilDate died_on = death.value_or(CivilDate());
  const bool died = death.has_value() && !(today < died_on);
  const auto holder = book.institutions.find(hospital_of(book, question.holder, today));
  const auto end_of = [&](const WaitRule& rule, CivilDate day) {
    const CivilDate end = day_after_period(rule, day);
    const bool promised_more = holder != book.institutions.end() && holder->second.wait;
    return promised_more ? std::max(end, day_after_period(*holder->second.wait, day)) : end;
  };

  // First the letters by which the living were told for the first time, then what was told them after a change.
  std::optional<CivilDate> first_end_of_wait, first_told;
  bool told = false, told_elsewhere = false, ripe = false;
  const std::set<std::string> wanted = kinds_wanted(book, regime, question);
  std::set<std::string> heard_of, ripe_kinds;
  const auto reckon = [&](const NoticeTemplate& letter, CivilDate end) {
    told = true;
    const std::set<std::string> kinds = spoken_of(book, question, wanted, letter);
    heard_of.insert(kinds.begin(), kinds.end());
    if (end <= today) {
      ripe = true;
      ripe_kinds.insert(kinds.begin(), kinds.end());
    }
    if (!first_end_of_wait || end < *first_end_of_wait) first_end_of_wait = end;
  };
  if (only_one && regime.control == ControlModel::kNoticeOptOut) {
    std::vector<std::pair<CivilDate, const NoticeTemplate*>> after_a_change;
    for (const NoticeGiven* notice : letters_to(person_of(found.first, known_at, true), known_at)) {
      const NoticeTemplate* letter = good_letter(book, regime, question, *notice);
      if (letter == nullptr || (died && died_on < notice->date && notice->regime == regime.code)) continue;
      if (notice->regime != regime.code) {
        told_elsewhere = true;
      } else if (notice->method == NoticeMethod::kRenotice) {
        after_a_change.emplace_back(notice->date, letter);
      } else {
        reckon(*letter, end_of(regime.wait, notice->date));
        if (!first_told || notice->date < *first_told) first_told = notice->date;
      }
    }
    const std::optional<CivilDate> end_of_first = first_end_of_wait;
    for (const auto& [day, letter] : after_a_change) {
      if (first_told && *first_told <= day) {
        reckon(*letter, std::max(*end_of_first, end_of(regime.change_wait, day)));
      } else {
        reckon(*letter, end_of(regime.wait, day));
      }
    }
  }
  const bool asks_letters = only_one && regime.control == ControlModel::kNoticeOptOut;

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
  if (asks_letters && !told && !died && told_elsewhere && walk.stops_at(ReasonCode::kDenyNoticeScope)) {
    return say(ReasonCode::kDenyNoticeScope);
  }
  if (asks_letters && !told && !died && !told_elsewhere && walk.stops_at(ReasonCode::kDenyNoNotice)) {
    return say(ReasonCode::kDenyNoNotice);
  }
  std::optional<CivilDate> wait_until = grace_until;
  if (asks_letters && told && !ripe && (!wait_until || *wait_until < *first_end_of_wait))
    wait_until = first_end_of_wait;
  if (wait_until && walk.stops_at(ReasonCode::kDenyWaiting)) return {ReasonCode::kDenyWaiting, wait_until};
  const bool enough = (ripe ? ripe_kinds : heard_of) == wanted && (!wanted.empty() || told);
  if (asks_letters && told && !enough && walk.stops_at(ReasonCode::kDenyNoticeContent)) {
    return say(ReasonCode::kDenyNoticeContent);
  }
  if (asks_letters && died) {
    const bool never = !told && regime.deceased_unnotified == DeceasedUnnotified::kDeny;
    const bool meanwhile = told && died_on < *first_end_of_wait && regime.death_in_wait == DeathInWait::kDeny;
    if ((never || meanwhile) && walk.stops_at(ReasonCode::kDenyDeceasedUnnotified)) {
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
