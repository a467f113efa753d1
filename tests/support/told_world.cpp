#include "tests/support/told_world.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "registry/rules/decide.h"
#include "registry/rules/requests.h"
#include "tests/support/random_world.h"
#include "tests/support/sample_book.h"

namespace ishi::cases {

// The words of a sentence, taken one by one from the front; options are taken from wherever they stand.
class ToldWorld::Words {
 public:
  explicit Words(const std::string& sentence) : sentence_(sentence) {
    std::istringstream in(sentence);
    for (std::string word; in >> word;) words_.push_back(word);
  }
  [[noreturn]] void puzzled() const { throw std::runtime_error("not understood: " + sentence_); }
  bool empty() const { return words_.empty(); }
  std::string next() {
    if (words_.empty()) puzzled();
    std::string word = words_.front();
    words_.erase(words_.begin());
    return word;
  }
  // Takes the phrase if it comes next.
  bool skip(std::string_view phrase) {
    Words wanted{std::string(phrase)};
    if (wanted.words_.size() > words_.size()) return false;
    if (!std::equal(wanted.words_.begin(), wanted.words_.end(), words_.begin())) return false;
    words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(wanted.words_.size()));
    return true;
  }
  void expect(std::string_view phrase) {
    if (!skip(phrase)) puzzled();
  }
  // Takes `keyword value` out of the rest.
  std::optional<std::string> option(std::string_view keyword) {
    const auto found = std::find(words_.begin(), words_.end(), keyword);
    if (found == words_.end()) return std::nullopt;
    if (found + 1 == words_.end()) puzzled();
    std::string value = *(found + 1);
    words_.erase(found, found + 2);
    return value;
  }
  std::vector<std::string> list(std::string_view keyword) {
    std::vector<std::string> items;
    std::istringstream in(option(keyword).value_or(""));
    for (std::string item; std::getline(in, item, ',');) items.push_back(item);
    return items;
  }
  std::optional<CivilDate> date(std::string_view keyword) {
    const auto text = option(keyword);
    return text ? std::optional(date_of(*text)) : std::nullopt;
  }
  CivilDate date_of(const std::string& text) const {
    const auto date = parse_date(text);
    if (!date) puzzled();
    return *date;
  }
  Timestamp instant_of(const std::string& text) const {
    const auto instant = parse_timestamp(text);
    if (!instant) puzzled();
    return *instant;
  }
  template <typename Value>
  Value one_of(const std::map<std::string, Value>& choices, const std::string& word) const {
    const auto found = choices.find(word);
    if (found == choices.end()) puzzled();
    return found->second;
  }
  void end() const {
    if (!words_.empty()) puzzled();
  }

 private:
  std::string sentence_;
  std::vector<std::string> words_;
};

namespace {

const std::map<std::string, RequesterKind> kRequesters = {
    {"SELF", RequesterKind::kSelf},
    {"PARENT", RequesterKind::kGuardianParent},
    {"MINORS_GUARDIAN", RequesterKind::kGuardianMinor},
    {"ADULTS_GUARDIAN", RequesterKind::kGuardianAdult},
    {"AGENT", RequesterKind::kAgent},
    {"BEREAVED", RequesterKind::kBereaved},
    {"CARER", RequesterKind::kOtherCarer},
};
const std::map<std::string, NoticeMethod> kMethods = {
    {"hand", NoticeMethod::kHanded},       {"post", NoticeMethod::kPosted},        {"mail", NoticeMethod::kElectronic},
    {"terminal", NoticeMethod::kTerminal}, {"poster", NoticeMethod::kComposite},   {"town", NoticeMethod::kMunicipal},
    {"renewal", NoticeMethod::kRenotice},  {"website", NoticeMethod::kPublicOnly},
};
const std::map<std::string, bool> kYesNo = {{"yes", true}, {"no", false}};

}  // namespace

