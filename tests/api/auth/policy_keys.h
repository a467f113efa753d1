// A book that says something under each key of the format, and a change of each key alone.
#pragma once

#include <string>
#include <vector>

namespace ishi::api {

inline constexpr const char* kBook = R"([profile]
code = "test"
controller_organisation = "TEST"
controller_kind = "STATE"
objection_writers = ["PORTAL"]
notice_writers = ["HOLDER"]
batch_readers = ["HOLDER", "OPERATOR"]
audit_readers = ["PPC", "CAO", "OPERATOR"]
federation_peers = []
permit_readers = []
reforms = ["REFORM"]
[profile.filters]
F1 = { HOLDER = ["*"], OPERATOR = ["T*"] }
F2 = { OPERATOR = ["TOLD"] }
F3 = { OPERATOR = ["OBJECT"] }
F4 = { HOLDER = ["*"], OPERATOR = ["*"] }
F5 = { HOLDER = ["*"] }
[book]
categories = ["RECEIPT", "IMAGE", "GENOME"]
purposes = ["PURPOSE_1", "PURPOSE_5"]
relations = ["CHILD"]
composite_methods = ["POSTER", "LEAFLET", "WEBSITE"]
composite_methods_min = 2
mail_delivery_days = 5
backdating_days_max = 62
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
[[caller]]
id = "minister"
role = "AUDITOR_MINISTER"
key_sha256 = "147222564baf068b2f15d12122e1dfa008fb800c0f04440a97dd5b45976e4b8c"
ministry = "CAO"
[[caller]]
id = "reviewer"
role = "REVIEWER"
key_sha256 = "91a48e966d06d66a059b5b3f17431a31cccfa5f1a4225f5f7facecc83804ca75"
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
inline const std::vector<Change> kShown = {
    {"profile.reforms", "reforms = [\"REFORM\"]", "reforms = []"},
    {"book.categories", "\"RECEIPT\", \"IMAGE\", \"GENOME\"]", "\"RECEIPT\", \"IMAGE\", \"GENOME\", \"DIARY\"]"},
    {"book.purposes", "\"PURPOSE_1\", \"PURPOSE_5\"]", "\"PURPOSE_1\", \"PURPOSE_5\", \"PURPOSE_9\"]"},
    {"book.relations", "relations = [\"CHILD\"]", "relations = [\"CHILD\", \"SPOUSE\"]"},
    {"book.composite_methods", "\"LEAFLET\", \"WEBSITE\"", "\"WEBSITE\"", "campaign[1].methods"},
    {"book.composite_methods_min", "composite_methods_min = 2", "composite_methods_min = 3", "campaign[1].methods"},
    {"book.mail_delivery_days", "mail_delivery_days = 5", "mail_delivery_days = 6"},
    {"book.backdating_days_max", "backdating_days_max = 62", "backdating_days_max = 6"},
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
     "wait = { mode = \"MAX\", days = 33, months = 1 }"},
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
    {"regime.valid_to", "valid_to = 2030-01-01", "valid_to = 2026-07-01"},
    {"regime.override.code", "code = \"LAW\"", "code = \"COURT\""},
    {"regime.override.lifts", "lifts = [\"DENY_OPTOUT\"]", "lifts = [\"DENY_WAITING\"]"},
    {"regime.override.conditions", "conditions = [\"NEED\"]", "conditions = [\"NEED\", \"HASTE\"]"},
    {"regime.override.purposes", "purposes = [\"PURPOSE_1\"]\n", "purposes = [\"PURPOSE_5\"]\n"},
    {"regime_adjustment.match", "match = \"OBJECT\"", "match = \"GENES\""},
    {"regime_adjustment.reform", "reform = \"REFORM\"", "reform = \"OTHER\"", "profile.reforms"},
    {"institution.code", "\"2710000015\"", "\"0110113719\""},
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
    {"operator.code", "\"CARRIER\"", "\"CARRIER-3\""},
    {"operator.regimes", "regimes = [\"TOLD\", \"OBJECT\"]", "regimes = [\"TOLD\"]"},
    {"operator.certified_from", "certified_from = 2019-12-19", "certified_from = 2026-07-02"},
    {"operator.certified_to", "certified_to = 2026-12-01", "certified_to = 2026-07-01"},
    {"operator.blocked", "blocked = false", "blocked = true"},
    {"operator_alias.old_code", "old_code = \"OLD-CARRIER\"", "old_code = \"OLDER\""},
    {"operator_alias.new_code", "new_code = \"CARRIER\"\nfrom", "new_code = \"CARRIER-2\"\nfrom"},
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
    {"caller.recipient", "recipient = \"CARRIER\"", "recipient = \"CARRIER-2\""},
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
    {"regime.cutoff", "cutoff = \"PROVISION_TIME\"", "cutoff = \"PERMIT_APPROVAL_TIME\""},
    // The doors of the framework options (LAW.md 9.1, 9.3), and who answers for them.
    {"profile.objection_writers", "[\"PORTAL\"]", "[\"PORTAL\", \"HOLDER\"]"},
    {"profile.notice_writers", "notice_writers = [\"HOLDER\"]", "notice_writers = [\"STATE\"]"},
    {"profile.batch_readers", "\"OPERATOR\"]\naudit", "\"OPERATOR\", \"REVIEWER\"]\naudit"},
    {"profile.audit_readers", "[\"PPC\", \"CAO\", \"OPERATOR\"]", "[\"PPC\", \"CAO\", \"GOVERNOR\", \"OPERATOR\"]"},
    {"profile.federation_peers", "federation_peers = []", "federation_peers = [\"CARRIER-2\"]"},
    {"profile.permit_readers", "permit_readers = []", "permit_readers = [\"OPERATOR\"]"},
    {"profile.filters.F1", "OPERATOR = [\"T*\"]", "OPERATOR = [\"TOLD\", \"OBJECT\"]"},
    {"profile.filters.F2", "F2 = { OPERATOR = [\"TOLD\"] }", "F2 = { HOLDER = [\"TOLD\"] }"},
    {"profile.filters.F3", "F3 = { OPERATOR = [\"OBJECT\"] }\n", ""},
    {"profile.filters.F4", "F4 = { HOLDER = [\"*\"],", "F4 = { HOLDER = [\"OBJECT\"],"},
    {"profile.filters.F5", "F5 = { HOLDER = [\"*\"] }", "F5 = { HOLDER = [\"*\"], OPERATOR = [\"*\"] }"},
    {"caller.ministry", "ministry = \"CAO\"", "ministry = \"METI\""},
    {"profile.code", "code = \"test\"", "code = \"other\""},
    {"profile.controller_organisation", "controller_organisation = \"TEST\"", "controller_organisation = \"OTHER\""},
    {"profile.controller_kind", "controller_kind = \"STATE\"", "controller_kind = \"OPERATOR\""},
};

// Changed, and nothing changes yet: what will read it is named.
inline const std::vector<Change> kNotShown = {
    // Receipts and pages for people.
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

}  // namespace ishi::api
