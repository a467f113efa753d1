#include "tests/support/random_world.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "registry/policy/reading/policy_text.h"
#include "registry/rules/decide.h"
#include "tests/support/paths.h"
#include "tests/support/sample_book.h"

namespace ishi::twin {
namespace {

Token token(std::uint8_t kind, std::size_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  bytes[0] = kind;
  bytes[1] = static_cast<std::uint8_t>(number);
  bytes[7] = static_cast<std::uint8_t>(number * 37 + kind);
  return Token(bytes);
}

const char* const kOptions[] = {"option_1", "option_2_1", "option_2_2", "option_3", "option_4"};

PolicyDocument document(const std::string& name) {
  std::ifstream file(ishi::testing::source_folder() + "/ops/policy/" + name + ".toml");
  std::ostringstream text;
  text << file.rdbuf();
  return {name + ".toml", text.str()};
}

}  // namespace

const PolicyBook& shipped_book(const std::string& option, bool reformed) {
  static std::map<std::pair<std::string, bool>, std::shared_ptr<const PolicyBook>> read;
  std::shared_ptr<const PolicyBook>& book = read[{option, reformed}];
  if (!book) {
    PolicyDocument profile = document(option);
    const std::string off = "reforms = []";
    const std::size_t at = profile.text.find(off);
    if (at == std::string::npos) throw std::runtime_error("ops/policy/" + option + " has no reforms to switch on");
    if (reformed) profile.text.replace(at, off.size(), "reforms = [\"PUBLIC_DATABASE_OPTOUT\"]");
    book = read_policy(std::vector<PolicyDocument>{document("regimes"), profile}).book;
  }
  if (!book) throw std::runtime_error("ops/policy with " + option + " cannot be read");
  return *book;
}

void put_under(PolicyBook& book, const PolicyBook& law) {
  book.regimes = law.regimes;
  book.categories = law.categories;
  for (auto& [code, hospital] : book.institutions) {
    for (const auto& [regime, rule] : book.regimes) {
      if (rule.filing_required && !hospital.filings.empty()) {
        hospital.filings.push_back({regime, "S", {CivilDate::of(2018, 5, 11), std::nullopt}});
        if (rule.per_study) book.studies.insert("S");
      }
    }
  }
  for (auto& [code, recipient] : book.operators) {
    if (recipient.regimes.size() == 1) continue;
    for (const auto& [regime, rule] : book.regimes) recipient.regimes.insert(regime);
  }
}

RandomWorld::RandomWorld(std::uint64_t seed) : random_(seed), book_(sample::book()) {
  if (seed % 2 == 1) {
    shipped_ = true;
    put_under(book_, shipped_book(kOptions[below(std::size(kOptions))], chance(50)));
  }
  for (const auto& [code, regime] : book_.regimes) regimes_.push_back(code);
  holders_ = {sample::kAoba,  sample::kAoba, sample::kBotan, sample::kChidori, sample::kDaichi,
              sample::kEbisu, sample::kFuji, sample::kGinza, sample::kHama,    sample::kIzumi};
  for (const auto& [code, one] : book_.operators) recipients_.push_back(code);
  categories_.assign(book_.categories.begin(), book_.categories.end());
  purposes_ = {"PURPOSE_1", "PURPOSE_5", "PURPOSE_6"};
  purposes_.insert(purposes_.end(), book_.studies.begin(), book_.studies.end());
  for (const auto& [id, letter] : book_.templates) letters_.push_back(id);
  const std::size_t persons = 2 + below(5);
  for (std::size_t number = 0; number < persons; ++number) persons_.push_back(token(1, number));
  for (std::size_t number = 0; number < 2; ++number) households_.push_back(token(2, number));
  for (std::size_t number = 0; number < 3; ++number) looses_.push_back(token(3, number));
  change_rules();
}

void RandomWorld::change_rules() {
  for (auto& [code, regime] : book_.regimes) {
    if (chance(25)) regime.unknown_id = chance(50) ? UnknownIdRule::kAllow : UnknownIdRule::kDeny;
    if (chance(25)) regime.notice_portable = true;
    if (chance(20)) regime.filing_required = !regime.filing_required;
    if (chance(25)) regime.deceased_unnotified = DeceasedUnnotified::kAllowIfNoBereavedObjection;
    if (chance(25)) regime.death_in_wait = DeathInWait::kAllowAfterWait;
    if (chance(25)) regime.wait_after_withdrawal_days = static_cast<int>(below(40));
    if (chance(50)) regime.wait.mode = pick<WaitMode>({WaitMode::kDays, WaitMode::kMonth, WaitMode::kMax});
    if (chance(20)) regime.wait.days = static_cast<int>(below(60));
    if (chance(20)) regime.wait.months = static_cast<int>(below(3));
    if (chance(50)) regime.change_wait = {WaitMode::kDays, static_cast<int>(below(60)), 1};
    for (OverrideRule& rule : regime.overrides) {
      for (int number = 1; number < static_cast<int>(kReasonCodeCount) - 2; ++number) {
        if (chance(10)) rule.lifts.insert(static_cast<ReasonCode>(number));
      }
    }
  }
}

std::vector<std::string> RandomWorld::some(const std::vector<std::string>& items) {
  std::vector<std::string> chosen;
  if (chance(60)) return chosen;
  for (std::size_t count = 1 + below(2); count > 0; --count) chosen.push_back(pick(items));
  return chosen;
}

// Around the successions, the ends of filings and certificates, and a month after the notices given around them.
CivilDate RandomWorld::date() {
  static const std::vector<CivilDate> kTurningPoints = {
      CivilDate::of(2022, 4, 1), CivilDate::of(2026, 4, 1), CivilDate::of(2026, 5, 1),  CivilDate::of(2026, 6, 1),
      CivilDate::of(2026, 7, 1), CivilDate::of(2026, 9, 1), CivilDate::of(2028, 2, 29), CivilDate::of(2029, 3, 26)};
  const CivilDate near = pick(kTurningPoints).plus_days(static_cast<int>(below(5)) - 2);
  return chance(40) ? near.plus_days(29 + static_cast<int>(below(4))) : near;
}

Timestamp RandomWorld::instant() {
  const Timestamp midnight = jst_start_of(date());
  switch (below(4)) {
    case 0: return midnight;
    case 1: return Timestamp(midnight.microseconds() - 1);
    case 2: return Timestamp(midnight.microseconds() + 1);
    default: return midnight.plus_seconds(static_cast<std::int64_t>(below(3)) * 36'000);
  }
}

Scope RandomWorld::scope() {
  Scope made;
  if (chance(50)) return made;
  made.regimes = some(regimes_);
  made.holders = some(holders_);
  made.recipients = some(recipients_);
  made.categories = some(categories_);
  made.purposes = some(purposes_);
  if (chance(10)) made.record_from = date();
  if (chance(10)) made.record_to = date();
  return made;
}

EventIndex RandomWorld::earlier(const std::vector<EventIndex>& events, std::uint64_t number) {
  if (events.empty() || chance(3)) return EventIndex(below(number + 2));  // nonsense must do no harm
  return pick(events);
}

// Receipts, letters, complaints …: whatever they say, they change no answer and make nobody known.
EventBody RandomWorld::fact_without_effect(const Token& who) {
  const auto first = static_cast<unsigned>(EventKind::kReceiptIssued), last = static_cast<unsigned>(kEventKindMax);
  EventBody fact = empty_body(static_cast<EventKind>(first + below(last - first + 1))).value();
  std::visit(
      [&](auto& body) {
        if constexpr (requires { body.token; }) body.token = who;
        if constexpr (requires { body.person; }) body.person = person();
        if constexpr (requires { body.code; }) body.code = person();
        if constexpr (requires { body.ways; }) body.regimes = body.template_ids = body.ways = {"X"};
      },
      fact);
  return fact;
}

EventBody RandomWorld::event(std::uint64_t number) {
  const EventIndex index(number);
  const Token who = chance(10) ? pick(households_) : chance(4) ? pick(looses_) : person();
  if (chance(5)) return fact_without_effect(who);
  switch (below(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      const std::string letter = pick(letters_);
      const std::string regime = chance(95) ? book_.templates.at(letter).regime : pick(regimes_);
      const auto method = static_cast<NoticeMethod>(chance(90) ? 1 + below(7) : 8);
      return NoticeGiven{who, pick(holders_), regime, chance(97) ? letter : "unheard-of", method, date(), ""};
    }
    case 5: {
      NoticeVoided made{who, pick(holders_), chance(70) ? "NGMIA_ANON" : pick(regimes_), date()};
      if (chance(30)) made.letter = VoidedLetter{static_cast<NoticeMethod>(1 + below(3)), pick(letters_)};
      return made;
    }
    case 6:
    case 7:
    case 8: {
      objections_.push_back(index);
      Objection made;
      made.token = who;
      made.scope = scope();
      made.accepted_at = instant();
      return made;
    }
    case 9:
    case 10:
      return ObjectionWithdrawn{who, {earlier(objections_, number)}, RequesterKind::kSelf, instant(), Channel::kPhone};
    case 11:
    case 12: {
      consents_.push_back(index);
      ConsentGiven made;
      made.token = who;
      made.scope = scope();
      made.accepted_at = instant();
      if (chance(40)) made.expires_on = date();
      return made;
    }
    case 13:
      return ConsentWithdrawn{who, {earlier(consents_, number)}, RequesterKind::kSelf, instant(), Channel::kPhone};
    case 14: {
      links_.push_back(index);
      const auto source = chance(50) ? LinkSource::kInsurer : static_cast<LinkSource>(1 + below(4));
      return TokensLinked{who, person(), source, std::nullopt};
    }
    case 15: return Unlinked{who, {earlier(links_, number), earlier(links_, number)}};
    case 16: return DeathRecorded{who, date()};
    case 17:
      if (chance(20)) return DeathRetracted{who, date()};
      if (chance(50)) return DeathRetracted{who};
      return RecordErased{EventIndex(below(number + 1)), "retention"};
    case 18: {
      const Token household = pick(households_);
      return TokenIdentity{household, pick(looses_), household,
                           chance(70) ? TokenLevel::kHousehold : TokenLevel::kLoose};
    }
    default: {
      const Token exact = person();
      return TokenIdentity{exact, pick(looses_), chance(70) ? pick(households_) : exact,
                           chance(80) ? TokenLevel::kExact : TokenLevel::kLoose};
    }
  }
}

Question RandomWorld::question() {
  for (;;) {
    Question made = any_question();
    if (check_question(book_, made)) return made;
  }
}

Question RandomWorld::any_question() {
  Question made;
  made.regime = chance(50) ? "NGMIA_ANON" : pick(regimes_);
  if (chance(85)) made.holder = pick(holders_);
  if (chance(40)) made.recipient = pick(recipients_);
  if (chance(30)) made.purpose = pick(purposes_);
  made.categories = some(categories_);
  if (made.categories.empty() && chance(80)) made.categories = {"RECEIPT"};
  if (chance(10)) made.record_from = date();
  if (chance(10)) made.record_to = date();
  made.as_of = instant();
  const bool european = shipped_ && chance(5);  // seldom in force, and the one with conditions
  if (european) {
    made.regime = "EHDS_71";
    made.as_of = jst_start_of(CivilDate::of(2029, 3, 26).plus_days(static_cast<int>(below(3)) - 1));
    made.purpose = pick(purposes_);
  }
  if (european || chance(20)) {
    const std::vector<OverrideRule>& rules = book_.regimes.at(made.regime).overrides;
    made.override_code = rules.empty() || chance(10) ? "WHIM" : pick(rules).code;
    if (chance(90)) made.ground = "PUBLIC_MANDATE, NO_ALTERNATIVE: test";
    if (chance(80)) made.ground += " JUSTIFIED IMPORTANT_PUBLIC_INTEREST";
  }
  if (chance(2)) made.regime = "NO_SUCH_LAW";
  if (chance(2)) made.holder = "0000000000";
  if (chance(2)) made.recipient = "nobody";
  if (chance(2)) made.purpose = "FUN";
  if (chance(2)) made.categories = {"DIARY"};
  return made;
}

Asked RandomWorld::asked() {
  Asked made{person(), std::nullopt, std::nullopt};
  if (chance(10)) made.exact = pick(households_);
  if (chance(5)) made.exact = pick(looses_);
  if (chance(10)) made.exact = token(9, 0);
  if (chance(50)) made.household = pick(households_);
  if (chance(50)) made.loose = pick(looses_);
  return made;
}

}  // namespace ishi::twin