Token token_of_name(std::string_view name) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  if (name.size() > bytes.size()) throw std::runtime_error("a name has at most 16 bytes: " + std::string(name));
  std::copy(name.begin(), name.end(), bytes.begin());
  return Token(bytes);
}

ToldWorld::ToldWorld() : book_(sample::book()) {}

std::optional<std::string> ToldWorld::tell(const std::string& sentence) {
  const bool is_question = sentence.ends_with('?');
  Words words(is_question ? sentence.substr(0, sentence.size() - 1) : sentence);
  if (words.skip("rule")) {
    change_rule(words);
    return std::nullopt;
  }
  if (words.skip("law as shipped with")) {
    const std::string option = words.next();
    twin::put_under(book_, twin::shipped_book(option, words.skip("reformed")));
    words.end();
    return std::nullopt;
  }
  const Timestamp at = words.instant_of(words.next());
  if (is_question) return answer(words, at);
  state(words, at);
  return std::nullopt;
}

Scope ToldWorld::scope_of(Words& words) const {
  Scope scope{words.list("regime"),  words.list("holder"),       words.list("recipient"), words.list("categories"),
              words.list("purpose"), words.date("records-from"), words.date("records-to")};
  for (std::string& code : scope.holders) code = sample::institution_code(book_, code);
  for (std::string& code : scope.recipients) code = sample::operator_code(book_, code);
  return scope;
}

EventIndex ToldWorld::named(const std::string& name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) throw std::runtime_error("nothing is called " + name);
  return found->second;
}

void ToldWorld::happen(Timestamp registered_at, EventBody body, const std::string& name) {
  if (!name.empty()) names_[name] = EventIndex(events_.size());
  events_.push_back({registered_at, "test", std::move(body)});
  twin_.add(events_.back());
}

void ToldWorld::change_rule(Words& words) {
  const auto regime = book_.regimes.find(words.next());
  if (regime == book_.regimes.end()) words.puzzled();
  Regime& rule = regime->second;
  const std::string field = words.next(), value = words.next();
  if (field == "notice_portable")
    rule.notice_portable = words.one_of(kYesNo, value);
  else if (field == "filing_required")
    rule.filing_required = words.one_of(kYesNo, value);
  else if (field == "reversible")
    rule.reversible = words.one_of(kYesNo, value);
  else if (field == "wait_after_withdrawal_days")
    rule.wait_after_withdrawal_days = std::stoi(value);
  else if (field == "wait")
    rule.wait = words.one_of<WaitRule>({{"30_days", {WaitMode::kDays, 30, 1}},
                                        {"1_month", {WaitMode::kMonth, 30, 1}},
                                        {"later", {WaitMode::kMax, 30, 1}}},
                                       value);
  else if (field == "unknown_id")
    rule.unknown_id =
        words.one_of<UnknownIdRule>({{"ALLOW", UnknownIdRule::kAllow}, {"DENY", UnknownIdRule::kDeny}}, value);
  else if (field == "deceased_unnotified")
    rule.deceased_unnotified = words.one_of<DeceasedUnnotified>(
        {{"DENY", DeceasedUnnotified::kDeny}, {"ALLOW", DeceasedUnnotified::kAllowIfNoBereavedObjection}}, value);
  else if (field == "change_wait_days")
    rule.change_wait = {WaitMode::kDays, std::stoi(value), 1};
  else if (field == "death_in_wait")
    rule.death_in_wait =
        words.one_of<DeathInWait>({{"DENY", DeathInWait::kDeny}, {"ALLOW", DeathInWait::kAllowAfterWait}}, value);
  else
    words.puzzled();
  words.end();
}

