#include "registry/policy/names.h"

#include <array>
#include <cstddef>

#include "registry/assert.h"

namespace ishi {
namespace {

template <typename Enum>
struct Named {
  Enum value;
  std::string_view name;
};
template <typename Enum, std::size_t N>
using Names = std::array<Named<Enum>, N>;

constexpr Names<RequesterKind, 7> kRequesters{{
    {RequesterKind::kSelf, "SELF"},
    {RequesterKind::kGuardianParent, "GUARDIAN_PARENT"},
    {RequesterKind::kGuardianMinor, "GUARDIAN_MINOR"},
    {RequesterKind::kGuardianAdult, "GUARDIAN_ADULT"},
    {RequesterKind::kAgent, "AGENT"},
    {RequesterKind::kBereaved, "BEREAVED"},
    {RequesterKind::kOtherCarer, "OTHER_CARER"},
}};
constexpr Names<Channel, 7> kChannels{{
    {Channel::kCounterPaper, "COUNTER_PAPER"},
    {Channel::kMail, "MAIL"},
    {Channel::kPhone, "PHONE"},
    {Channel::kPortal, "PORTAL"},
    {Channel::kKiosk, "KIOSK"},
    {Channel::kMunicipal, "MUNICIPAL"},
    {Channel::kAgentApi, "AGENT_API"},
}};
constexpr Names<NoticeMethod, 8> kNoticeMethods{{
    {NoticeMethod::kHanded, "N1"},
    {NoticeMethod::kPosted, "N2"},
    {NoticeMethod::kElectronic, "N3"},
    {NoticeMethod::kTerminal, "N4"},
    {NoticeMethod::kComposite, "N5"},
    {NoticeMethod::kMunicipal, "N6"},
    {NoticeMethod::kRenotice, "N7"},
    {NoticeMethod::kPublicOnly, "PUBLIC_ONLY"},
}};
constexpr Names<PastData, 2> kPastData{{
    {PastData::kStopOnly, "STOP_ONLY"},
    {PastData::kStopAndErase, "STOP_AND_ERASE"},
}};
constexpr Names<NoticeEvidence, 7> kNoticeEvidence{{{NoticeEvidence::kNone, "NONE"},
                                                    {NoticeEvidence::kStaff, "STAFF"},
                                                    {NoticeEvidence::kPostingList, "POSTING_LIST"},
                                                    {NoticeEvidence::kDelivered, "DELIVERED"},
                                                    {NoticeEvidence::kOpened, "OPENED"},
                                                    {NoticeEvidence::kTerminal, "TERMINAL"},
                                                    {NoticeEvidence::kVisit, "VISIT"}}};
constexpr Names<VoidReason, 6> kVoidReasons{{{VoidReason::kReturnedMail, "RETURNED_MAIL"},
                                             {VoidReason::kWrongPerson, "WRONG_PERSON"},
                                             {VoidReason::kNotDelivered, "NOT_DELIVERED"},
                                             {VoidReason::kWrongLetter, "WRONG_LETTER"},
                                             {VoidReason::kRecordedByMistake, "RECORDED_BY_MISTAKE"},
                                             {VoidReason::kOther, "OTHER"}}};
constexpr Names<Assurance, 2> kAssurances{{{Assurance::kSelfDeclared, "SELF_DECLARED"}, {Assurance::kSeen, "SEEN"}}};
constexpr Names<ReceiptForm, 2> kReceiptForms{
    {{ReceiptForm::kPaper, "PAPER"}, {ReceiptForm::kElectronic, "ELECTRONIC"}}};
constexpr Names<ProofSeen, 4> kProofSeen{{
    {ProofSeen::kNone, "NONE"},
    {ProofSeen::kIdentity, "IDENTITY"},
    {ProofSeen::kAuthority, "AUTHORITY"},
    {ProofSeen::kConsensus, "CONSENSUS"},
}};
constexpr Names<LinkSource, 4> kLinkSources{{
    {LinkSource::kHistoryInquiry, "S1"},
    {LinkSource::kPortal, "S2"},
    {LinkSource::kHospital, "S3"},
    {LinkSource::kInsurer, "S4"},
}};
constexpr Names<ControlModel, 5> kControlModels{{
    {ControlModel::kNoticeOptOut, "NOTICE_OPTOUT"},
    {ControlModel::kOptOut, "OPTOUT"},
    {ControlModel::kOptIn, "OPT_IN"},
    {ControlModel::kPublicOptOut, "PUBLIC_OPTOUT"},
    {ControlModel::kStatutory, "STATUTORY"},
}};
constexpr Names<UnknownIdRule, 2> kUnknownIdRules{{
    {UnknownIdRule::kDeny, "DENY"},
    {UnknownIdRule::kAllow, "ALLOW"},
}};
constexpr Names<Cutoff, 3> kCutoffs{{
    {Cutoff::kCollectionTime, "COLLECTION_TIME"},
    {Cutoff::kProvisionTime, "PROVISION_TIME"},
    {Cutoff::kPermitApprovalTime, "PERMIT_APPROVAL_TIME"},
}};
constexpr Names<DeceasedUnnotified, 2> kDeceasedUnnotified{{
    {DeceasedUnnotified::kDeny, "DENY"},
    {DeceasedUnnotified::kAllowIfNoBereavedObjection, "ALLOW_IF_NO_BEREAVED_OBJECTION"},
}};
constexpr Names<DeathInWait, 2> kDeathInWait{{
    {DeathInWait::kDeny, "DENY"},
    {DeathInWait::kAllowAfterWait, "ALLOW_AFTER_WAIT"},
}};
constexpr Names<WaitMode, 3> kWaitModes{{
    {WaitMode::kDays, "DAYS"},
    {WaitMode::kMonth, "MONTH"},
    {WaitMode::kMax, "MAX"},
}};
constexpr Names<LegalVersion, 3> kLegalVersions{{
    {LegalVersion::kV2018, "V2018"},
    {LegalVersion::kV2022, "V2022"},
    {LegalVersion::kV2024, "V2024"},
}};
constexpr Names<SourceKind, 6> kSourceKinds{{
    {SourceKind::kHospital, "HOSPITAL"},
    {SourceKind::kInsurer, "INSURER"},
    {SourceKind::kMunicipality, "MUNICIPALITY"},
    {SourceKind::kCallCentre, "CALL_CENTRE"},
    {SourceKind::kOperator, "OPERATOR"},
    {SourceKind::kOther, "OTHER"},
}};
constexpr Names<Rhythm, 5> kRhythms{{
    {Rhythm::kDaily, "DAILY"},
    {Rhythm::kBusinessDays, "BUSINESS_DAYS"},
    {Rhythm::kWeekly, "WEEKLY"},
    {Rhythm::kMonthly, "MONTHLY"},
    {Rhythm::kIrregular, "IRREGULAR"},
}};
constexpr Names<Role, 18> kRoles{{
    {Role::kPatient, "PATIENT"},
    {Role::kProxy, "PROXY"},
    {Role::kBereaved, "BEREAVED"},
    {Role::kDeskClerkHolder, "DESK_CLERK_HOLDER"},
    {Role::kDeskClerkMunicipal, "DESK_CLERK_MUNICIPAL"},
    {Role::kCallAgent, "CALL_AGENT"},
    {Role::kHolderAdmin, "HOLDER_ADMIN"},
    {Role::kHolderBatch, "HOLDER_BATCH"},
    {Role::kOperatorBatch, "OPERATOR_BATCH"},
    {Role::kOperatorAdmin, "OPERATOR_ADMIN"},
    {Role::kReviewer, "REVIEWER"},
    {Role::kStateIngest, "STATE_INGEST"},
    {Role::kRegistryOps, "REGISTRY_OPS"},
    {Role::kRegistryKeyholder, "REGISTRY_KEYHOLDER"},
    {Role::kAuditorMinister, "AUDITOR_MINISTER"},
    {Role::kAuditorPpc, "AUDITOR_PPC"},
    {Role::kAuditorGovernor, "AUDITOR_GOVERNOR"},
    {Role::kPublic, "PUBLIC"},
}};
// Written out again, not asked of rules/decision.h: policy stands below rules. Tests pin both tables to the wire
// format.
constexpr Names<ReasonCode, kReasonCodeCount> kReasonCodes{{
    {ReasonCode::kAllow, "ALLOW"},
    {ReasonCode::kDenyOptout, "DENY_OPTOUT"},
    {ReasonCode::kDenyOptoutAmbiguous, "DENY_OPTOUT_AMBIG"},
    {ReasonCode::kDenyAmbiguous, "DENY_AMBIGUOUS"},
    {ReasonCode::kDenyNoConsent, "DENY_NO_CONSENT"},
    {ReasonCode::kDenyNotFiled, "DENY_NOT_FILED"},
    {ReasonCode::kDenyNoticeScope, "DENY_NOTICE_SCOPE"},
    {ReasonCode::kDenyNoNotice, "DENY_NO_NOTICE"},
    {ReasonCode::kDenyWaiting, "DENY_WAITING"},
    {ReasonCode::kDenyNoticeContent, "DENY_NOTICE_CONTENT"},
    {ReasonCode::kDenyDeceasedUnnotified, "DENY_DECEASED_UNNOTIFIED"},
    {ReasonCode::kDenyWeakMatch, "DENY_WEAK_MATCH"},
    {ReasonCode::kDenyRecipientBlocked, "DENY_RECIPIENT_BLOCKED"},
    {ReasonCode::kDenyUnknown, "DENY_UNKNOWN"},
    {ReasonCode::kInvalidId, "INVALID_ID"},
    {ReasonCode::kOverride, "OVERRIDE"},
}};

template <typename Enum, std::size_t N>
std::string_view find_name(const Names<Enum, N>& names, Enum value) {
  for (const Named<Enum>& named : names) {
    if (named.value == value) return named.name;
  }
  ISHI_ASSERT(false);  // a value outside its enumeration was made by us, not by a user
  return {};
}

template <typename Enum, std::size_t N>
std::optional<Enum> find_value(const Names<Enum, N>& names, std::string_view name) {
  for (const Named<Enum>& named : names) {
    if (named.name == name) return named.value;
  }
  return std::nullopt;
}

template <typename Enum, std::size_t N>
std::string listed(const Names<Enum, N>& names) {
  std::string text;
  for (std::size_t i = 0; i < N; ++i) {
    if (i > 0) text += i + 1 == N ? " or " : ", ";
    text += names[i].name;
  }
  return text;
}

}  // namespace

std::string_view name_of(RequesterKind kind) {
  return find_name(kRequesters, kind);
}
std::string_view name_of(Channel channel) {
  return find_name(kChannels, channel);
}
std::string_view name_of(NoticeMethod method) {
  return find_name(kNoticeMethods, method);
}
std::string_view name_of(PastData past_data) {
  return find_name(kPastData, past_data);
}
std::string_view name_of(ProofSeen evidence) {
  return find_name(kProofSeen, evidence);
}
std::string_view name_of(Assurance assurance) {
  return find_name(kAssurances, assurance);
}
std::string_view name_of(ReceiptForm form) {
  return find_name(kReceiptForms, form);
}
std::string_view name_of(NoticeEvidence evidence) {
  return find_name(kNoticeEvidence, evidence);
}
std::string_view name_of(VoidReason reason) {
  return find_name(kVoidReasons, reason);
}
std::string_view name_of(LinkSource source) {
  return find_name(kLinkSources, source);
}
std::string_view name_of(ControlModel control) {
  return find_name(kControlModels, control);
}
std::string_view name_of(UnknownIdRule rule) {
  return find_name(kUnknownIdRules, rule);
}
std::string_view name_of(Cutoff cutoff) {
  return find_name(kCutoffs, cutoff);
}
std::string_view name_of(DeceasedUnnotified rule) {
  return find_name(kDeceasedUnnotified, rule);
}
std::string_view name_of(DeathInWait rule) {
  return find_name(kDeathInWait, rule);
}
std::string_view name_of(WaitMode mode) {
  return find_name(kWaitModes, mode);
}
std::string_view name_of(LegalVersion version) {
  return find_name(kLegalVersions, version);
}
std::string_view name_of(SourceKind kind) {
  return find_name(kSourceKinds, kind);
}
std::string_view name_of(Rhythm rhythm) {
  return find_name(kRhythms, rhythm);
}
std::string_view role_name(Role role) {
  return find_name(kRoles, role);
}

std::optional<RequesterKind> parse_requester(std::string_view name) {
  return find_value(kRequesters, name);
}
std::optional<Channel> parse_channel(std::string_view name) {
  return find_value(kChannels, name);
}
std::optional<NoticeMethod> parse_notice_method(std::string_view name) {
  return find_value(kNoticeMethods, name);
}
std::optional<PastData> parse_past_data(std::string_view name) {
  return find_value(kPastData, name);
}
std::optional<ProofSeen> parse_proof_seen(std::string_view name) {
  return find_value(kProofSeen, name);
}
std::optional<Assurance> parse_assurance(std::string_view name) {
  return find_value(kAssurances, name);
}
std::optional<ReceiptForm> parse_receipt_form(std::string_view name) {
  return find_value(kReceiptForms, name);
}
std::optional<NoticeEvidence> parse_notice_evidence(std::string_view name) {
  return find_value(kNoticeEvidence, name);
}
std::optional<VoidReason> parse_void_reason(std::string_view name) {
  return find_value(kVoidReasons, name);
}
std::optional<LinkSource> parse_link_source(std::string_view name) {
  return find_value(kLinkSources, name);
}
std::optional<ControlModel> parse_control_model(std::string_view name) {
  return find_value(kControlModels, name);
}
std::optional<UnknownIdRule> parse_unknown_id_rule(std::string_view name) {
  return find_value(kUnknownIdRules, name);
}
std::optional<Cutoff> parse_cutoff(std::string_view name) {
  return find_value(kCutoffs, name);
}
std::optional<DeceasedUnnotified> parse_deceased_unnotified(std::string_view name) {
  return find_value(kDeceasedUnnotified, name);
}
std::optional<DeathInWait> parse_death_in_wait(std::string_view name) {
  return find_value(kDeathInWait, name);
}
std::optional<WaitMode> parse_wait_mode(std::string_view name) {
  return find_value(kWaitModes, name);
}
std::optional<LegalVersion> parse_legal_version(std::string_view name) {
  return find_value(kLegalVersions, name);
}
std::optional<SourceKind> parse_source_kind(std::string_view name) {
  return find_value(kSourceKinds, name);
}
std::optional<Rhythm> parse_rhythm(std::string_view name) {
  return find_value(kRhythms, name);
}
std::optional<Role> parse_role(std::string_view name) {
  return find_value(kRoles, name);
}
std::optional<ReasonCode> parse_reason_code(std::string_view name) {
  return find_value(kReasonCodes, name);
}

std::string requester_names() {
  return listed(kRequesters);
}
std::string channel_names() {
  return listed(kChannels);
}
std::string notice_method_names() {
  return listed(kNoticeMethods);
}
std::string past_data_names() {
  return listed(kPastData);
}
std::string proof_seen_names() {
  return listed(kProofSeen);
}
std::string assurance_names() {
  return listed(kAssurances);
}
std::string receipt_form_names() {
  return listed(kReceiptForms);
}
std::string notice_evidence_names() {
  return listed(kNoticeEvidence);
}
std::string void_reason_names() {
  return listed(kVoidReasons);
}
std::string link_source_names() {
  return listed(kLinkSources);
}
std::string control_model_names() {
  return listed(kControlModels);
}
std::string unknown_id_rule_names() {
  return listed(kUnknownIdRules);
}
std::string cutoff_names() {
  return listed(kCutoffs);
}
std::string deceased_unnotified_names() {
  return listed(kDeceasedUnnotified);
}
std::string death_in_wait_names() {
  return listed(kDeathInWait);
}
std::string wait_mode_names() {
  return listed(kWaitModes);
}
std::string legal_version_names() {
  return listed(kLegalVersions);
}
std::string source_kind_names() {
  return listed(kSourceKinds);
}
std::string rhythm_names() {
  return listed(kRhythms);
}
std::string role_names() {
  return listed(kRoles);
}
std::string reason_code_names() {
  return listed(kReasonCodes);
}

}  // namespace ishi
