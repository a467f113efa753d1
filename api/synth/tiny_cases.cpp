#include "api/synth/tiny_cases.h"

#include "api/synth/files/hospital_copy.h"
#include "api/synth/files/policy_file.h"
#include "api/synth/world/insurers.h"
#include "registry/assert.h"

namespace ishi::synth {
namespace {

// Tells the cases one by one. Hospital 0 has filed for both regimes and its letter for ANON leaves images out; 1 waits
// a month; 2 has filed for ANON only.
class Teller {
 public:
  Teller(const World& world, RegistryFiles& files) : world_(world), files_(files), today_(world.parameters().today) {}

  TinyTelling tell() {
    notices_and_waits();
    objections_of_every_scope();
    people_who_speak_for_others();
    cards_that_change();
    cards_badly_written();
    recipients_and_exceptions();
    consents();
    return {std::move(cases_), people_};
  }

 private:
  // 協会けんぽ 静岡, a workplace of its own.
  Card fresh(int branch = 0) {
    ++people_;
    return {with_check_digit("0122001"), "90000001", std::to_string(++serial_),
            zero_padded(static_cast<std::uint64_t>(branch), 2)};
  }
  CivilDate grown_up() const { return ago(40 * 365); }
  CivilDate ago(int days) const { return today_.plus_days(-days); }
  const SynthInstitution& hospital(std::size_t i) const { return world_.institutions()[i]; }
  Timestamp noon_today() const { return jst_start_of(today_).plus_seconds(12 * 3600); }

  void notified(const Card& card, int days, Act act = Act::kAnon, std::size_t at = 0) {
    files_.notice(card, hospital(at).code, regime_code(act), letter_id(hospital(at), act, false), "N1", ago(days), "");
  }
  Request request(int days, RequesterKind requester = RequesterKind::kSelf, std::string relation = "") const {
    Request made;
    made.requester = requester;
    made.relation = std::move(relation);
    made.accepted_at = jst_start_of(ago(days)).plus_seconds(10 * 3600);
    made.registered_on = ago(days);
    return made;
  }
  void objects(const Card& card, const Request& made, std::optional<CivilDate> birth = {},
               std::optional<CivilDate> death = {}) {
    files_.objection(card, made, birth, death, false);
  }
  TinyCase& ask(std::string id, const Card& card, ReasonCode expected, std::string why, std::size_t at = 0) {
    TinyCase question;
    question.id = std::move(id);
    question.asked = card;
    question.holder = hospital(at).code;
    question.as_of = noon_today();
    question.expected = expected;
    question.why = std::move(why);
    cases_.push_back(std::move(question));
    return cases_.back();
  }
  Card told_long_ago() {
    const Card card = fresh();
    notified(card, 200);
    return card;
  }

  void notices_and_waits() {
    const Card anon = told_long_ago();
    ask("T01a", anon, ReasonCode::kAllow, "told of ANON and the wait is over");
    ask("T01b", anon, ReasonCode::kDenyNoticeScope, "told of ANON only; asked under PSEUDO").regime = "NGMIA_PSEUDO";
    const Card edge = fresh();
    notified(edge, 31);
    ask("T02a", edge, ReasonCode::kDenyWaiting, "a second before the 31st day after the notice").as_of =
        jst_start_of(today_).plus_seconds(-1);
    ask("T02b", edge, ReasonCode::kAllow, "00:00 JST of the first day allowed").as_of = jst_start_of(today_);
    const Card month = fresh();
    notified(month, 20, Act::kAnon, 1);
    ask("T03", month, ReasonCode::kDenyWaiting, "the institution promised a month", 1);
    const Card by_visit = fresh();
    files_.visit(by_visit, hospital(0).code, ago(60));
    ask("T-COMPOSITE-a", by_visit, ReasonCode::kAllow, "first visit after the campaign began is the notice");
    ask("T-COMPOSITE-b", by_visit, ReasonCode::kDenyWaiting, "counted from the visit").as_of = jst_start_of(ago(40));
    const Card not_filed = fresh();
    notified(not_filed, 200, Act::kAnon, 2);
    ask("T16", not_filed, ReasonCode::kDenyNotFiled, "this holder has no filing for PSEUDO", 2).regime = "NGMIA_PSEUDO";
    ask("T17a", anon, ReasonCode::kDenyNoticeContent, "the letter leaves images out").categories = "IMAGE";
    ask("T17b", anon, ReasonCode::kAllow, "the letter names laboratory values").categories = "LAB";
    ask("T-OTHER-HOLDER", anon, ReasonCode::kDenyNoNotice, "told by another holder only", 2);
    ask("T-UNKNOWN", fresh(), ReasonCode::kDenyUnknown, "nobody has ever heard of this card");
  }