void ToldWorld::state(Words& words, Timestamp at) {
  const std::string name = words.option("called").value_or("");
  const Timestamp accepted_at = words.instant_of(words.option("accepted").value_or(to_iso(at)));
  if (words.skip("erase")) return happen(at, RecordErased{named(words.next()), "retention"}, name);

  const std::string who = words.next();
  const Token token = token_of_name(who);
  if (words.skip("is told by")) {
    const std::string holder = sample::institution_code(book_, words.next());
    words.expect("with");
    const std::string letter = words.next();
    const NoticeTemplate* known = book_.find_template(letter);
    const std::string regime = words.option("regime").value_or(known == nullptr ? "" : known->regime);
    const NoticeMethod method = words.one_of(kMethods, words.option("by").value_or("hand"));
    happen(at, NoticeGiven{token, holder, regime, letter, method, words.date("dated").value_or(jst_date(at)), ""},
           name);
  } else if (words.skip("sends back the letter of")) {
    const std::string holder = sample::institution_code(book_, words.next());
    words.expect("about");
    const std::string regime = words.next();
    words.expect("dated");
    happen(at, NoticeVoided{token, holder, regime, words.date_of(words.next())}, name);
  } else if (words.skip("objects")) {
    Objection objection;
    objection.token = token;
    objection.scope = scope_of(words);
    objection.requester = words.one_of(kRequesters, words.option("as").value_or("SELF"));
    objection.relation = words.option("relation").value_or("");
    objection.accepted_at = accepted_at;
    happen(at, objection, name);
  } else if (words.skip("withdraws")) {
    const EventIndex target = named(words.next());
    const RequesterKind requester = words.one_of(kRequesters, words.option("as").value_or("SELF"));
    happen(at, ObjectionWithdrawn{token, {target}, requester, accepted_at, Channel::kCounterPaper}, name);
  } else if (words.skip("consents")) {
    const Scope scope = scope_of(words);
    happen(at, ConsentGiven{token, scope, RequesterKind::kSelf, accepted_at, words.date("until"), Channel::kPortal},
           name);
  } else if (words.skip("revokes")) {
    happen(at, ConsentWithdrawn{token, {named(words.next())}, RequesterKind::kSelf, accepted_at, Channel::kPortal},
           name);
  } else if (words.skip("and")) {
    const Token other = token_of_name(words.next());
    words.expect("are one");
    happen(at, TokensLinked{token, other, LinkSource::kInsurer, std::nullopt}, name);
  } else if (words.skip("leaves")) {
    happen(at, Unlinked{token, {named(words.next())}}, name);
  } else if (words.skip("died on")) {
    happen(at, DeathRecorded{token, words.date_of(words.next())}, name);
  } else if (words.skip("lives")) {
    happen(at, DeathRetracted{token}, name);
  } else if (words.skip("is a household card")) {
    happen(at, TokenIdentity{token, token_of_name(who + "~"), token, TokenLevel::kHousehold}, name);
  } else if (words.skip("may hold the household card")) {
    happen(at, TokenIdentity{token, token_of_name(who + "~"), token, TokenLevel::kLoose}, name);
  } else if (words.skip("may hold a card of")) {
    const Token household = token_of_name(words.next());
    const Token loose = token_of_name(words.option("like").value_or(who + "~"));
    happen(at, TokenIdentity{token, loose, household, TokenLevel::kLoose}, name);
  } else if (words.skip("has a card of")) {
    const Token household = token_of_name(words.next());
    const Token loose = token_of_name(words.option("like").value_or(who + "~"));
    happen(at, TokenIdentity{token, loose, household, TokenLevel::kExact}, name);
  } else if (words.skip("has a card")) {
    const Token loose = token_of_name(words.option("like").value_or(who + "~"));
    happen(at, TokenIdentity{token, loose, token, TokenLevel::kExact}, name);
  } else {
    words.puzzled();
  }
  words.end();
}

Population ToldWorld::population_at(std::size_t known_at) const {
  Population population;
  for (std::size_t number = 0; number < known_at; ++number) population.apply(EventIndex(number), events_[number]);
  return population;
}

std::string ToldWorld::answer(Words& words, Timestamp at) {
  words.expect("may");
  for (const auto& [name, kind] : kRequesters) {
    if (words.skip(name)) return answer_request(words, at, kind);
  }
  return answer_use(words, at);
}

