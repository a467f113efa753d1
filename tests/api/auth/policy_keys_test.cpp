// Nothing in the policy book is without effect: each key of its format is changed alone, and some answer, door, task or
// document must change with it. What is not shown yet is listed, and must leave the list as soon as it has an effect.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "api/auth/api_keys.h"
#include "api/auth/permissions.h"
#include "registry/commands/object.h"
#include "registry/commands/tell.h"
#include "registry/commands/visit.h"
#include "registry/intake/reconcile.h"
#include "registry/policy/reading/policy_text.h"
#include "registry/rules/decide.h"
#include "registry/rules/requests.h"
#include "tests/support/fake_clock.h"
#include "tests/support/paths.h"

namespace ishi::api {
namespace {

constexpr const char* kBook = R"([profile]
code = "test"
controller_organisation = "TEST"
controller_kind = "STATE"
objection_writers = ["PORTAL"]
notice_writers = ["HOLDER"]
batch_readers = ["HOLDER"]
audit_readers = ["PPC"]
federation_peers = []
reforms = ["REFORM"]
[book]
categories = ["RECEIPT", "IMAGE", "GENOME"]
purposes = ["PURPOSE_1", "PURPOSE_5"]
relations = ["CHILD"]
composite_methods = ["POSTER", "LEAFLET", "WEBSITE"]
composite_methods_min = 2
mail_delivery_days = 5
decision_valid_seconds = 3600
majority_age = 18
holidays = ["2026-06-29"]
[book.legal_version_from]
V2018 = 2018-05-11
V2022 = 2022-04-01
V2024 = 2024-04-01
[[withdrawal_rule]]
made_by = "SELF"
withdrawn_by = ["SELF"]
[[regime]]
code = "TOLD"
name_ja = "通知"
name_en = "told"
law_reference = "none"
control = "NOTICE_OPTOUT"
filing_required = true
unknown_id = "DENY"
wait = { mode = "MAX", days = 30, months = 1 }
change_wait = { mode = "DAYS", days = 40 }
wait_after_withdrawal_days = 0
notice_portable = false
cutoff = "PROVISION_TIME"
reversible = true
deciders = ["SELF", "GUARDIAN_PARENT", "BEREAVED"]
self_age = 16
guardian_age_max = 17
deceased_unnotified = "DENY"
death_in_wait = "DENY"
categories = ["RECEIPT", "IMAGE"]
inherits = []
valid_from = 2018-05-11
valid_to = 2030-01-01
[[regime.override]]
code = "LAW"
text = "law"
lifts = ["DENY_OPTOUT"]
conditions = ["NEED"]
purposes = ["PURPOSE_1"]
[[regime]]
code = "OBJECT"
name_ja = "停止"
name_en = "object"
law_reference = "none"
control = "OPTOUT"
unknown_id = "ALLOW"
deciders = ["SELF"]
valid_from = 2018-05-11
[[regime]]
code = "GENES"
name_ja = "同意"
name_en = "genes"
law_reference = "none"
control = "OPT_IN"
unknown_id = "DENY"
deciders = ["SELF"]
categories = ["GENOME"]
own_categories = true
valid_from = 2018-05-11
[[regime]]
code = "STUDY"
name_ja = "研究"
name_en = "study"
law_reference = "none"
control = "PUBLIC_OPTOUT"
filing_required = true
per_study = true
unknown_id = "ALLOW"
deciders = ["SELF"]
valid_from = 2018-05-11
[[regime_adjustment]]
match = "OBJECT"
reform = "REFORM"
wait_after_withdrawal_days = 9
[[institution]]
code = "1312345679"
name = "first"
prefecture = "13"
municipality = "13101"
medical_area = "1301"
wait = { mode = "DAYS", days = 35 }
closed_on = 2029-01-01
suspended = false
[[institution.filing]]
regime = "TOLD"
number = "1"
valid_from = 2018-05-11
valid_to = 2026-12-01
[[institution.filing]]
regime = "STUDY"
number = "S-1"
valid_from = 2018-05-11
[[institution]]
code = "2710000015"
name = "second"
filing = [{ regime = "TOLD", number = "2", valid_from = 2018-05-11 }]
[[institution_alias]]
old_code = "2312345008"
new_code = "1312345679"
from = 2026-06-01
change_notice_recorded = true
[[operator]]
code = "CARRIER"
name = "operator"
regimes = ["TOLD", "OBJECT"]
certified_from = 2019-12-19
certified_to = 2026-12-01
blocked = false
[[operator]]
code = "CARRIER-2"
name = "second operator"
regimes = ["TOLD"]
certified_from = 2019-12-19
[[operator_alias]]
old_code = "OLD-CARRIER"
new_code = "CARRIER"
from = 2026-06-01
[[template]]
id = "letter"
regime = "TOLD"
legal_version = "V2024"
effective_from = 2024-04-01
categories = ["RECEIPT"]
document_sha256 = "d251f092680a76c7b644291b64910e32c8e6349afb40222694ddc15e5668bfa0"
url = "https://example.jp/letter"
[[template]]
id = "letter-2"
regime = "TOLD"
legal_version = "V2024"
effective_from = 2024-04-01
effective_to = 2026-12-01
holder = "2710000015"
[[template]]
id = "letter-3"
regime = "TOLD"
legal_version = "V2024"
effective_from = 2024-04-01
[[template]]
id = "bare-letter"
regime = "TOLD"
legal_version = "V2018"
effective_from = 2018-05-11
effective_to = 2022-04-01
[[template]]
id = "old-letter"
regime = "TOLD"
legal_version = "V2018"
effective_from = 2018-05-11
effective_to = 2022-04-01
supplementary_items = true
[[campaign]]
id = "posters"
holder = "1312345679"
regime = "TOLD"
template = "letter"
running_from = 2026-04-01
running_to = 2026-06-20
methods = ["POSTER", "LEAFLET"]
[[caller]]
id = "hospital"
role = "HOLDER_BATCH"
key_sha256 = "c4104359f9c1bba92eba4662a7cbab10eefdb07889fc83790f2c3671ee0a992a"
holder = "1312345679"
valid_from = 2026-01-01
valid_to = 2027-01-01
[[caller]]
id = "carrier"
role = "OPERATOR_BATCH"
key_sha256 = "37df2a0b74f194e9728186093123e728b3c663651ea9780ac2e6f249c4f0cfca"
recipient = "CARRIER"
[[caller]]
id = "governor"
role = "AUDITOR_GOVERNOR"
key_sha256 = "bc42f2cb94549c5cea9baeb3caf2fd7e854d0d536f850bc09489b96712c6f91f"
prefecture = "13"
[[source]]
caller = "hospital"
feed = "wishes"
kind = "HOSPITAL"
rhythm = "WEEKLY"
weekday = 2
due_hour = 18
quiet_days_max = 3
valid_from = 2026-04-01
valid_to = 2027-04-01
[[source]]
caller = "carrier"
kind = "OPERATOR"
rhythm = "MONTHLY"
month_day = 3
valid_from = 2026-04-01
[[source]]
caller = "governor"
kind = "OTHER"
rhythm = "BUSINESS_DAYS"
valid_from = 2026-04-01
)";

struct Change {
  std::string key, from, to;    // wherever `from` stands in the book
  std::string refused_at = {};  // the book is refused for it, here
};

// Each key, and a change of it alone. "table.key"; the last part is the key as the reader knows it.
const std::vector<Change> kShown = {
    {"profile.reforms", "reforms = [\"REFORM\"]", "reforms = []"},
    {"book.categories", "\"RECEIPT\", \"IMAGE\", \"GENOME\"]", "\"RECEIPT\", \"IMAGE\", \"GENOME\", \"DIARY\"]"},
    {"book.purposes", "\"PURPOSE_1\", \"PURPOSE_5\"]", "\"PURPOSE_1\", \"PURPOSE_5\", \"PURPOSE_9\"]"},
    {"book.relations", "relations = [\"CHILD\"]", "relations = [\"CHILD\", \"SPOUSE\"]"},
    {"book.composite_methods", "\"LEAFLET\", \"WEBSITE\"", "\"WEBSITE\"", "campaign[1].methods"},
    {"book.composite_methods_min", "composite_methods_min = 2", "composite_methods_min = 3", "campaign[1].methods"},
    {"book.mail_delivery_days", "mail_delivery_days = 5", "mail_delivery_days = 6"},
    {"book.decision_valid_seconds", "decision_valid_seconds = 3600", "decision_valid_seconds = 3599"},
    {"book.majority_age", "majority_age = 18", "majority_age = 17", "guardian_age_max"},
    {"book.holidays", "[\"2026-06-29\"]", "[\"2026-06-29\", \"2026-06-30\"]"},
    {"book.legal_version_from.V2018", "V2018 = 2018-05-11", "V2018 = 2018-05-12", "effective_from"},
    {"book.legal_version_from.V2022", "V2022 = 2022-04-01", "V2022 = 2022-04-02"},
    {"book.legal_version_from.V2024", "V2024 = 2024-04-01", "V2024 = 2024-04-02", "effective_from"},
    {"withdrawal_rule.made_by", "made_by = \"SELF\"", "made_by = \"AGENT\""},
    {"withdrawal_rule.withdrawn_by", "withdrawn_by = [\"SELF\"]", "withdrawn_by = [\"SELF\", \"GUARDIAN_PARENT\"]"},
    {"regime.code", "\"OBJECT\"", "\"OBJECTED\""},
    {"regime.control", "control = \"OPT_IN\"", "control = \"OPTOUT\""},
    {"regime.filing_required", "control = \"NOTICE_OPTOUT\"\nfiling_required = true",
     "control = \"NOTICE_OPTOUT\"\nfiling_required = false"},
    {"regime.unknown_id", "unknown_id = \"ALLOW\"\ndeciders = [\"SELF\"]\nvalid_from = 2018-05-11\n[[regime]]",
     "unknown_id = \"DENY\"\ndeciders = [\"SELF\"]\nvalid_from = 2018-05-11\n[[regime]]"},
    {"regime.wait", "wait = { mode = \"MAX\", days = 30, months = 1 }",
     "wait = { mode = \"MAX\", days = 31, months = 1 }"},
    {"regime.wait.mode", "wait = { mode = \"MAX\", days = 30, months = 1 }", "wait = { mode = \"DAYS\", days = 30 }"},
    {"regime.wait.days", "days = 30, months = 1", "days = 38, months = 1"},
    {"regime.wait.months", "days = 30, months = 1", "days = 30, months = 2"},
    {"regime.change_wait", "mode = \"DAYS\", days = 40", "mode = \"DAYS\", days = 50"},
    {"regime.wait_after_withdrawal_days", "wait_after_withdrawal_days = 0", "wait_after_withdrawal_days = 8"},
    {"regime.notice_portable", "notice_portable = false", "notice_portable = true"},
    {"regime.reversible", "reversible = true", "reversible = false"},
    {"regime.deciders", "[\"SELF\", \"GUARDIAN_PARENT\", \"BEREAVED\"]", "[\"SELF\", \"BEREAVED\"]"},
    {"regime.self_age", "self_age = 16", "self_age = 15"},
    {"regime.guardian_age_max", "guardian_age_max = 17", "guardian_age_max = 16"},
    {"regime.deceased_unnotified", "deceased_unnotified = \"DENY\"",
     "deceased_unnotified = \"ALLOW_IF_NO_BEREAVED_OBJECTION\""},
    {"regime.death_in_wait", "death_in_wait = \"DENY\"", "death_in_wait = \"ALLOW_AFTER_WAIT\""},
    {"regime.categories", "categories = [\"RECEIPT\", \"IMAGE\"]\n", "categories = [\"RECEIPT\"]\n"},
    {"regime.own_categories", "own_categories = true", "own_categories = false"},
    {"regime.per_study", "per_study = true", "per_study = false"},
    {"regime.inherits", "inherits = []", "inherits = [\"OBJECT\"]"},
    {"regime.valid_from", "inherits = []\nvalid_from = 2018-05-11", "inherits = []\nvalid_from = 2018-05-10"},
    {"regime.valid_to", "valid_to = 2030-01-01", "valid_to = 2026-07-02"},
    {"regime.override.code", "code = \"LAW\"", "code = \"COURT\""},
    {"regime.override.lifts", "lifts = [\"DENY_OPTOUT\"]", "lifts = [\"DENY_WAITING\"]"},
    {"regime.override.conditions", "conditions = [\"NEED\"]", "conditions = [\"NEED\", \"HASTE\"]"},
    {"regime.override.purposes", "purposes = [\"PURPOSE_1\"]\n", "purposes = [\"PURPOSE_5\"]\n"},
    {"regime_adjustment.match", "match = \"OBJECT\"", "match = \"GENES\""},
    {"regime_adjustment.reform", "reform = \"REFORM\"\nwait_after_withdrawal_days = 9\n",
     "wait_after_withdrawal_days = 9\n[[regime_adjustment]]\nmatch = \"OBJECT\"\nreform = \"REFORM\"\n"
     "unknown_id = \"DENY\"\n"},
    {"institution.code", "code = \"2710000015\"", "code = \"0110113719\""},
    {"institution.prefecture",
     "name = \"first\"\nprefecture = \"13\"\nmunicipality = \"13101\"\nmedical_area = \"1301\"",
     "name = \"first\"\nprefecture = \"14\"\nmunicipality = \"14101\"\nmedical_area = \"1401\""},
    {"institution.wait", "wait = { mode = \"DAYS\", days = 35 }", "wait = { mode = \"DAYS\", days = 36 }"},
    {"institution.closed_on", "closed_on = 2029-01-01", "closed_on = 2026-07-01"},
    {"institution.suspended", "suspended = false", "suspended = true"},
    {"institution.filing", "filing = [{ regime = \"TOLD\", number = \"2\", valid_from = 2018-05-11 }]", "filing = []"},
    {"institution.filing.regime", "regime = \"TOLD\"\nnumber = \"1\"", "regime = \"STUDY\"\nnumber = \"1\""},
    {"institution.filing.number", "number = \"S-1\"", "number = \"S-2\""},
    {"institution.filing.valid_from", "number = \"S-1\"\nvalid_from = 2018-05-11",
     "number = \"S-1\"\nvalid_from = 2026-07-02"},
    {"institution.filing.valid_to", "valid_to = 2026-12-01\n[[institution.filing]]",
     "valid_to = 2026-07-01\n[[institution.filing]]"},
    {"institution_alias.old_code", "old_code = \"2312345008\"", "old_code = \"0110113719\""},
    {"institution_alias.new_code", "new_code = \"1312345679\"", "new_code = \"2710000015\""},
    {"institution_alias.from", "from = 2026-06-01\nchange", "from = 2026-07-02\nchange"},
    {"institution_alias.change_notice_recorded", "change_notice_recorded = true", "change_notice_recorded = false"},
    {"operator.code", "code = \"CARRIER\"\nname", "code = \"OPERATOR-2\"\nname"},
    {"operator.regimes", "regimes = [\"TOLD\", \"OBJECT\"]", "regimes = [\"TOLD\"]"},
    {"operator.certified_from", "certified_from = 2019-12-19", "certified_from = 2026-07-02"},
    {"operator.certified_to", "certified_to = 2026-12-01", "certified_to = 2026-07-01"},
    {"operator.blocked", "blocked = false", "blocked = true"},
    {"operator_alias.old_code", "old_code = \"OLD-CARRIER\"", "old_code = \"OLDER\""},
    {"operator_alias.new_code", "new_code = \"CARRIER\"\nfrom", "new_code = \"OPERATOR-2\"\nfrom"},
    {"operator_alias.from", "from = 2026-06-01\n[[template]]", "from = 2026-07-02\n[[template]]"},
    {"template.id", "id = \"old-letter\"", "id = \"older-letter\""},
    {"template.regime", "id = \"old-letter\"\nregime = \"TOLD\"", "id = \"old-letter\"\nregime = \"OBJECT\""},
    {"template.legal_version", "legal_version = \"V2018\"\neffective_from = 2018-05-11\neffective_to = 2022-04-01\n[[",
     "legal_version = \"V2022\"\neffective_from = 2018-05-11\neffective_to = 2022-04-01\n[[", "effective_from"},
    {"template.effective_from", "effective_from = 2024-04-01\ncategories", "effective_from = 2026-03-02\ncategories"},
    {"template.effective_to", "effective_to = 2026-12-01\nholder", "effective_to = 2026-05-01\nholder"},
    {"template.holder", "effective_to = 2026-12-01\nholder = \"2710000015\"",
     "effective_to = 2026-12-01\nholder = \"1312345679\""},
    {"template.categories", "categories = [\"RECEIPT\"]\ndocument", "categories = [\"RECEIPT\", \"IMAGE\"]\ndocument"},
    {"template.supplementary_items", "supplementary_items = true", "supplementary_items = false"},
    {"campaign.id", "id = \"posters\"", "id = \"posters-2\""},
    {"campaign.holder", "id = \"posters\"\nholder = \"1312345679\"", "id = \"posters\"\nholder = \"2710000015\""},
    {"campaign.template", "template = \"letter\"", "template = \"letter-3\""},
    {"campaign.regime", "regime = \"TOLD\"\ntemplate", "regime = \"OBJECT\"\ntemplate", "campaign[1]"},
    {"campaign.running_from", "running_from = 2026-04-01", "running_from = 2026-06-15"},
    {"campaign.running_to", "running_to = 2026-06-20", "running_to = 2026-06-10"},
    {"campaign.methods", "methods = [\"POSTER\", \"LEAFLET\"]", "methods = [\"POSTER\"]", "campaign[1].methods"},
    {"caller.id", "\"hospital\"", "\"clinic\""},
    {"caller.role", "role = \"HOLDER_BATCH\"", "role = \"HOLDER_ADMIN\""},
    {"caller.key_sha256", "key_sha256 = \"c4104359f9c1bba92eba4662a7cbab10eefdb07889fc83790f2c3671ee0a992a\"",
     "key_sha256 = \"d251f092680a76c7b644291b64910e32c8e6349afb40222694ddc15e5668bfa0\""},
    {"caller.holder", "holder = \"1312345679\"\nvalid_from", "holder = \"2710000015\"\nvalid_from"},
    {"caller.recipient", "recipient = \"CARRIER\"", "recipient = \"OPERATOR-2\""},
    {"caller.prefecture",
     "role = \"AUDITOR_GOVERNOR\"\nkey_sha256 = "
     "\"bc42f2cb94549c5cea9baeb3caf2fd7e854d0d536f850bc09489b96712c6f91f\"\nprefecture = \"13\"",
     "role = \"AUDITOR_GOVERNOR\"\nkey_sha256 = "
     "\"bc42f2cb94549c5cea9baeb3caf2fd7e854d0d536f850bc09489b96712c6f91f\"\nprefecture = \"27\""},
    {"caller.valid_from", "valid_from = 2026-01-01", "valid_from = 2026-07-02"},
    {"caller.valid_to", "valid_to = 2027-01-01", "valid_to = 2026-07-01"},
    {"source.caller", "caller = \"hospital\"", "caller = \"governor\""},
    {"source.feed", "feed = \"wishes\"", "feed = \"notices\""},
    {"source.kind", "kind = \"HOSPITAL\"", "kind = \"INSURER\""},
    {"source.rhythm", "rhythm = \"WEEKLY\"\nweekday = 2", "rhythm = \"DAILY\""},
    {"source.weekday", "weekday = 2", "weekday = 1"},
    {"source.month_day", "month_day = 3", "month_day = 28"},
    {"source.due_hour", "due_hour = 18", "due_hour = 24"},
    {"source.quiet_days_max", "quiet_days_max = 3", "quiet_days_max = 300"},
    {"source.valid_from", "quiet_days_max = 3\nvalid_from = 2026-04-01", "quiet_days_max = 3\nvalid_from = 2026-07-01"},
    {"source.valid_to", "valid_to = 2027-04-01", "valid_to = 2026-06-01"},
};

// Changed, and nothing changes yet: what will read it is named.
const std::vector<Change> kNotShown = {
    // The doors of the framework options (LAW.md 9.1).
    {"profile.objection_writers", "[\"PORTAL\"]", "[\"MUNICIPAL\"]"},
    {"profile.notice_writers", "notice_writers = [\"HOLDER\"]", "notice_writers = [\"STATE\"]"},
    {"profile.batch_readers", "batch_readers = [\"HOLDER\"]", "batch_readers = [\"CARRIER\"]"},
    {"profile.audit_readers", "[\"PPC\"]", "[\"CAO\"]"},
    {"profile.federation_peers", "federation_peers = []", "federation_peers = [\"CARRIER\"]"},
    // Permits (LAW.md 8.4).
    {"regime.cutoff", "cutoff = \"PROVISION_TIME\"", "cutoff = \"PERMIT_APPROVAL_TIME\""},
    // Receipts and pages for people.
    {"profile.code", "code = \"test\"", "code = \"other\""},
    {"profile.controller_organisation", "controller_organisation = \"TEST\"", "controller_organisation = \"OTHER\""},
    {"profile.controller_kind", "controller_kind = \"STATE\"", "controller_kind = \"CARRIER\""},
    {"regime.name_ja", "name_ja = \"通知\"", "name_ja = \"告知\""},
    {"regime.name_en", "name_en = \"told\"", "name_en = \"notified\""},
    {"regime.law_reference", "name_en = \"told\"\nlaw_reference = \"none\"",
     "name_en = \"told\"\nlaw_reference = \"1\""},
    {"regime.override.text", "text = \"law\"", "text = \"required by law\""},
    {"institution.name", "name = \"first\"", "name = \"the first\""},
    {"operator.name", "name = \"operator\"", "name = \"the operator\""},
    {"template.document_sha256", "d251f092680a76c7b644291b64910e32c8e6349afb40222694ddc15e5668bfa0",
     "c4104359f9c1bba92eba4662a7cbab10eefdb07889fc83790f2c3671ee0a992a"},
    {"template.url", "https://example.jp/letter", "https://example.jp/other"},
    // Figures by area (LAW.md 11).
    {"institution.municipality", "municipality = \"13101\"", "municipality = \"13102\""},
    {"institution.medical_area", "medical_area = \"1301\"", "medical_area = \"1302\""},
};

std::string with(std::string book, const Change& change) {
  std::size_t found = 0;
  for (std::size_t at = book.find(change.from); at != std::string::npos; at = book.find(change.from, at)) {
    book.replace(at, change.from.size(), change.to);
    at += change.to.size();
    ++found;
  }
  EXPECT_GE(found, 1U) << change.key << ": the book does not say this";
  return book;
}

Timestamp at(const std::string& text) {
  return parse_timestamp(text).value();
}
CivilDate day(const std::string& text) {
  return parse_date(text).value();
}

// People of whom different things are known.
std::vector<Match> people() {
  const auto told = [](std::vector<NoticeFact> notices, std::optional<CivilDate> died_on = std::nullopt) {
    Match match;
    match.persons.emplace_back();
    match.persons[0].tokens.emplace_back();
    match.persons[0].notices = std::move(notices);
    match.persons[0].died_on = died_on;
    return match;
  };
  const std::string first = "1312345679", second = "2710000015", old = "2312345008";
  const auto letter = [](const std::string& holder, const std::string& id, const std::string& date,
                         NoticeMethod method = NoticeMethod::kHanded) {
    return NoticeFact{holder, "TOLD", id, method, day(date)};
  };
  std::vector<Match> all = {
      Match{},
      told({letter(first, "letter", "2026-03-01")}),
      told({letter(second, "letter-2", "2026-05-10")}),
      told({letter(second, "letter-3", "2026-05-10")}),
      told({letter(first, "letter-3", "2024-04-06", NoticeMethod::kPosted)}),
      told({letter(first, "letter-3", "2026-05-27")}),
      told({letter(old, "letter", "2026-05-01")}),
      told({letter(first, "bare-letter", "2021-12-01")}),
      told({letter(first, "old-letter", "2021-12-01")}),
      told({letter(first, "letter", "2026-03-01"), letter(first, "letter-3", "2026-05-20", NoticeMethod::kRenotice)}),
      told({letter(first, "letter", "2026-03-01")}, day("2026-03-10")),
      told({}, day("2026-03-10"))};
  Match objects = all[1];
  ObjectionFact no;
  no.accepted_at = at("2026-06-01T00:00:00Z");
  objects.persons[0].objections = {no};
  all.push_back(objects);
  objects.persons[0].objections[0].withdrawn_at = at("2026-06-25T00:00:00Z");
  all.push_back(objects);
  objects.persons[0].objections[0].withdrawn_at.reset();
  objects.persons[0].objections[0].scope.recipients = {"OLD-CARRIER"};
  all.push_back(objects);
  Match agrees = told({});
  agrees.persons[0].consents.emplace_back();
  agrees.persons[0].consents[0].accepted_at = at("2026-06-01T00:00:00Z");
  all.push_back(agrees);
  return all;
}

std::string say(const Decision& decision) {
  return std::string(name_of(decision.code)) + (decision.allowed_from ? to_iso(*decision.allowed_from) : "") + " ";
}

std::string answers(const PolicyBook& book) {
  std::string said;
  const std::vector<Match> all = people();
  for (const char* regime : {"TOLD", "OBJECT", "GENES", "STUDY"})
    for (const char* holder : {"1312345679", "2710000015", "2312345008", "0110113719"})
      for (const char* recipient : {"", "CARRIER", "OLD-CARRIER", "OLDER"})
        for (const char* purpose : {"", "PURPOSE_1", "PURPOSE_9", "S-1"})
          for (const char* category : {"RECEIPT", "IMAGE", "GENOME", "DIARY"})
            for (const char* instant : {"2018-05-10T12:00:00+09:00", "2022-04-01T12:00:00+09:00",
                                        "2026-04-05T00:00:00+09:00", "2026-07-01T12:00:00+09:00"})
              for (const char* claimed : {"", "LAW"}) {
                Question question;
                question.regime = regime;
                question.holder = holder;
                question.recipient = recipient;
                question.purpose = purpose;
                question.categories = {category};
                question.as_of = at(instant);
                question.override_code = claimed;
                question.ground = *claimed != '\0' ? "NEED: an order" : "";
                const auto checked = check_question(book, question);
                said += checked ? to_iso(valid_until(book, question, question.as_of)) : checked.error().code;
                if (!checked) continue;
                for (const Match& match : all) said += say(decide(book, question, match));
              }
  return said;
}

std::string wishes(const PolicyBook& book) {
  std::string said;
  const auto add = [&](const Result<void>& result) { said += result ? "yes " : result.error().code + " "; };
  const Timestamp now = at("2026-07-01T12:00:00+09:00");
  for (const RequesterKind kind : {RequesterKind::kSelf, RequesterKind::kGuardianParent, RequesterKind::kBereaved})
    for (const char* born : {"1980-01-01", "2007-01-01", "2008-12-01", "2010-12-01", "2015-01-01"})
      for (const char* regime : {"TOLD", "OBJECT", "GENES"})
        for (const char* relation : {"CHILD", "SPOUSE"}) {
          Requester who{kind, relation, day(born), std::nullopt};
          if (kind == RequesterKind::kBereaved) who.died_on = day("2026-01-01");
          Scope scope;
          scope.regimes = {regime};
          add(check_objection(book, scope, who, now));
          add(check_consent(book, scope, who, now));
          const auto again = reaffirm_date(book, scope, who, now);
          said += again ? to_iso(*again) : "never";
          ObjectionFact made;
          made.scope = scope;
          made.accepted_at = at("2026-06-01T00:00:00Z");
          add(check_withdrawal(book, made, who, now));
        }
  return said;
}

std::string notices(const PolicyBook& book) {
  std::string said;
  const Actor actor{Role::kRegistryOps, [](std::string_view) { return true; }};
  const CommandContext context{book, actor, at("2026-07-01T12:00:00+09:00")};
  const auto add = [&](const CommandResult<Outcome>& result, const CommandBatch& batch) {
    said += result ? std::to_string(batch.events.size()) : std::string(name_of(result.error().code));
    if (result && !batch.events.empty()) {
      const auto& notice = std::get<NoticeGiven>(batch.events.front());
      said += notice.template_id + notice.campaign_id + to_iso(notice.date) + " ";
    }
  };
  for (const char* holder : {"1312345679", "2710000015", "2312345008"})
    for (const char* date : {"2026-04-02", "2026-05-31", "2026-06-12", "2026-06-18"}) {
      CommandBatch visits, letters;
      add(visit(context, Subject{}, {holder, day(date)}, visits), visits);
      add(tell(context, Subject{}, {holder, "TOLD", NoticeMethod::kPosted, day(date), "letter-3", ""}, letters),
          letters);
    }
  return said;
}

std::string doors(const std::shared_ptr<const PolicyBook>& book) {
  std::string said;
  const ishi::testing::FakeClock clock{"2026-07-01T12:00:00+09:00"};
  const ApiKeys keys{clock};
  for (const char* key : {"a-key-of-the-hospital-0001", "a-key-of-the-operator-0001", "a-key-of-the-governor-0001"}) {
    Request request;
    request.headers.emplace_back("authorization", std::string("Bearer ") + key);
    const auto who = keys.authenticate(request, book);
    if (!who) {
      said += who.error().code + " ";
      continue;
    }
    said += who->id + who->prefecture;  // what is written beside everything it does; whose patients it sees
    for (int action = 0; action < kActionCount; ++action)
      said += may(who->role, static_cast<Action>(action)) ? "+" : "-";
    for (const char* holder : {"1312345679", "2710000015"}) said += check_holder(*who, *book, holder) ? "+" : "-";
    for (const char* code : {"CARRIER", "CARRIER-2"}) said += check_recipient(*who, *book, code) ? "+" : "-";
  }
  return said;
}

std::string tasks(const PolicyBook& book) {
  std::string said;
  IntakeRecord record;
  IntakeKind& kind = record.kinds["objections"];
  kind.first_day = day("2026-04-02");
  kind.last_day = kind.last_volume_day = day("2026-06-28");
  kind.last_at = at("2026-06-28T03:00:00Z");
  for (const char* now : {"2026-06-29T23:00:00+09:00", "2026-06-30T19:00:00+09:00", "2026-07-01T12:00:00+09:00",
                          "2026-07-04T12:00:00+09:00"}) {
    for (const SourceJudgement& source : reconcile(book, {{"hospital/wishes", record}}, at(now))) {
      said += source.source + (source.due ? to_iso(*source.due) : "") + std::to_string(source.missed);
      if (source.declared) said += std::to_string(static_cast<int>(source.declared->kind));
      for (const IntakeTrouble trouble : source.troubles) said += std::string(name_of(trouble)) + " ";
    }
  }
  return said;
}

std::string everything(const std::shared_ptr<const PolicyBook>& book) {
  return answers(*book) + "|" + wishes(*book) + "|" + notices(*book) + "|" + doors(book) + "|" + tasks(*book);
}

PolicyReading read(const std::string& text) {
  return read_policy(std::vector<PolicyDocument>{{"book.toml", text}});
}

std::string complaints_of(const PolicyReading& reading) {
  std::string text;
  for (const PolicyComplaint& complaint : reading.complaints) text += complaint.field + ": " + complaint.message + "\n";
  return text;
}

TEST(PolicyKeys, EachChangesAnAnswerADoorATaskOrADocument) {
  const PolicyReading base = read(kBook);
  ASSERT_TRUE(base.book) << complaints_of(base);
  const std::string before = everything(base.book);
  for (const Change& change : kShown) {
    const PolicyReading reading = read(with(kBook, change));
    if (!change.refused_at.empty()) {
      EXPECT_NE(complaints_of(reading).find(change.refused_at), std::string::npos) << change.key << "\n"
                                                                                   << complaints_of(reading);
      continue;
    }
    ASSERT_TRUE(reading.book) << change.key << "\n" << complaints_of(reading);
    EXPECT_NE(everything(reading.book), before) << change.key << " has no effect";
  }
}

TEST(PolicyKeys, WhatIsListedAsWithoutEffectHasNone) {
  const std::string before = everything(read(kBook).book);
  for (const Change& change : kNotShown) {
    const PolicyReading reading = read(with(kBook, change));
    ASSERT_TRUE(reading.book) << change.key << "\n" << complaints_of(reading);
    EXPECT_EQ(everything(reading.book), before) << change.key << " has an effect now: show it";
  }
}

// The keys that the readers ask for, from their sources: none is forgotten here.
TEST(PolicyKeys, AllAreHere) {
  std::set<std::string> listed;
  for (const auto* changes : {&kShown, &kNotShown})
    for (const Change& change : *changes) {
      for (std::size_t begin = 0; begin < change.key.size();) {
        const std::size_t end = std::min(change.key.find('.', begin), change.key.size());
        listed.insert(change.key.substr(begin, end - begin));
        begin = end + 1;
      }
    }
  static const std::regex kKey(
      "(?:\\.(?:text|required_text|code|required_code|boolean|integer|date|required_date|texts|choice|table|tables|"
      "require|range)\\(|(?:read_wait|area_code|required_institution_code)\\(reader, |"
      "(?:required_words|read_words|read_number|listed_among)\\(draft, [a-z]+, )\"([a-z_0-9]+)\"(?:, "
      "\"([a-z_]+_to)\")?");
  std::size_t keys = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(ishi::testing::source_folder() + "/registry/policy/reading")) {
    std::ifstream source(file.path());
    const std::string text((std::istreambuf_iterator<char>(source)), {});
    for (std::sregex_iterator match(text.begin(), text.end(), kKey), end; match != end; ++match) {
      for (const std::size_t group : {1U, 2U}) {
        const std::string key = (*match)[group];
        if (key.empty()) continue;
        ++keys;
        EXPECT_TRUE(listed.contains(key)) << key << " is a key of the format and stands in neither list";
      }
    }
  }
  EXPECT_GT(keys, 90U);
}

}  // namespace
}  // namespace ishi::api
