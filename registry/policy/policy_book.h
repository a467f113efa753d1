// PolicyBook: everything that law, ministries and operators decide, as data. One immutable, validated version;
// a decision names the version it used (the EventIndex of its PolicyPublished event). No law lives in an `if`.
// Any thread may read. Made by policy/policy_text.h from TOML documents.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "registry/events/event.h"
#include "registry/filter_point.h"
#include "registry/reason_code.h"
#include "registry/time.h"

namespace ishi {

// How a regime's yes and no work (LAW.md 7.1).
enum class ControlModel : std::uint8_t {
  kNoticeOptOut,  // told, waited, filed, no objection            NGMIA 52, 57
  kOptOut,        // no objection                                 EHDS 71, public databases under reform
  kOptIn,         // an active consent                            APPI 27(1), GENOME
  kPublicOptOut,  // published by the holder and no objection     research ethics guideline
  kStatutory,     // collected by law, nobody decides             cancer registry
};
enum class UnknownIdRule : std::uint8_t { kDeny, kAllow };
// Which objections bind: those accepted before the data are provided, or before the permit for them was approved
// (LAW.md 8.4). kCollectionTime stands in old books only and is read as the first.
enum class Cutoff : std::uint8_t { kCollectionTime, kProvisionTime, kPermitApprovalTime };
enum class DeceasedUnnotified : std::uint8_t { kDeny, kAllowIfNoBereavedObjection };
enum class DeathInWait : std::uint8_t { kDeny, kAllowAfterWait };
enum class WaitMode : std::uint8_t { kDays, kMonth, kMax };  // kMax: the later of the two
struct WaitRule {
  WaitMode mode = WaitMode::kDays;
  int days = 30;
  int months = 1;
  friend bool operator==(const WaitRule&, const WaitRule&) = default;
};
// A closed-open range of days [from, to); to missing = open.
struct DateRange {
  CivilDate from;
  std::optional<CivilDate> to;
  bool contains(CivilDate date) const { return from <= date && (!to || date < *to); }
  friend bool operator==(const DateRange&, const DateRange&) = default;
};

struct OverrideRule {
  std::string code, text;
  std::set<ReasonCode> lifts;  // denials that it lifts; by default the objection only
  // What must be the case, all of it; the ground of the question states each (EHDS 71(4)). Empty: a ground is enough.
  std::set<std::string> conditions = {};
  std::set<std::string> purposes = {};  // the question must name one of these; empty = any, or none
};
struct Regime {
  std::string code, name_ja, name_en, law_reference;
  ControlModel control = ControlModel::kOptIn;
  bool filing_required = false;
  bool objections_apply = true;  // false only for kStatutory
  WaitRule wait, change_wait;
  int wait_after_withdrawal_days = 0;
  bool notice_portable = false;  // a notice by any holder counts for all
  UnknownIdRule unknown_id = UnknownIdRule::kDeny;
  Cutoff cutoff = Cutoff::kProvisionTime;
  bool reversible = true;
  std::set<RequesterKind> deciders;
  int self_age = 16, guardian_age_max = 17;
  DeceasedUnnotified deceased_unnotified = DeceasedUnnotified::kDeny;
  DeathInWait death_in_wait = DeathInWait::kDeny;
  std::vector<OverrideRule> overrides;
  std::set<std::string> categories;  // empty = every category of the book
  // Whoever asks for one of these categories, under whatever regime, asks this regime too (GENOME; LAW.md 7.10).
  bool own_categories = false;
  // Each filing is the published notice of one study, and its number is that study's. Questions name it as their
  // purpose.
  bool per_study = false;
  std::set<std::string> inherits;  // regimes that must say yes as well (NGMIA_LINK); they inherit from none
  DateRange valid;
  const OverrideRule* find_override(std::string_view code) const;
};
struct Filing {  // 届出 with the competent ministers
  std::string regime, number;
  DateRange valid;
};
struct Institution {       // 医療情報取扱事業者
  std::string code, name;  // 10 digits
  std::string prefecture, municipality, medical_area;
  std::vector<Filing> filings;
  std::optional<WaitRule> wait;        // its own longer wait ("1 month"), for every regime
  std::optional<CivilDate> closed_on;  // stopped providing
  bool suspended = false;
};
struct InstitutionAlias {  // ownership change: old code -> new code
  std::string old_code, new_code;
  CivilDate from;
  bool change_notice_recorded = false;  // without it the old code's notices do not carry over
};
struct OperatorOrganisation {  // 認定作成事業者 and other recipients
  std::string code, name;
  std::set<std::string> regimes;
  DateRange certified;
  bool blocked = false;
};
struct OperatorAlias {
  std::string old_code, new_code;
  CivilDate from;
};
enum class LegalVersion : std::uint8_t { kV2018, kV2022, kV2024 };
struct NoticeTemplate {  // what the person was told (LAW.md 2.1, 2.2)
  std::string id, regime;
  std::string holder;  // empty = usable by all
  LegalVersion legal_version = LegalVersion::kV2024;
  bool supplementary_items = false;  // a V2018 letter completed by a notice of items 1, 4, 8
  std::set<std::string> categories;  // empty = all
  DateRange effective;               // notices dated in this range may use it
  std::string document_sha256, url;
};
struct Campaign {  // composite notice: begins per person at the first visit after `start`
  std::string id, holder, regime, template_id;
  DateRange running;              // from = start of display and handing out
  std::set<std::string> methods;  // at least book.composite_methods_min of them
};
enum class Role : std::uint8_t {  // LAW.md 9.2
  kPatient,
  kProxy,
  kBereaved,
  kDeskClerkHolder,
  kDeskClerkMunicipal,
  kCallAgent,
  kHolderAdmin,
  kHolderBatch,
  kOperatorBatch,
  kOperatorAdmin,
  kReviewer,
  kStateIngest,
  kRegistryOps,
  kRegistryKeyholder,
  kAuditorMinister,
  kAuditorPpc,
  kAuditorGovernor,
  kPublic,
};
struct Caller {  // a machine or desk with an API key
  std::string id;
  Role role = Role::kPublic;
  std::string key_sha256;                     // hex of SHA-256 of the key; the key itself is never stored
  std::string holder, recipient, prefecture;  // what it belongs to; empty where that means nothing
  DateRange valid;
  std::string ministry = {};  // of kAuditorMinister: CAO, MHLW, METI, MEXT; empty in old books: of any that is listed
};
enum class SourceKind : std::uint8_t { kHospital, kInsurer, kMunicipality, kCallCentre, kOperator, kOther };
// On which days something must come. kIrregular: never by the calendar; only what a source usually sends is missed.
enum class Rhythm : std::uint8_t { kDaily, kBusinessDays, kWeekly, kMonthly, kIrregular };
struct ExpectedSource {  // a feed that must not fall silent unseen
  std::string name;      // "caller", or "caller/feed" with feed = the header Ishi-Source
  std::string caller;
  SourceKind kind = SourceKind::kOther;
  Rhythm rhythm = Rhythm::kIrregular;
  int weekday = 1;                    // kWeekly: 1 Monday … 7 Sunday
  int month_day = 1;                  // kMonthly: 1..28
  int due_hour = 24;                  // JST, of the expected day; later is late
  std::optional<int> quiet_days_max;  // so many days without one accepted line are too many; missing: learned
  DateRange valid;
};
// Who may take back whose objection (LAW.md 4.5): a guardian may not silently withdraw a self-made one.
struct WithdrawalRule {
  RequesterKind made_by;
  std::set<RequesterKind> withdrawn_by;
};

// Which of the batch readers asks about which regimes: "NGMIA_*", "PUBDB_NDB", "*".
using ReadersAtPoint = std::map<std::string, std::set<std::string>>;

// Who runs what under one of the five framework options (LAW.md 9.1, 9.3); ops/policy/option_*.toml. What it says is
// judged in registry/rules/doors.h.
struct Profile {
  std::string code;  // option_1, option_2_1, option_2_2, option_3, option_4
  std::string controller_organisation, controller_kind;
  std::set<std::string> objection_writers, notice_writers, batch_readers, audit_readers, federation_peers;
  // Who asks at which point. Missing in old books: each batch reader at every point, about every regime.
  std::optional<std::map<FilterPoint, ReadersAtPoint>> filters = std::nullopt;
  std::set<std::string> permit_readers = {};  // batch readers who ask at F4 under a registered permit only
};

struct PolicyBook {
  Profile profile;
  std::map<std::string, Regime, std::less<>> regimes;
  std::map<std::string, Institution, std::less<>> institutions;
  std::map<std::string, InstitutionAlias, std::less<>> institution_aliases;  // by old code
  std::map<std::string, OperatorOrganisation, std::less<>> operators;
  std::map<std::string, OperatorAlias, std::less<>> operator_aliases;  // by old code
  std::map<std::string, NoticeTemplate, std::less<>> templates;
  std::map<std::string, Campaign, std::less<>> campaigns;
  std::map<std::string, Caller, std::less<>> callers;
  std::set<std::string, std::less<>> categories;               // RECEIPT, CHART_TEXT, LAB, IMAGE, GENOME, …
  std::set<std::string, std::less<>> purposes;                 // PURPOSE_1..6
  std::set<std::string, std::less<>> studies;                  // numbers of the filings under regimes per study
  std::set<std::string, std::less<>> relations;                // of the bereaved
  std::map<std::string, ExpectedSource, std::less<>> sources;  // by name
  std::set<CivilDate> holidays;                                // beside Saturdays and Sundays; for kBusinessDays
  std::vector<WithdrawalRule> withdrawal_rules;
  std::set<std::string, std::less<>> composite_methods;  // how a campaign may tell: POSTER, COUNTER_LEAFLET, WEBSITE, …
  // The day from which each legal version of a letter is the law (LAW.md 2.2).
  std::map<LegalVersion, CivilDate> legal_version_from = {{LegalVersion::kV2018, CivilDate::of(2018, 5, 11)},
                                                          {LegalVersion::kV2022, CivilDate::of(2022, 4, 1)},
                                                          {LegalVersion::kV2024, CivilDate::of(2024, 4, 1)}};
  int composite_methods_min = 2;
  int mail_delivery_days = 5;
  int backdating_days_max = 62;  // of notices, visits, consents and withdrawals; history is the registry's to load
  int decision_valid_seconds = 86'400;  // at most a day
  int majority_age = 18;

  const Regime* find_regime(std::string_view code) const;
  const NoticeTemplate* find_template(std::string_view id) const;
  // Follow aliases to the code in force on that day (missing: follow all); a code without alias is returned as it is.
  std::string current_institution(std::string_view code, std::optional<CivilDate> on = std::nullopt) const;
  std::string current_operator(std::string_view code, std::optional<CivilDate> on = std::nullopt) const;
  // May a notice given under `notice_code` on `given` count for `asked_code`? Same institution, or on every step of the
  // succession the change was told or had come when the notice was given (R07). An asked code that was succeeded stands
  // for its successor. `given` missing: only a recorded change carries over.
  bool notice_carries_over(std::string_view notice_code, std::string_view asked_code,
                           std::optional<CivilDate> on = std::nullopt,
                           std::optional<CivilDate> given = std::nullopt) const;
};

}  // namespace ishi