  void objections_of_every_scope() {
    const Card late = told_long_ago();
    objects(late, request(10));
    const Timestamp accepted = request(10).accepted_at;
    ask("T04", late, ReasonCode::kDenyOptout, "opted out a second before the provision").as_of =
        accepted.plus_seconds(1);
    ask("T19a", late, ReasonCode::kAllow, "as of before the objection").as_of = accepted.plus_seconds(-1);
    ask("T19b", late, ReasonCode::kDenyOptout, "as of now");
    const Card on_paper = told_long_ago();
    files_.objection(on_paper, request(3), std::nullopt, std::nullopt, true);
    ask("T05", on_paper, ReasonCode::kAllow,
        "a request lies on a desk since three days; DENY_OPTOUT once it is typed in");
    const Card back = told_long_ago();
    objects(back, request(50));
    const TakenBack taken{RequesterKind::kSelf, "", jst_start_of(ago(20)), Channel::kPortal};
    files_.withdrawal(back, taken, grown_up());
    ask("T06a", back, ReasonCode::kAllow, "taken back in that very second").as_of = taken.accepted_at;
    ask("T06b", back, ReasonCode::kDenyOptout, "a second before it was taken back").as_of =
        taken.accepted_at.plus_seconds(-1);
    const Card at_one = told_long_ago();
    notified(at_one, 200, Act::kAnon, 2);
    Request of_one = request(30);
    of_one.holders = {hospital(0).code};
    objects(at_one, of_one);
    ask("T-HOLDER-a", at_one, ReasonCode::kDenyOptout, "this hospital was named");
    ask("T-HOLDER-b", at_one, ReasonCode::kAllow, "another was named", 2);
    const Card pseudo = told_long_ago();
    notified(pseudo, 200, Act::kPseudo);
    Request of_pseudo = request(30);
    of_pseudo.regimes = {"NGMIA_PSEUDO"};
    objects(pseudo, of_pseudo);
    ask("T-REGIME-a", pseudo, ReasonCode::kAllow, "only PSEUDO was stopped");
    ask("T-REGIME-b", pseudo, ReasonCode::kDenyOptout, "PSEUDO was stopped").regime = "NGMIA_PSEUDO";
    const Card genome = told_long_ago();  // who never objected
    ask("T32a", genome, ReasonCode::kDenyNoConsent, "genome data need a yes of their own").categories = "GENOME";
    ask("T32b", genome, ReasonCode::kAllow, "the others do not");
    ask("T32c", genome, ReasonCode::kAllow, "laboratory values follow the other data").categories = "LAB";
    const Card unprompted = fresh();
    objects(unprompted, request(5));
    ask("T-PREEMPTIVE", unprompted, ReasonCode::kDenyOptout, "stopped before being told");
  }

