// The fields of each event in their stored order, said once for writing and reading (event_codec.cpp brings both).
// Part of the stored format: never change an order; a new field means a new version byte.
#pragma once

#include <concepts>
#include <type_traits>

#include "registry/events/event.h"

namespace ishi {

// Body is const for a Writer and mutable for a Reader; so is everything in it.
template <typename Body, typename Wanted>
concept Is = std::same_as<std::remove_const_t<Body>, Wanted>;

template <typename Codec>
void names(Codec& codec, const char* field, auto& items) {
  codec.list(field, items, 0, [field](Codec& each, auto& item) { each.name(field, item); });
}
template <typename Codec>
void event_indexes(Codec& codec, const char* field, auto& items) {
  codec.list(field, items, 1, [field](Codec& each, auto& item) { each.event_index(field, item); });
}
template <typename Codec>
void requester(Codec& codec, auto& value) {
  codec.choice("requester", value, RequesterKind::kSelf, RequesterKind::kOtherCarer);
}
template <typename Codec>
void channel(Codec& codec, auto& value) {
  codec.choice("channel", value, Channel::kCounterPaper, Channel::kAgentApi);
}
template <typename Codec>
void scope(Codec& codec, auto& value) {
  names(codec, "scope.regimes", value.regimes);
  names(codec, "scope.holders", value.holders);
  names(codec, "scope.recipients", value.recipients);
  names(codec, "scope.categories", value.categories);
  names(codec, "scope.purposes", value.purposes);
  codec.optional_date("scope.record_from", value.record_from);
  codec.optional_date("scope.record_to", value.record_to);
}

template <typename Codec>
void requester_mark(Codec& codec, auto& value) {
  codec.choice("made_by.kind", value.kind, MarkKind::kPortal, MarkKind::kDesk);
  codec.token("made_by.mark", value.mark);
}

template <typename Codec>
void optional_token(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [field](Codec& each, auto& token) { each.token(field, token); });
}
template <typename Codec>
void optional_instant(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [field](Codec& each, auto& instant) { each.instant(field, instant); });
}
// At most kFactCodesMax codes.
template <typename Codec>
void codes(Codec& codec, const char* field, auto& items, std::size_t items_min = 0) {
  codec.list(
      field, items, items_min, [field](Codec& each, auto& item) { each.name(field, item); }, kFactCodesMax);
}
template <typename Codec>
void evidence_types(Codec& codec, const char* field, auto& items) {
  const auto one = [field](Codec& each, auto& item) { each.name(field, item, kEvidenceTypeBytesMax); };
  codec.list(field, items, 0, one, kEvidenceTypesMax);
}

template <typename Codec>
void on_behalf(Codec& codec, auto& value) {
  codec.name("on_behalf.relation", value.relation, kRelationBytesMax);
  codec.choice("on_behalf.assurance", value.assurance, Assurance::kSelfDeclared, Assurance::kSeen);
  evidence_types(codec, "on_behalf.evidence", value.evidence);
  optional_token(codec, "on_behalf.seen_by", value.seen_by);
  codec.optional_date("on_behalf.seen_on", value.seen_on);
}
template <typename Codec>
void reception(Codec& codec, auto& value) {
  codec.name("reception.accepted_by", value.accepted_by, kDeskBytesMax);
  optional_token(codec, "reception.staff", value.staff);
  codec.optional("on_behalf", value.on_behalf, [](Codec& each, auto& claim) { on_behalf(each, claim); });
  optional_instant(codec, "reception.electronic_receipt_agreed_at", value.electronic_receipt_agreed_at);
}
template <typename Codec>
void optional_mark(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [](Codec& each, auto& mark) { requester_mark(each, mark); });
}
template <typename Codec>
void proof(Codec& codec, auto& value) {
  codec.choice("proof.evidence", value.evidence, ProofSeen::kNone, ProofSeen::kConsensus);
  optional_mark(codec, "proof.made_by", value.made_by);
}
template <typename Codec>
void voided_letter(Codec& codec, auto& value) {
  codec.choice("letter.method", value.method, NoticeMethod::kHanded, NoticeMethod::kPublicOnly);
  codec.name("letter.template_id", value.template_id);
}

