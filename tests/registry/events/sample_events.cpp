#include "tests/registry/events/sample_events.h"

#include <iterator>

#include "tests/registry/events/random_parts.h"
#include "tests/registry/events/sample_facts.h"

namespace ishi::testing {
namespace {

const Timestamp kInstant(1'795'132'800'123'456);  // 2026-11-20T00:00:00.123456Z

Scope full_scope() {
  return {.regimes = {"JISEDAI", "APPI"},
          .holders = {"1312345678"},
          .recipients = {"OP-1", "OP-2"},
          .categories = {"CLAIMS"},
          .purposes = {"RESEARCH"},
          .record_from = CivilDate::of(2020, 4, 1),
          .record_to = CivilDate::of(2026, 3, 31)};
}

std::vector<EventIndex> random_indexes(std::mt19937_64& random) {
  std::vector<EventIndex> indexes(1 + random() % 4);
  for (auto& index : indexes) index = EventIndex(random() >> 1);
  return indexes;
}
std::optional<CivilDate> maybe_date(std::mt19937_64& random) {
  return maybe(random, random_date);
}
Scope random_scope(std::mt19937_64& random) {
  return {.regimes = random_names(random),
          .holders = random_names(random),
          .recipients = random_names(random),
          .categories = random_names(random),
          .purposes = random_names(random),
          .record_from = maybe_date(random),
          .record_to = maybe_date(random)};
}
RequesterKind random_requester(std::mt19937_64& random) {
  return random_choice(random, RequesterKind::kSelf, RequesterKind::kOtherCarer);
}
std::optional<RequesterMark> maybe_mark(std::mt19937_64& random) {
  if (random() % 2 == 0) return std::nullopt;
  return RequesterMark{random_choice(random, MarkKind::kPortal, MarkKind::kDesk), token_of(random())};
}

EventKind random_kind(std::mt19937_64& random) {
  while (true) {
    const auto kind = static_cast<EventKind>(1 + random() % static_cast<unsigned>(kEventKindMax));
    if (empty_body(kind)) return kind;
  }
}

EventBody random_body(std::mt19937_64& random) {
  const Token token = token_of(random());
  const EventKind kind = random_kind(random);
  switch (kind) {
    case EventKind::kPolicyPublished: {
      PolicyPublished policy;
      for (std::size_t i = random() % 3; i > 0; --i)
        policy.documents.push_back({random_name(random), random_name(random)});
      return policy;
    }
    case EventKind::kTokenIdentity:
      return TokenIdentity{token, token_of(random()), token_of(random()),
                           random_choice(random, TokenLevel::kExact, TokenLevel::kLoose)};
    case EventKind::kNoticeGiven:
      return NoticeGiven{token,
                         random_name(random),
                         random_name(random),
                         random_name(random),
                         random_choice(random, NoticeMethod::kHanded, NoticeMethod::kPublicOnly),
                         random_date(random),
                         random_name(random),
                         maybe_notice_details(random)};
    case EventKind::kNoticeVoided: {
      NoticeVoided voided{token, random_name(random), random_name(random), random_date(random)};
      if (random() % 2 == 0)
        voided.letter =
            VoidedLetter{random_choice(random, NoticeMethod::kHanded, NoticeMethod::kPublicOnly), random_name(random)};
      if (random() % 2 == 0) voided.reason = random_choice(random, VoidReason::kReturnedMail, VoidReason::kOther);
      return voided;
    }
    case EventKind::kObjection:
      return Objection{token,
                       random_scope(random),
                       random_requester(random),
                       random_name(random),
                       random_instant(random),
                       random_choice(random, PastData::kStopOnly, PastData::kStopAndErase),
                       random_channel(random),
                       maybe_date(random),
                       maybe_mark(random),
                       maybe_reception(random)};
    case EventKind::kObjectionWithdrawn: {
      ObjectionWithdrawn withdrawal{token, random_indexes(random), random_requester(random), random_instant(random),
                                    random_channel(random)};
      if (random() % 2 == 0)
        withdrawal.proof =
            WithdrawalProof{random_choice(random, ProofSeen::kNone, ProofSeen::kConsensus), maybe_mark(random)};
      withdrawal.reception = maybe_reception(random);
      return withdrawal;
    }
    case EventKind::kConsentGiven:
      return ConsentGiven{token,
                          random_scope(random),
                          random_requester(random),
                          random_instant(random),
                          maybe_date(random),
                          random_channel(random),
                          maybe_reception(random)};
    case EventKind::kConsentWithdrawn:
      return ConsentWithdrawn{token,
                              random_indexes(random),
                              random_requester(random),
                              random_instant(random),
                              random_channel(random),
                              maybe_reception(random)};
    case EventKind::kTokensLinked:
      return TokensLinked{token, token_of(random()),
                          random_choice(random, LinkSource::kHistoryInquiry, LinkSource::kInsurer), maybe_date(random)};
    case EventKind::kLinksUndone: return Unlinked{token, random_indexes(random)};
    case EventKind::kDeathRecorded: return DeathRecorded{token, random_date(random)};
    case EventKind::kDeathRetracted: return DeathRetracted{token, maybe_date(random)};
    case EventKind::kFilterRun: {
      FilterRun run;
      run.batch_id = random_name(random);
      run.categories = random_names(random);
      for (auto& byte : run.input_digest) byte = static_cast<std::uint8_t>(random());
      for (auto& count : run.counts) count = random();
      run.position = Position(random() >> 1);
      run.policy = EventIndex(random() >> 1);
      run.as_of = random_instant(random);
      run.parts = static_cast<std::uint32_t>(random());
      if (random() % 2 == 0) {
        run.details = RunDetails{static_cast<std::uint32_t>(random()),
                                 random_choice(random, RunForm::kTokens, RunForm::kNdjson),
                                 random_choice(random, RunTold::kUse, RunTold::kReasons),
                                 random(),
                                 random_name(random),
                                 maybe_date(random),
                                 maybe_date(random)};
      }
      return run;
    }
    case EventKind::kRecordErased: return RecordErased{EventIndex(random() >> 1), random_name(random)};
    case EventKind::kTimesHealed:
      return TimesHealed{EventIndex(random() >> 1), random_instant(random), random_instant(random),
                         random_name(random)};
    case EventKind::kPermitApproved: {
      PermitApproved permit{token,
                            random_name(random),
                            random_name(random),
                            random_name(random),
                            random_instant(random),
                            random_choice(random, PermitStart::kRegistration, PermitStart::kApproval),
                            random_names(random),
                            random_name(random),
                            random_name(random)};
      permit.purposes.push_back(random_name(random));
      return permit;
    }
    default: return random_fact(kind, random);
  }
}

}  // namespace

Token token_of(std::uint64_t number) {
  std::array<std::uint8_t, Token::kSizeBytes> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[7 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    bytes[15 - i] = static_cast<std::uint8_t>((number * 0x9e3779b97f4a7c15U) >> (8 * i));
  }
  return Token(bytes);
}

std::vector<std::pair<std::string, Event>> sample_events() {
  const Token a = token_of(1), b = token_of(2), c = token_of(3);
  FilterRun run{.batch_id = "2026-11-claims",
                .regime = "JISEDAI",
                .holder = "1312345678",
                .recipient = "OP-1",
                .purpose = "RESEARCH",
                .filter_point = "F1",
                .override_code = "STATUTE",
                .ground = "Art. 30",
                .categories = {"CLAIMS", "LAB"},
                .position = Position(41'827),
                .policy = EventIndex(7),
                .as_of = kInstant,
                .evaluated_at = kInstant.plus_seconds(1),
                .valid_until = kInstant.plus_seconds(86'400),
                .parts = 3};
  for (std::size_t i = 0; i < 32; ++i) {
    run.input_digest[i] = static_cast<std::uint8_t>(i);
    run.output_digest[i] = static_cast<std::uint8_t>(255 - i);
  }
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) run.counts[i] = 1'000'000'007 * i;
  FilterRun detailed = run;
  detailed.details = RunDetails{2, RunForm::kText, RunTold::kUse, 1'000'000'009, "P-2026-1"};
  FilterRun of_period = detailed;
  of_period.details->record_to = CivilDate::of(2026, 3, 31);
  std::vector<std::pair<std::string, EventBody>> bodies = {
      {"policy_published", PolicyPublished{{{"regimes.toml", "[regime]\nname = \"意思\"\n"}, {"empty.toml", ""}}}},
      {"token_identity", TokenIdentity{a, b, c, TokenLevel::kHousehold}},
      {"notice",
       NoticeGiven{a, "1312345678", "JISEDAI", "T-1", NoticeMethod::kComposite, CivilDate::of(2026, 11, 20), "C-9"}},
      {"notice_voided", NoticeVoided{a, "1312345678", "JISEDAI", CivilDate::of(2026, 11, 20)}},
      {"notice_voided_2", NoticeVoided{a, "1312345678", "JISEDAI", CivilDate::of(2026, 11, 20),
                                       VoidedLetter{NoticeMethod::kPosted, "T-1"}}},
      {"objection_full", Objection{a, full_scope(), RequesterKind::kBereaved, "SPOUSE", kInstant,
                                   PastData::kStopAndErase, Channel::kMail, CivilDate::of(2031, 2, 28)}},
      {"objection_bare",
       Objection{.token = a, .scope = {}, .relation = "", .accepted_at = kInstant, .reaffirm_on = {}}},
      {"objection_2", Objection{a, full_scope(), RequesterKind::kBereaved, "CHILD", kInstant, PastData::kStopOnly,
                                Channel::kCounterPaper, std::nullopt, RequesterMark{MarkKind::kDesk, c}}},
      {"withdrawal_2", ObjectionWithdrawn{a,
                                          {EventIndex(4)},
                                          RequesterKind::kBereaved,
                                          kInstant,
                                          Channel::kPortal,
                                          WithdrawalProof{ProofSeen::kConsensus, RequesterMark{MarkKind::kPortal, b}}}},
      {"withdrawal",
       ObjectionWithdrawn{a, {EventIndex(4), EventIndex(5)}, RequesterKind::kAgent, kInstant, Channel::kPortal}},
      {"consent_full", ConsentGiven{a, full_scope(), RequesterKind::kGuardianParent, kInstant,
                                    CivilDate::of(2030, 12, 31), Channel::kKiosk}},
      {"consent_bare", ConsentGiven{.token = b, .scope = {}, .accepted_at = kInstant, .expires_on = {}}},
      {"consent_withdrawn", ConsentWithdrawn{b, {EventIndex(8)}, RequesterKind::kSelf, kInstant, Channel::kPhone}},
      {"link_full", TokensLinked{a, b, LinkSource::kPortal, CivilDate::of(1999, 12, 31)}},
      {"link_bare", TokensLinked{b, c, LinkSource::kHistoryInquiry, std::nullopt}},
      {"split", Unlinked{b, {EventIndex(10), EventIndex((std::uint64_t{1} << 63) - 1)}}},
      {"death", DeathRecorded{c, CivilDate::of(1968, 2, 29)}},
      {"death_retracted", DeathRetracted{c}},
      {"death_retracted_2", DeathRetracted{c, CivilDate::of(1968, 2, 29)}},
      {"filter_run", run},
      {"filter_run_2", detailed},
      {"filter_run_3", of_period},
      {"record_erased", RecordErased{EventIndex(4), "court order 12"}},
      {"times_healed",
       TimesHealed{EventIndex(4711), kInstant.plus_seconds(-60), kInstant, "a clock was 31 days ahead"}},
      {"permit_full",
       PermitApproved{a,
                      "P-2026-1",
                      "EHDS_71",
                      "OP-1",
                      kInstant,
                      PermitStart::kApproval,
                      {"PURPOSE_1", "PURPOSE_2"},
                      "ART_71_4",
                      "public body; no alternative"}},
      {"permit_bare", PermitApproved{.token = b,
                                     .permit_id = "P-2",
                                     .regime = "EHDS_71",
                                     .recipient = "",
                                     .approved_at = kInstant,
                                     .purposes = {"PURPOSE_1"},
                                     .exception = "",
                                     .ground = ""}},
  };
  auto later = sample_facts();
  std::move(later.begin(), later.end(), std::back_inserter(bodies));
  std::vector<std::pair<std::string, Event>> events;
  for (const auto& [name, body] : bodies) events.push_back({name, {kInstant, "hospital-1312345678", body}});
  return events;
}

Event random_event(std::mt19937_64& random) {
  return {random_instant(random), random_name(random), random_body(random)};
}

}  // namespace ishi::testing
