#include "tests/support/sample_book.h"

namespace ishi::sample {
namespace {

DateRange since(int year, unsigned month, unsigned day) {
  return {CivilDate::of(year, month, day), std::nullopt};
}
DateRange between(CivilDate from, CivilDate to) {
  return {from, to};
}

Regime regime(std::string code, ControlModel control, UnknownIdRule unknown, DateRange valid) {
  Regime made;
  made.code = code;
  made.name_ja = made.name_en = code;
  made.law_reference = "sample";
  made.control = control;
  made.unknown_id = unknown;
  made.valid = valid;
  made.deciders = {RequesterKind::kSelf,          RequesterKind::kGuardianParent, RequesterKind::kGuardianMinor,
                   RequesterKind::kGuardianAdult, RequesterKind::kOtherCarer,     RequesterKind::kBereaved};
  made.overrides = {{"LAW", "required by law", {ReasonCode::kDenyOptout}},
                    {"EMERG", "to save a life", {ReasonCode::kDenyOptout, ReasonCode::kDenyNoNotice}}};
  return made;
}

void add(PolicyBook& book, Regime regime) {
  book.regimes.emplace(regime.code, std::move(regime));
}

void add_regimes(PolicyBook& book) {
  Regime anon = regime("NGMIA_ANON", ControlModel::kNoticeOptOut, UnknownIdRule::kDeny, since(2018, 5, 11));
  anon.filing_required = true;
  Regime pseudo = regime("NGMIA_PSEUDO", ControlModel::kNoticeOptOut, UnknownIdRule::kDeny, since(2024, 4, 1));
  pseudo.filing_required = true;
  for (Regime* made : {&anon, &pseudo}) {  // NGMIA 56, 58: what the law requires lifts the whole chain of notices
    made->overrides[0].lifts = {ReasonCode::kDenyOptout,
                                ReasonCode::kDenyNotFiled,
                                ReasonCode::kDenyNoticeScope,
                                ReasonCode::kDenyNoNotice,
                                ReasonCode::kDenyWaiting,
                                ReasonCode::kDenyNoticeContent,
                                ReasonCode::kDenyDeceasedUnnotified,
                                ReasonCode::kDenyUnknown};
  }
  Regime genome = regime("GENOME", ControlModel::kOptIn, UnknownIdRule::kDeny, since(2024, 4, 1));
  genome.deciders = {RequesterKind::kSelf};
  genome.categories = {"GENOME"};
  genome.own_categories = true;
  Regime consent = regime("APPI_CONSENT", ControlModel::kOptIn, UnknownIdRule::kDeny, since(2005, 4, 1));
  consent.deciders.erase(RequesterKind::kBereaved);
  Regime ethics = regime("ETHICS_OPTOUT", ControlModel::kPublicOptOut, UnknownIdRule::kAllow, since(2021, 6, 30));
  ethics.filing_required = true;
  ethics.per_study = true;
  Regime cancer = regime("CANCER_REG", ControlModel::kStatutory, UnknownIdRule::kAllow, since(2016, 1, 1));
  cancer.objections_apply = false;
  cancer.deciders.clear();
  Regime database = regime("PUBDB_NDB", ControlModel::kOptOut, UnknownIdRule::kAllow, since(2009, 4, 1));
  database.categories = {"RECEIPT", "CHART_TEXT", "LAB", "IMAGE"};
  for (Regime* made : {&anon, &pseudo, &genome, &consent, &ethics, &cancer, &database}) add(book, std::move(*made));
}

Institution hospital(const char* code, const char* name) {
  Institution made;
  made.code = code;
  made.name = name;
  made.prefecture = std::string(code).substr(0, 2);
  made.filings = {{"NGMIA_ANON", "A-1", since(2018, 5, 11)},
                  {"NGMIA_PSEUDO", "P-1", since(2024, 4, 1)},
                  {"ETHICS_OPTOUT", "E-1", since(2021, 6, 30)}};
  return made;
}

void add(PolicyBook& book, Institution made) {
  book.institutions.emplace(made.code, std::move(made));
}

void add_hospitals(PolicyBook& book) {
  add(book, hospital(kAoba, "aoba"));
  Institution botan = hospital(kBotan, "botan");
  botan.filings[0].valid.to = CivilDate::of(2026, 7, 1);
  botan.wait = WaitRule{WaitMode::kMax, 30, 1};
  add(book, botan);
  Institution chidori = hospital(kChidori, "chidori");
  chidori.filings.push_back({"ETHICS_OPTOUT", "E-2", since(2021, 6, 30)});
  add(book, chidori);
  book.studies = {"E-1", "E-2"};
  add(book, hospital(kDaichi, "daichi"));
  Institution ebisu = hospital(kEbisu, "ebisu");
  ebisu.closed_on = CivilDate::of(2026, 6, 1);
  add(book, ebisu);
  Institution fuji = hospital(kFuji, "fuji");
  fuji.suspended = true;
  add(book, fuji);
  add(book, hospital(kGinza, "ginza"));
  add(book, hospital(kHama, "hama"));
  Institution izumi = hospital(kIzumi, "izumi");
  izumi.filings.clear();
  add(book, izumi);
  const CivilDate succession = CivilDate::of(2026, 4, 1);
  book.institution_aliases = {{kDaichi, {kDaichi, kChidori, succession, true}},
                              {kHama, {kHama, kGinza, succession, false}}};
}

void add_operators(PolicyBook& book) {
  const std::set<std::string> all = {"NGMIA_ANON", "NGMIA_PSEUDO",  "GENOME",   "APPI_CONSENT",
                                     "CANCER_REG", "ETHICS_OPTOUT", "PUBDB_NDB"};
  book.operators = {
      {kSakura, {kSakura, "sakura", all, since(2019, 12, 19), false}},
      {kUme, {kUme, "ume", {"NGMIA_ANON"}, between(CivilDate::of(2022, 4, 27), CivilDate::of(2026, 9, 1)), false}},
      {kTsubaki, {kTsubaki, "tsubaki", all, since(2020, 6, 30), true}},
      {kKiku, {kKiku, "kiku", all, between(CivilDate::of(2019, 12, 19), CivilDate::of(2026, 4, 1)), false}},
  };
  book.operator_aliases = {{kKiku, {kKiku, kSakura, CivilDate::of(2026, 4, 1)}}};
}

void add_letters(PolicyBook& book) {
  const auto letter = [&](const char* id, const char* regime_code, LegalVersion version, DateRange effective) {
    NoticeTemplate& made = book.templates[id];
    made.id = id;
    made.regime = regime_code;
    made.legal_version = version;
    made.effective = effective;
    return &made;
  };
  const DateRange now = since(2024, 4, 1);
  const DateRange before_2022 = between(CivilDate::of(2018, 5, 11), CivilDate::of(2022, 4, 1));
  letter("anon-2018", "NGMIA_ANON", LegalVersion::kV2018, before_2022);
  letter("anon-2018-supplemented", "NGMIA_ANON", LegalVersion::kV2018, before_2022)->supplementary_items = true;
  letter("anon-2024", "NGMIA_ANON", LegalVersion::kV2024, now);
  letter("pseudo-2024", "NGMIA_PSEUDO", LegalVersion::kV2024, now);
  letter("anon-no-image", "NGMIA_ANON", LegalVersion::kV2024, now)->categories = {"RECEIPT", "CHART_TEXT", "LAB"};
  letter("anon-image", "NGMIA_ANON", LegalVersion::kV2024, now)->categories = {"IMAGE"};
  letter("anon-until-june", "NGMIA_ANON", LegalVersion::kV2024,
         between(CivilDate::of(2024, 4, 1), CivilDate::of(2026, 6, 1)));
  letter("anon-aoba", "NGMIA_ANON", LegalVersion::kV2024, now)->holder = kAoba;
  letter("ethics-2024", "ETHICS_OPTOUT", LegalVersion::kV2024, now);
  book.campaigns["aoba-spring"] = {
      "aoba-spring", kAoba, "NGMIA_ANON", "anon-2024", since(2026, 4, 1), {"POSTER", "COUNTER_LEAFLET"}};
}

template <typename Map>
std::string code_by_name(const Map& map, std::string_view name) {
  for (const auto& [code, entry] : map) {
    if (entry.name == name) return code;
  }
  return std::string(name);
}

}  // namespace

PolicyBook book() {
  PolicyBook made;
  made.profile.code = "every_door";  // the doors of the five options: tests/api/server/options_test.cpp
  made.profile.objection_writers = {"PORTAL", "MUNICIPAL", "HOLDER", "CALLCENTRE", "OPERATOR_RELAY"};
  made.profile.notice_writers = {"STATE", "HOLDER", "MUNICIPAL"};
  made.profile.batch_readers = {"STATE_INGEST", "HOLDER", "OPERATOR", "REVIEWER"};
  made.profile.audit_readers = {"CAO", "MHLW", "METI", "MEXT", "PPC", "GOVERNOR", "OPERATOR"};
  made.categories = {"RECEIPT", "CHART_TEXT", "LAB", "IMAGE", "GENOME"};
  made.purposes = {"PURPOSE_1", "PURPOSE_2", "PURPOSE_3", "PURPOSE_4", "PURPOSE_5", "PURPOSE_6"};
  made.relations = {"SPOUSE", "DEFACTO_SPOUSE", "CHILD", "PARENT", "GRANDCHILD", "GRANDPARENT", "SIBLING"};
  made.withdrawal_rules = {
      {RequesterKind::kSelf, {RequesterKind::kSelf}},
      {RequesterKind::kGuardianParent, {RequesterKind::kSelf, RequesterKind::kGuardianParent}},
      {RequesterKind::kGuardianMinor, {RequesterKind::kSelf, RequesterKind::kGuardianMinor}},
      {RequesterKind::kGuardianAdult, {RequesterKind::kSelf, RequesterKind::kGuardianAdult}},
      {RequesterKind::kOtherCarer, {RequesterKind::kSelf, RequesterKind::kOtherCarer}},
      {RequesterKind::kBereaved, {RequesterKind::kBereaved}},
  };
  add_regimes(made);
  add_hospitals(made);
  add_operators(made);
  add_letters(made);
  return made;
}

std::string institution_code(const PolicyBook& book, std::string_view name) {
  return code_by_name(book.institutions, name);
}
std::string operator_code(const PolicyBook& book, std::string_view name) {
  return code_by_name(book.operators, name);
}

}  // namespace ishi::sample