std::string ToldWorld::answer_use(Words& words, Timestamp at) {
  Question question;
  question.as_of = at;
  const std::string holder = words.next();
  if (holder != "anybody") question.holder = sample::institution_code(book_, holder);
  words.expect("use");
  const std::string who = words.next();
  twin::Asked asked{token_of_name(who), std::nullopt, std::nullopt};
  if (const auto household = words.option("of")) asked.household = token_of_name(*household);
  if (const auto loose = words.option("like")) asked.loose = token_of_name(*loose);
  words.expect("under");
  question.regime = words.next();
  question.recipient = sample::operator_code(book_, words.option("to").value_or(""));
  question.purpose = words.option("for").value_or("");
  question.categories = words.list("categories");
  question.record_from = words.date("records-from");
  question.record_to = words.date("records-to");
  const auto regime = book_.regimes.find(question.regime);
  const bool any_data = regime != book_.regimes.end() && regime->second.categories.empty();
  if (question.categories.empty() && any_data) question.categories = {"RECEIPT"};
  if (question.categories == std::vector<std::string>{"unnamed"}) question.categories.clear();
  question.override_code = words.option("claiming").value_or("");
  question.ground = words.option("because").value_or("");
  std::size_t known_at = events_.size();
  if (const auto knowing = words.option("knowing")) {
    const Timestamp until = words.instant_of(*knowing);
    known_at = static_cast<std::size_t>(std::count_if(
        events_.begin(), events_.end(), [&](const Event& event) { return event.registered_at <= until; }));
  }
  words.end();

  const Result<void> checked = check_question(book_, question);
  if (checked.has_value() != twin::answerable(book_, question)) return "THE TWIN DISAGREES ON WHAT CAN BE ASKED";
  if (!checked) return "refused: " + checked.error().code;
  const Match match = population_at(known_at).resolve(asked.exact, asked.household, asked.loose);
  const auto say = [](const Decision& decision) {
    std::string text(name_of(decision.code));
    if (decision.allowed_from) text += " until " + to_iso(*decision.allowed_from);
    return text;
  };
  const std::string verdict = say(decide(book_, question, match));
  const std::string second = say(twin_.ask(book_, question, asked, known_at));
  return verdict == second ? verdict : verdict + " BUT THE TWIN SAYS " + second;
}

std::string ToldWorld::answer_request(Words& words, Timestamp at, RequesterKind kind) {
  Requester requester{kind, words.option("relation").value_or(""), words.date("born"), std::nullopt};
  Result<void> checked;
  std::optional<CivilDate> reaffirm;
  const auto status_of = [&](const Token& token) { return population_at(events_.size()).find(token); };
  if (words.skip("object for")) {
    const auto status = status_of(token_of_name(words.next()));
    if (status) requester.died_on = status->died_on;
    const Scope scope = scope_of(words);
    checked = check_objection(book_, scope, requester, at);
    reaffirm = reaffirm_date(book_, scope, requester, at);
  } else if (words.skip("consent for")) {
    words.next();
    checked = check_consent(book_, scope_of(words), requester, at);
  } else {
    words.expect("withdraw");
    const EventIndex target = named(words.next());
    const auto* objection = std::get_if<Objection>(&events_[target.value()].body);
    if (objection == nullptr) words.puzzled();
    const auto status = status_of(objection->token);
    requester.died_on = status->died_on;
    const auto fact = std::find_if(status->objections.begin(), status->objections.end(),
                                   [&](const ObjectionFact& one) { return one.event == target; });
    checked = check_withdrawal(book_, *fact, requester, at);
  }
  words.end();
  if (!checked) return "refused: " + checked.error().code;
  return reaffirm ? "accepted, to be reaffirmed on " + to_iso(*reaffirm) : "accepted";
}

}  // namespace ishi::cases
