// The fields of the later kinds of event (17 and on) in their stored order, as event_fields.h has them of the earlier
// ones. Part of the stored format: never change an order; a new field means a new version byte.
#pragma once

#include "registry/events/event_fields.h"

namespace ishi {

template <typename Codec>
void optional_index(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [field](Codec& each, auto& index) { each.event_index(field, index); });
}
template <typename Codec>
void optional_digest(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [field](Codec& each, auto& digest) { each.digest(field, digest); });
}
template <typename Codec>
void optional_number(Codec& codec, const char* field, auto& value) {
  codec.optional(field, value, [field](Codec& each, auto& count) { each.number(field, count); });
}
template <typename Codec>
void person_count(Codec& codec, auto& value) {
  codec.number("persons", value.persons);
  optional_digest(codec, "persons.set_digest", value.set_digest);
}

template <typename Codec, Is<ReceiptIssued> Body>
void event_fields(Codec& codec, Body& receipt) {
  codec.token("token", receipt.token);
  codec.event_index("objection", receipt.objection);
  codec.name("number", receipt.number, kReceiptNumberBytesMax);
  codec.choice("form", receipt.form, ReceiptForm::kPaper, ReceiptForm::kElectronic);
  optional_instant(codec, "consent_at", receipt.consent_at);
  codec.instant("issued_at", receipt.issued_at);
  codec.name("issuer", receipt.issuer, kDeskBytesMax);
  optional_token(codec, "staff", receipt.staff);
  codec.digest("document_digest", receipt.document_digest);
  optional_index(codec, "reissue_of", receipt.reissue_of);
}
template <typename Codec, Is<LetterCodeIssued> Body>
void event_fields(Codec& codec, Body& letter) {
  codec.token("token", letter.token);
  codec.token("code", letter.code);
  optional_index(codec, "notice", letter.notice);
  codec.name("print_run", letter.print_run, kFactIdBytesMax);
  codec.date("expires_on", letter.expires_on);
}
template <typename Codec, Is<ErasureOrdered> Body>
void event_fields(Codec& codec, Body& order) {
  codec.token("token", order.token);
  optional_index(codec, "objection", order.objection);
  codec.name("recipient", order.recipient);
  codes(codec, "regimes", order.regimes);
  codec.choice("cause", order.cause, ErasureCause::kObjection, ErasureCause::kCertificationLost);
  codec.date("due_on", order.due_on);
}
template <typename Codec, Is<ErasureAcknowledged> Body>
void event_fields(Codec& codec, Body& done) {
  codec.token("token", done.token);
  codec.event_index("order", done.order);
  codec.choice("outcome", done.outcome, ErasureOutcome::kErased, ErasureOutcome::kProductsRemain);
  codec.instant("erased_at", done.erased_at);
  optional_number(codec, "records", done.records);
  optional_digest(codec, "certificate_digest", done.certificate_digest);
}
template <typename Codec, Is<ReaffirmDue> Body>
void event_fields(Codec& codec, Body& due) {
  codec.token("token", due.token);
  codec.event_index("objection", due.objection);
  codec.date("due_on", due.due_on);
}
template <typename Codec, Is<ReaffirmDone> Body>
void event_fields(Codec& codec, Body& done) {
  codec.token("token", done.token);
  codec.event_index("objection", done.objection);
  codec.choice("answer", done.answer, ReaffirmAnswer::kKeeps, ReaffirmAnswer::kChanges);
  codec.instant("answered_at", done.answered_at);
  channel(codec, done.channel);
  codec.optional("reception", done.reception, [](Codec& each, auto& taken) { reception(each, taken); });
}

template <typename Codec, Is<ProvisionRecorded> Body>
void event_fields(Codec& codec, Body& provision) {
  codec.token("token", provision.token);
  codec.name("provision_id", provision.provision_id, kFactIdBytesMax);
  codec.name("regime", provision.regime);
  codec.name("holder", provision.holder);
  codec.name("recipient", provision.recipient);
  codec.name("purpose", provision.purpose);
  codec.name("recipient_name", provision.recipient_name);
  codec.name("recipient_address", provision.recipient_address);
  codec.date("provided_on", provision.provided_on);
  optional_instant(codec, "provided_at", provision.provided_at);
  codes(codec, "items", provision.items);
  codec.optional_date("record_from", provision.record_from);
  codec.optional_date("record_to", provision.record_to);
  optional_index(codec, "run", provision.run);
  person_count(codec, provision.persons);
  optional_number(codec, "records", provision.records);
}
template <typename Codec, Is<ConfirmationRecorded> Body>
void event_fields(Codec& codec, Body& confirmation) {
  codec.token("token", confirmation.token);
  codec.name("provision_id", confirmation.provision_id, kFactIdBytesMax);
  codec.name("regime", confirmation.regime);
  codec.name("holder", confirmation.holder);
  codec.name("recipient", confirmation.recipient);
  codec.instant("confirmed_at", confirmation.confirmed_at);
  codec.name("holder_name", confirmation.holder_name);
  codec.name("holder_address", confirmation.holder_address);
  codec.name("representative", confirmation.representative);
  codec.name("acquisition", confirmation.acquisition);
  evidence_types(codec, "evidence", confirmation.evidence);
}
template <typename Codec, Is<VisitsReported> Body>
void event_fields(Codec& codec, Body& report) {
  codec.token("token", report.token);
  codec.name("holder", report.holder);
  codec.date("from", report.from);
  codec.date("to", report.to);
  person_count(codec, report.persons);
  optional_number(codec, "visits", report.visits);
}
template <typename Codec, Is<PatientListReported> Body>
void event_fields(Codec& codec, Body& report) {
  codec.token("token", report.token);
  codec.name("holder", report.holder);
  codec.date("as_of", report.as_of);
  codec.optional_date("last_visit_from", report.last_visit_from);
  person_count(codec, report.persons);
}