  void people_who_speak_for_others() {
    const Card child = fresh(2);
    notified(child, 300);
    objects(child, request(250, RequesterKind::kGuardianParent), ago(16 * 365 + 4 + 100));
    ask("T07", child, ReasonCode::kDenyOptout, "stopped by a parent; the child has turned 16 since");
    const Card own = told_long_ago();
    objects(own, request(20));
    ask("T08", own, ReasonCode::kDenyOptout, "self-made; no guardian could take it back");
    const Card untold = fresh();
    files_.death(untold, ago(40));
    objects(untold, request(30, RequesterKind::kBereaved, "CHILD"), std::nullopt, ago(40));
    ask("T09a", untold, ReasonCode::kDenyOptout, "died before being told; a child objected");
    const Card silent = fresh();
    files_.death(silent, ago(40));
    ask("T09b", silent, ReasonCode::kDenyDeceasedUnnotified, "died before being told; nobody objected");
    const Card in_wait = fresh();
    notified(in_wait, 100);
    files_.death(in_wait, ago(90));
    ask("T-DEATH-IN-WAIT", in_wait, ReasonCode::kDenyDeceasedUnnotified, "died ten days into the wait");
    const Card later = told_long_ago();
    files_.death(later, ago(20));
    ask("T-DEATH-LATER", later, ReasonCode::kAllow, "told; waited; died; nobody objected");
    const Card two = told_long_ago();
    files_.death(two, ago(60));
    objects(two, request(50, RequesterKind::kBereaved, "SPOUSE"), std::nullopt, ago(60));
    ask("T10", two, ReasonCode::kDenyOptout, "one of two bereaved objected");
  }

  void cards_that_change() {
    const Card before = told_long_ago();
    objects(before, request(90));
    const Card after = {with_check_digit("0622001"), "7", std::to_string(++serial_), "00"};
    ask("T11a", fresh(), ReasonCode::kDenyUnknown, "a new card that no link has reached yet");
    files_.link(before, after, LinkSource::kHistoryInquiry, ago(40));
    ask("T11b", after, ReasonCode::kDenyOptout, "the objection followed the person to the new card");
    const Card old_card = told_long_ago();
    const Card of_75 = {with_check_digit("3922130"), "", with_check_digit("8000001"), ""};
    files_.link(old_card, of_75, LinkSource::kInsurer, ago(15));
    ask("T-75", of_75, ReasonCode::kAllow, "told under the old card; 75 since");
    const Card objector = told_long_ago();
    const Card other = told_long_ago();
    objects(objector, request(25));
    files_.link(objector, other, LinkSource::kHospital, ago(24));
    files_.split(objector, other);
    ask("T24a", other, ReasonCode::kAllow, "merged with an objector by mistake and split again");
    ask("T24b", objector, ReasonCode::kDenyOptout, "the objection went back to whose it is");
    ++people_;
    const Card assisted = {with_check_digit("1222130"), "", with_check_digit("900001"), ""};
    notified(assisted, 200);
    ask("T-ASSISTANCE", assisted, ReasonCode::kAllow, "a recipient's number is personal without a branch");
  }

  void cards_badly_written() {
    people_ += 6;  // three households of two
    // A household of two, both told; nobody objects.
    const std::string number = zero_padded(static_cast<std::uint64_t>(1'230'000 + ++serial_), 7);
    const Card father{with_check_digit("0022130"), "国-70", number, "01"};
    Card mother = father;
    mother.branch = "02";
    notified(father, 200);
    notified(mother, 200);
    Card household = father;
    household.branch.clear();
    ask("T12a", household, ReasonCode::kDenyAmbiguous, "no branch: one of two; nobody objects");
    Card objecting_father = father, objecting_mother;
    objecting_father.number = zero_padded(static_cast<std::uint64_t>(1'230'000 + ++serial_), 7);
    objecting_mother = objecting_father;
    objecting_mother.branch = "02";
    notified(objecting_father, 200);
    notified(objecting_mother, 200);
    objects(objecting_mother, request(30));
    Card objecting_household = objecting_father;
    objecting_household.branch.clear();
    ask("T12b", objecting_household, ReasonCode::kDenyOptoutAmbiguous, "no branch: one of two; one objects");
    ask("T12c", objecting_father, ReasonCode::kAllow, "with the branch it is the one who does not");
    Card whole_father = father, whole_mother, whole;
    whole_father.number = zero_padded(static_cast<std::uint64_t>(1'230'000 + ++serial_), 7);
    whole = whole_mother = whole_father;
    whole_mother.branch = "02";
    whole.branch.clear();
    notified(whole_father, 200);
    notified(whole_mother, 200);
    objects(whole, request(30));
    ask("T12d", whole_mother, ReasonCode::kDenyOptoutAmbiguous, "somebody objected on the household's card");

    Card wide = father;
    wide.symbol = full_width(wide.symbol);
    wide.number = full_width(wide.number);
    ask("T13a", wide, ReasonCode::kAllow, "full width is the same card");
    Card shortened = objecting_mother;
    shortened.symbol = "国70";
    ask("T13b", shortened, ReasonCode::kDenyOptout, "without the hyphen it is found loosely; an objection binds");
    Card loose = mother;
    loose.symbol = "国70";
    ask("T13c", loose, ReasonCode::kDenyWeakMatch, "found loosely; nothing but doubt denies");
    Card my_number = fresh();
    my_number.number = "123456789018";
    ask("T15", my_number, ReasonCode::kInvalidId, "a My Number is refused");
    Card no_number = fresh();
    no_number.number.clear();
    no_number.symbol.clear();
    ask("T-NO-NUMBER", no_number, ReasonCode::kInvalidId, "an insurer alone names nobody");
  }