template <typename Codec, Is<PolicyPublished> Body>
void event_fields(Codec& codec, Body& policy) {
  codec.list("documents", policy.documents, 0, [](Codec& each, auto& document) {
    each.name("document.name", document.name);
    each.text("document.text", document.text);
  });
}
template <typename Codec, Is<TokenIdentity> Body>
void event_fields(Codec& codec, Body& identity) {
  codec.token("exact", identity.exact);
  codec.token("loose", identity.loose);
  codec.token("household", identity.household);
  codec.choice("level", identity.level, TokenLevel::kExact, TokenLevel::kLoose);
}
template <typename Codec, Is<NoticeGiven> Body>
void event_fields(Codec& codec, Body& notice) {
  codec.token("token", notice.token);
  codec.name("holder", notice.holder);
  codec.name("regime", notice.regime);
  codec.name("template_id", notice.template_id);
  codec.choice("method", notice.method, NoticeMethod::kHanded, NoticeMethod::kPublicOnly);
  codec.date("date", notice.date);
  codec.name("campaign_id", notice.campaign_id);
  if (!notice.details) return;  // format 1; a reader has made room if the version byte says 2. So below
  auto& details = *notice.details;
  codec.optional_date("posted_on", details.posted_on);
  codec.choice("evidence", details.evidence, NoticeEvidence::kNone, NoticeEvidence::kVisit);
  codec.name("reference", details.reference, kFactIdBytesMax);
  optional_token(codec, "staff", details.staff);
  codec.name("language", details.language, kLanguageBytesMax);
}
template <typename Codec, Is<NoticeVoided> Body>
void event_fields(Codec& codec, Body& voided) {
  codec.token("token", voided.token);
  codec.name("holder", voided.holder);
  codec.name("regime", voided.regime);
  codec.date("date", voided.date);
  if (voided.reason) {  // format 3
    codec.optional("letter", voided.letter, [](Codec& each, auto& letter) { voided_letter(each, letter); });
    codec.choice("reason", *voided.reason, VoidReason::kReturnedMail, VoidReason::kOther);
  } else if (voided.letter) {
    voided_letter(codec, *voided.letter);
  }
}
template <typename Codec, Is<Objection> Body>
void event_fields(Codec& codec, Body& objection) {
  codec.token("token", objection.token);
  scope(codec, objection.scope);
  requester(codec, objection.requester);
  codec.name("relation", objection.relation);
  codec.instant("accepted_at", objection.accepted_at);
  codec.choice("past_data", objection.past_data, PastData::kStopOnly, PastData::kStopAndErase);
  channel(codec, objection.channel);
  codec.optional_date("reaffirm_on", objection.reaffirm_on);
  if (objection.reception) {  // format 3
    optional_mark(codec, "made_by", objection.made_by);
    reception(codec, *objection.reception);
  } else if (objection.made_by) {
    requester_mark(codec, *objection.made_by);
  }
}
template <typename Codec, Is<ObjectionWithdrawn> Body>
void event_fields(Codec& codec, Body& withdrawal) {
  codec.token("token", withdrawal.token);
  event_indexes(codec, "objections", withdrawal.objections);
  requester(codec, withdrawal.requester);
  codec.instant("accepted_at", withdrawal.accepted_at);
  channel(codec, withdrawal.channel);
  if (withdrawal.reception) {  // format 3
    codec.optional("proof", withdrawal.proof, [](Codec& each, auto& seen) { proof(each, seen); });
    reception(codec, *withdrawal.reception);
  } else if (withdrawal.proof) {
    proof(codec, *withdrawal.proof);
  }
}
template <typename Codec, Is<ConsentGiven> Body>
void event_fields(Codec& codec, Body& consent) {
  codec.token("token", consent.token);
  scope(codec, consent.scope);
  requester(codec, consent.requester);
  codec.instant("accepted_at", consent.accepted_at);
  codec.optional_date("expires_on", consent.expires_on);
  channel(codec, consent.channel);
  if (consent.reception) reception(codec, *consent.reception);
}
template <typename Codec, Is<ConsentWithdrawn> Body>
void event_fields(Codec& codec, Body& withdrawal) {
  codec.token("token", withdrawal.token);
  event_indexes(codec, "consents", withdrawal.consents);
  requester(codec, withdrawal.requester);
  codec.instant("accepted_at", withdrawal.accepted_at);
  channel(codec, withdrawal.channel);
  if (withdrawal.reception) reception(codec, *withdrawal.reception);
}
template <typename Codec, Is<TokensLinked> Body>
void event_fields(Codec& codec, Body& link) {
  codec.token("first", link.first);
  codec.token("second", link.second);
  codec.choice("source", link.source, LinkSource::kHistoryInquiry, LinkSource::kInsurer);
  codec.optional_date("valid_from", link.valid_from);
}
template <typename Codec, Is<Unlinked> Body>
void event_fields(Codec& codec, Body& split) {
  codec.token("token", split.token);
  event_indexes(codec, "links", split.links);
}
template <typename Codec, Is<DeathRecorded> Body>
void event_fields(Codec& codec, Body& death) {
  codec.token("token", death.token);
  codec.date("date", death.date);
}
template <typename Codec, Is<DeathRetracted> Body>
void event_fields(Codec& codec, Body& retraction) {
  codec.token("token", retraction.token);
  if (retraction.date) codec.date("date", *retraction.date);
}
template <typename Codec, Is<FilterRun> Body>
void event_fields(Codec& codec, Body& run) {
  codec.name("batch_id", run.batch_id);
  codec.name("regime", run.regime);
  codec.name("holder", run.holder);
  codec.name("recipient", run.recipient);
  codec.name("purpose", run.purpose);
  codec.name("filter_point", run.filter_point);
  codec.name("override_code", run.override_code);
  codec.name("ground", run.ground);
  names(codec, "categories", run.categories);
  codec.digest("input_digest", run.input_digest);
  codec.digest("output_digest", run.output_digest);
  for (auto& count : run.counts) codec.number("counts", count);
  codec.position("position", run.position);
  codec.event_index("policy", run.policy);
  codec.instant("as_of", run.as_of);
  codec.instant("evaluated_at", run.evaluated_at);
  codec.instant("valid_until", run.valid_until);
  codec.number("parts", run.parts);
  if (!run.details) return;  // format 1; a reader has made room if the version byte says 2
  auto& details = *run.details;
  codec.number("details.part", details.part);
  codec.choice("details.form", details.form, RunForm::kTokens, RunForm::kNdjson);
  codec.choice("details.told", details.told, RunTold::kUse, RunTold::kReasons);
  codec.number("details.withheld", details.withheld);
  codec.name("details.permit_id", details.permit_id);
  if (!details.names_period()) return;  // format 2; as above
  codec.optional_date("details.record_from", details.record_from);
  codec.optional_date("details.record_to", details.record_to);
}
template <typename Codec, Is<RecordErased> Body>
void event_fields(Codec& codec, Body& erased) {
  codec.event_index("target", erased.target);
  codec.name("ground", erased.ground);
}
template <typename Codec, Is<PermitApproved> Body>
void event_fields(Codec& codec, Body& permit) {
  codec.token("token", permit.token);
  codec.name("permit_id", permit.permit_id);
  codec.name("regime", permit.regime);
  codec.name("recipient", permit.recipient);
  codec.instant("approved_at", permit.approved_at);
  codec.choice("counts_from", permit.counts_from, PermitStart::kRegistration, PermitStart::kApproval);
  codec.list("purposes", permit.purposes, 1, [](Codec& each, auto& purpose) { each.name("purposes", purpose); });
  codec.name("exception", permit.exception);
  codec.name("ground", permit.ground);
}
template <typename Codec, Is<TimesHealed> Body>
void event_fields(Codec& codec, Body& healed) {
  codec.event_index("first", healed.first);
  codec.instant("not_before", healed.not_before);
  codec.instant("healed_at", healed.healed_at);
  codec.name("ground", healed.ground);
}

}  // namespace ishi