template <typename Codec, Is<FilingPublished> Body>
void event_fields(Codec& codec, Body& filing) {
  codec.token("token", filing.token);
  codec.name("filing_id", filing.filing_id, kFactIdBytesMax);
  codec.name("holder", filing.holder);
  codec.name("regime", filing.regime);
  codec.date("filed_on", filing.filed_on);
  codec.optional_date("published_on", filing.published_on);
  codec.date("valid_from", filing.valid_from);
  codec.optional_date("valid_to", filing.valid_to);
  codec.name("supersedes", filing.supersedes, kFactIdBytesMax);
  codec.name("url", filing.url);
  optional_digest(codec, "document_digest", filing.document_digest);
}
template <typename Codec, Is<HolderChanged> Body>
void event_fields(Codec& codec, Body& change) {
  codec.token("token", change.token);
  codec.name("holder", change.holder);
  codes(codec, "regimes", change.regimes);
  codec.choice("change", change.change, HolderChange::kItems, HolderChange::kResumed);
  codec.number("items", change.items);
  codec.date("takes_effect_on", change.takes_effect_on);
  codec.name("successor", change.successor);
  codec.name("template_id", change.template_id);
}
template <typename Codec, Is<ChangeNotified> Body>
void event_fields(Codec& codec, Body& notified) {
  codec.token("token", notified.token);
  codec.event_index("change", notified.change);
  codec.choice("audience", notified.audience, ChangeAudience::kPersons, ChangeAudience::kMinisters);
  codec.name("regime", notified.regime);
  codec.choice("method", notified.method, NoticeMethod::kHanded, NoticeMethod::kPublicOnly);
  codec.date("notified_on", notified.notified_on);
  codec.name("template_id", notified.template_id);
  codec.name("filing_id", notified.filing_id, kFactIdBytesMax);
  optional_number(codec, "persons", notified.persons);
}
template <typename Codec, Is<CampaignStarted> Body>
void event_fields(Codec& codec, Body& campaign) {
  codec.token("token", campaign.token);
  codec.name("campaign_id", campaign.campaign_id, kFactIdBytesMax);
  codec.name("holder", campaign.holder);
  codes(codec, "regimes", campaign.regimes, 1);
  codes(codec, "template_ids", campaign.template_ids, 1);
  codes(codec, "ways", campaign.ways, 1);
  codec.date("starts_on", campaign.starts_on);
  optional_digest(codec, "evidence_digest", campaign.evidence_digest);
}
template <typename Codec, Is<CampaignStopped> Body>
void event_fields(Codec& codec, Body& campaign) {
  codec.token("token", campaign.token);
  codec.name("campaign_id", campaign.campaign_id, kFactIdBytesMax);
  codec.date("last_day", campaign.last_day);
  codec.name("reason", campaign.reason, kFactGroundBytesMax);
}

template <typename Codec, Is<ComplaintReceived> Body>
void event_fields(Codec& codec, Body& complaint) {
  codec.token("token", complaint.token);
  codec.name("complaint_id", complaint.complaint_id, kFactIdBytesMax);
  optional_token(codec, "person", complaint.person);
  codec.choice("about", complaint.about, ComplaintAbout::kNotice, ComplaintAbout::kOther);
  codec.name("holder", complaint.holder);
  codec.name("recipient", complaint.recipient);
  codec.name("regime", complaint.regime);
  codec.instant("received_at", complaint.received_at);
  channel(codec, complaint.channel);
  codec.name("authority", complaint.authority, kDeskBytesMax);
}
template <typename Codec, Is<ComplaintClosed> Body>
void event_fields(Codec& codec, Body& closed) {
  codec.token("token", closed.token);
  codec.event_index("complaint", closed.complaint);
  codec.choice("outcome", closed.outcome, ComplaintOutcome::kUpheld, ComplaintOutcome::kTakenBack);
  codec.instant("closed_at", closed.closed_at);
  codec.name("ground", closed.ground, kFactGroundBytesMax);
  codec.name("authority", closed.authority, kDeskBytesMax);
}
template <typename Codec, Is<CaseViewed> Body>
void event_fields(Codec& codec, Body& viewed) {
  optional_token(codec, "person", viewed.person);
  optional_index(codec, "event", viewed.event);
  codec.choice("content", viewed.content, CaseContent::kStatus, CaseContent::kUseHistory);
  codec.name("ground", viewed.ground, kFactGroundBytesMax);
  optional_token(codec, "staff", viewed.staff);
}
template <typename Codec, Is<FigurePublished> Body>
void event_fields(Codec& codec, Body& figure) {
  codec.name("figure", figure.figure, kFactIdBytesMax);
  codec.number("definition_version", figure.definition_version);
  codec.position("position", figure.position);
  codec.date("from", figure.from);
  codec.date("to", figure.to);
  codec.choice("audience", figure.audience, FigureAudience::kPublic, FigureAudience::kRegulators);
  codec.digest("content_digest", figure.content_digest);
  codec.name("url", figure.url);
}
template <typename Codec, Is<PersonDescribed> Body>
void event_fields(Codec& codec, Body& described) {
  codec.token("token", described.token);
  codec.choice("insurer", described.insurer, InsurerGroup::kUnknown, InsurerGroup::kNone);
  codec.choice("sex", described.sex, Sex::kUnknown, Sex::kFemale);
  codec.small_number("age_class", described.age_class, kAgeClassMax);
  codec.date("as_of", described.as_of);
}

}  // namespace ishi