  void recipients_and_exceptions() {
    const Card card = told_long_ago();
    ask("T20a", card, ReasonCode::kDenyRecipientBlocked, "certification ended a month ago").recipient = kFormerOperator;
    ask("T20b", card, ReasonCode::kAllow, "certified").recipient = world_.operators().front().code;
    const Card stopped = told_long_ago();
    objects(stopped, request(30));
    TinyCase& by_law = ask("T18a", stopped, ReasonCode::kOverride, "a statute asks for it");
    by_law.override_code = "LAW";
    by_law.ground = "感染症法15条";
    TinyCase& not_needed = ask("T18b", card, ReasonCode::kAllow, "nothing had to be lifted");
    not_needed.override_code = "LAW";
    not_needed.ground = "感染症法15条";
  }

  void consents() {
    const Card willing = told_long_ago();
    const Consent consent{"APPI_CONSENT", jst_start_of(ago(30)), Channel::kCounterPaper};
    files_.consent(willing, consent, grown_up());
    ask("T31a", willing, ReasonCode::kAllow, "said yes").regime = "APPI_CONSENT";
    const Card torn = told_long_ago();
    files_.consent(torn, consent, grown_up());
    objects(torn, request(20));
    ask("T31b", torn, ReasonCode::kDenyOptout, "said yes and later no to everything").regime = "APPI_CONSENT";
    ask("T31c", told_long_ago(), ReasonCode::kDenyNoConsent, "said nothing").regime = "APPI_CONSENT";
  }

  const World& world_;
  RegistryFiles& files_;
  CivilDate today_;
  std::uint64_t serial_ = 0, people_ = 0;
  std::vector<TinyCase> cases_;
};

}  // namespace

TinyTelling tell_tiny_cases(const World& world, RegistryFiles& files) {
  ISHI_ASSERT(world.parameters().scenario == Scenario::kTiny);
  return Teller(world, files).tell();
}

std::string tiny_cases_csv(std::span<const TinyCase> cases) {
  std::string csv =
      "case,insurer,symbol,number,branch,regime,holder,recipient,purpose,categories,as_of,override,ground,"
      "expected_code,expected_name,why\n";
  for (const TinyCase& asked : cases) {
    csv += asked.id + "," + asked.asked.insurer + "," + asked.asked.symbol + "," + asked.asked.number + "," +
           asked.asked.branch + "," + asked.regime + "," + asked.holder + "," + asked.recipient + "," + asked.purpose +
           "," + asked.categories + "," + to_iso(asked.as_of) + "," + asked.override_code + "," + asked.ground + "," +
           std::to_string(static_cast<int>(asked.expected)) + "," + std::string(name_of(asked.expected)) + "," +
           asked.why + "\n";
  }
  return csv;
}

}  // namespace ishi::synth
