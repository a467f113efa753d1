// The written forms of the enumerations that cross a door: policy documents, request bodies, command lines, pages.
// One table per enumeration, read in both directions. Names are exact, upper case, ASCII ("GUARDIAN_PARENT", "N5");
// they are a wire format: never change one. Pure; any thread. An unknown name parses to nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"

namespace ishi {

std::string_view name_of(RequesterKind kind);       // SELF, GUARDIAN_PARENT, … (LAW.md 4.1)
std::string_view name_of(Channel channel);          // COUNTER_PAPER, MAIL, …
std::string_view name_of(NoticeMethod method);      // N1 … N7, PUBLIC_ONLY (LAW.md 2.3)
std::string_view name_of(PastData past_data);       // STOP_ONLY, STOP_AND_ERASE
std::string_view name_of(ProofSeen evidence);       // NONE, IDENTITY, AUTHORITY, CONSENSUS
std::string_view name_of(Assurance assurance);      // SELF_DECLARED, SEEN
std::string_view name_of(ReceiptForm form);         // PAPER, ELECTRONIC
std::string_view name_of(NoticeEvidence evidence);  // NONE, STAFF, POSTING_LIST, … (LAW.md 2.3)
std::string_view name_of(VoidReason reason);        // RETURNED_MAIL, WRONG_PERSON, …
std::string_view name_of(LinkSource source);        // S1 … S4
std::string_view name_of(ControlModel control);     // NOTICE_OPTOUT, OPTOUT, OPT_IN, PUBLIC_OPTOUT, STATUTORY
std::string_view name_of(UnknownIdRule rule);       // DENY, ALLOW
std::string_view name_of(Cutoff cutoff);            // COLLECTION_TIME, PROVISION_TIME, PERMIT_APPROVAL_TIME
std::string_view name_of(DeceasedUnnotified rule);  // DENY, ALLOW_IF_NO_BEREAVED_OBJECTION
std::string_view name_of(DeathInWait rule);         // DENY, ALLOW_AFTER_WAIT
std::string_view name_of(WaitMode mode);            // DAYS, MONTH, MAX
std::string_view name_of(LegalVersion version);     // V2018, V2022, V2024
std::string_view name_of(SourceKind kind);          // HOSPITAL, INSURER, MUNICIPALITY, CALL_CENTRE, OPERATOR, OTHER
std::string_view name_of(Rhythm rhythm);            // DAILY, BUSINESS_DAYS, WEEKLY, MONTHLY, IRREGULAR
std::string_view role_name(Role role);              // HOLDER_BATCH, DESK_CLERK_HOLDER, … (LAW.md 9.2)

std::optional<RequesterKind> parse_requester(std::string_view name);
std::optional<Channel> parse_channel(std::string_view name);
std::optional<NoticeMethod> parse_notice_method(std::string_view name);
std::optional<PastData> parse_past_data(std::string_view name);
std::optional<ProofSeen> parse_proof_seen(std::string_view name);
std::optional<Assurance> parse_assurance(std::string_view name);
std::optional<ReceiptForm> parse_receipt_form(std::string_view name);
std::optional<NoticeEvidence> parse_notice_evidence(std::string_view name);
std::optional<VoidReason> parse_void_reason(std::string_view name);
std::optional<LinkSource> parse_link_source(std::string_view name);
std::optional<ControlModel> parse_control_model(std::string_view name);
std::optional<UnknownIdRule> parse_unknown_id_rule(std::string_view name);
std::optional<Cutoff> parse_cutoff(std::string_view name);
std::optional<DeceasedUnnotified> parse_deceased_unnotified(std::string_view name);
std::optional<DeathInWait> parse_death_in_wait(std::string_view name);
std::optional<WaitMode> parse_wait_mode(std::string_view name);
std::optional<LegalVersion> parse_legal_version(std::string_view name);
std::optional<SourceKind> parse_source_kind(std::string_view name);
std::optional<Rhythm> parse_rhythm(std::string_view name);
std::optional<Role> parse_role(std::string_view name);
std::optional<ReasonCode> parse_reason_code(std::string_view name);  // the inverse of name_of in rules/decision.h

// "SELF, GUARDIAN_PARENT or BEREAVED …": what would have been right, for error texts.
std::string requester_names();
std::string channel_names();
std::string notice_method_names();
std::string past_data_names();
std::string proof_seen_names();
std::string assurance_names();
std::string notice_evidence_names();
std::string void_reason_names();
std::string receipt_form_names();
std::string link_source_names();
std::string control_model_names();
std::string unknown_id_rule_names();
std::string cutoff_names();
std::string deceased_unnotified_names();
std::string death_in_wait_names();
std::string wait_mode_names();
std::string legal_version_names();
std::string source_kind_names();
std::string rhythm_names();
std::string role_names();
std::string reason_code_names();

}  // namespace ishi
