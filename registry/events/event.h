// Event: one struct per thing that can happen, in a variant. The log holds these and nothing else.
// Codes in strings (regime, holder, template, …) are those of the policy book; the book is itself an event.
// The enumerators' values are part of the stored format (log/event_codec.h): never change or reuse one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registry/events/times_healed.h"
#include "registry/identifiers/token.h"
#include "registry/position.h"
#include "registry/time.h"

namespace ishi {

// Who speaks (LAW.md 4.1).
enum class RequesterKind : std::uint8_t {
  kSelf = 0,
  kGuardianParent = 1,
  kGuardianMinor = 2,
  kGuardianAdult = 3,
  kAgent = 4,
  kBereaved = 5,
  kOtherCarer = 6,
};
enum class Channel : std::uint8_t {
  kCounterPaper = 0,
  kMail = 1,
  kPhone = 2,
  kPortal = 3,
  kKiosk = 4,
  kMunicipal = 5,
  kAgentApi = 6,
};
// How the person was told (LAW.md 2.3). kPublicOnly is evidence of a change notice, never a notice.
enum class NoticeMethod : std::uint8_t {
  kHanded = 1,
  kPosted = 2,
  kElectronic = 3,
  kTerminal = 4,
  kComposite = 5,
  kMunicipal = 6,
  kRenotice = 7,
  kPublicOnly = 8,
};
enum class PastData : std::uint8_t { kStopOnly = 0, kStopAndErase = 1 };
enum class LinkSource : std::uint8_t { kHistoryInquiry = 1, kPortal = 2, kHospital = 3, kInsurer = 4 };  // S1..S4

// What proof of who asks was seen by those who recorded the request (LAW.md 4.6). No copy is kept.
enum class ProofSeen : std::uint8_t { kNone = 0, kIdentity = 1, kAuthority = 2, kConsensus = 3 };

// The same person asks again: a keyed hash under a key of its own (LAW.md 4.8; Tokenizer::portal_mark, desk_mark).
// Marks of different kinds never match.
enum class MarkKind : std::uint8_t { kPortal = 1, kDesk = 2 };
struct RequesterMark {
  MarkKind kind = MarkKind::kDesk;
  Token mark;
  friend bool operator==(const RequesterMark&, const RequesterMark&) = default;
};

// What an objection or a consent covers. An empty list means ALL; so does a missing period.
struct Scope {
  std::vector<std::string> regimes, holders, recipients, categories, purposes;
  std::optional<CivilDate> record_from, record_to;  // inclusive, date of the record
  friend bool operator==(const Scope&, const Scope&) = default;
};

struct PolicyDocument {
  std::string name;  // file name, used in messages: "option_2_2.toml"
  std::string text;  // TOML, as published
  friend bool operator==(const PolicyDocument&, const PolicyDocument&) = default;
};
struct PolicyPublished {  // a new version of the whole book; in force from its position on
  std::vector<PolicyDocument> documents;
  friend bool operator==(const PolicyPublished&, const PolicyPublished&) = default;
};
struct TokenIdentity {            // "these tokens are written forms of one identifier": the index for weak matches
  Token exact, loose, household;  // household == exact when the identifier has no branch by nature
  TokenLevel level = TokenLevel::kExact;  // of `exact`; kHousehold: its branch is missing; kLoose: kin (LAW.md 5.10)
  friend bool operator==(const TokenIdentity&, const TokenIdentity&) = default;
};
struct NoticeGiven {
  Token token;
  std::string holder, regime, template_id;
  NoticeMethod method = NoticeMethod::kHanded;
  CivilDate date;           // legal notice date in JST: handed, delivered, or first visit of a campaign
  std::string campaign_id;  // for kComposite, else empty
  friend bool operator==(const NoticeGiven&, const NoticeGiven&) = default;
};
struct VoidedLetter {
  NoticeMethod method = NoticeMethod::kHanded;
  std::string template_id;
  friend bool operator==(const VoidedLetter&, const VoidedLetter&) = default;
};
struct NoticeVoided {  // returned mail, wrong person: it never was a notice
  Token token;
  std::string holder, regime;
  CivilDate date;
  // Only notices with this way and letter (LAW.md 2.12). Missing in format 1: every notice of that day.
  std::optional<VoidedLetter> letter = std::nullopt;
  friend bool operator==(const NoticeVoided&, const NoticeVoided&) = default;
};
struct Objection {
  Token token;
  Scope scope;
  RequesterKind requester = RequesterKind::kSelf;
  std::string relation;   // of the bereaved (SPOUSE, CHILD, …), else empty
  Timestamp accepted_at;  // legal effect: when the duty-bearer received it; <= registered_at
  PastData past_data = PastData::kStopOnly;
  Channel channel = Channel::kCounterPaper;
  std::optional<CivilDate> reaffirm_on;                 // made for a minor: the day the person may decide alone
  std::optional<RequesterMark> made_by = std::nullopt;  // of the bereaved; missing in format 1
  friend bool operator==(const Objection&, const Objection&) = default;
};
struct WithdrawalProof {
  ProofSeen evidence = ProofSeen::kNone;
  std::optional<RequesterMark> made_by;
  friend bool operator==(const WithdrawalProof&, const WithdrawalProof&) = default;
};
struct ObjectionWithdrawn {
  Token token;
  std::vector<EventIndex> objections;  // the Objection events it undoes; never empty
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
  std::optional<WithdrawalProof> proof = std::nullopt;  // missing in format 1
  friend bool operator==(const ObjectionWithdrawn&, const ObjectionWithdrawn&) = default;
};
struct ConsentGiven {
  Token token;
  Scope scope;
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  std::optional<CivilDate> expires_on;  // last day on which it holds
  Channel channel = Channel::kCounterPaper;
  friend bool operator==(const ConsentGiven&, const ConsentGiven&) = default;
};
struct ConsentWithdrawn {
  Token token;
  std::vector<EventIndex> consents;  // never empty
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
  friend bool operator==(const ConsentWithdrawn&, const ConsentWithdrawn&) = default;
};
struct TokensLinked {  // one person holds both; identity has no date, so it counts for every as_of
  Token first, second;
  LinkSource source = LinkSource::kInsurer;
  std::optional<CivilDate> valid_from;  // when the second replaced the first; for people, not for rules
  friend bool operator==(const TokensLinked&, const TokensLinked&) = default;
};
struct Unlinked {                 // a wrong merge, taken back: each fact returns to the token it was recorded on
  Token token;                    // one of the tokens of each link
  std::vector<EventIndex> links;  // the TokensLinked events it undoes; never empty
  friend bool operator==(const Unlinked&, const Unlinked&) = default;
};
struct DeathRecorded {
  Token token;
  CivilDate date;
  friend bool operator==(const DeathRecorded&, const DeathRecorded&) = default;
};
struct DeathRetracted {  // recorded on the wrong person
  Token token;
  std::optional<CivilDate> date = std::nullopt;  // only this day; missing in format 1: every day recorded before
  friend bool operator==(const DeathRetracted&, const DeathRetracted&) = default;
};

constexpr std::size_t kReasonCodeCount = 16;

enum class RunForm : std::uint8_t { kTokens = 0, kText = 1, kCsv = 2, kNdjson = 3 };  // of the body that was asked
enum class RunTold : std::uint8_t { kUse = 0, kReasons = 1 };                         // what the caller may know
struct RunDetails {
  std::uint32_t part = 1;  // of FilterRun::parts
  RunForm form = RunForm::kTokens;
  // kReasons: output_digest covers one reason code per row, counts has every code. kUse: the run's receipt is for
  // somebody who may not know why, so output_digest covers one byte per row, 1 for use and 0 for not; of the refusals
  // only INVALID_ID is in counts, and the others are `withheld`. Either way it is what Ishi-Decision-Digest said.
  RunTold told = RunTold::kReasons;
  std::uint64_t withheld = 0;
  std::string permit_id;
  std::optional<CivilDate> record_from = std::nullopt, record_to = std::nullopt;  // of the records asked about
  bool names_period() const { return record_from || record_to; }
  friend bool operator==(const RunDetails&, const RunDetails&) = default;
};
struct FilterRun {  // the evidence of one batch: what was asked, of what, and what came out
  std::string batch_id, regime, holder, recipient, purpose, filter_point, override_code, ground;
  std::vector<std::string> categories;
  std::array<std::uint8_t, 32> input_digest{}, output_digest{};  // SHA-256 of the body; over the decisions
  std::array<std::uint64_t, kReasonCodeCount> counts{};          // by ReasonCode
  Position position;                                             // everything before this was seen
  EventIndex policy;                                             // the PolicyPublished event in force
  Timestamp as_of, evaluated_at, valid_until;
  std::uint32_t parts = 1;
  // Missing in runs recorded in format 1: told kReasons to everybody, a permit id at the end of `ground`.
  std::optional<RunDetails> details = std::nullopt;
  friend bool operator==(const FilterRun&, const FilterRun&) = default;
};
// From when on a permit leaves later objections alone.
enum class PermitStart : std::uint8_t {
  kRegistration = 0,  // from its own place in the log
  kApproval = 1,      // from approved_at, which is earlier: two people signed for it
};
// A data permit (EHDS 68): what it is for may be provided whoever objects after it counts (71(3); LAW.md 8.4).
struct PermitApproved {
  Token token;  // made of permit_id, so that the log finds it as it finds a person (registry/ports/permits.h)
  std::string permit_id, regime;
  std::string recipient;  // to whom it was given; empty = to whoever names it
  Timestamp approved_at;  // <= registered_at
  PermitStart counts_from = PermitStart::kRegistration;
  std::vector<std::string> purposes;  // never empty
  std::string exception, ground;      // the exception that it states and why (71(4)); both or none
  friend bool operator==(const PermitApproved&, const PermitApproved&) = default;
};
struct RecordErased {  // salt and content of `target` are gone; the tree stays whole
  EventIndex target;
  std::string ground;
  friend bool operator==(const RecordErased&, const RecordErased&) = default;
};

using EventBody = std::variant<PolicyPublished, TokenIdentity, NoticeGiven, NoticeVoided, Objection, ObjectionWithdrawn,
                               ConsentGiven, ConsentWithdrawn, TokensLinked, Unlinked, DeathRecorded, DeathRetracted,
                               FilterRun, RecordErased, PermitApproved, TimesHealed>;

enum class EventKind : std::uint8_t {
  kPolicyPublished = 1,
  kTokenIdentity = 2,
  kNoticeGiven = 3,
  kNoticeVoided = 4,
  kObjection = 5,
  kObjectionWithdrawn = 6,
  kConsentGiven = 7,
  kConsentWithdrawn = 8,
  kTokensLinked = 9,
  kLinksUndone = 10,
  kDeathRecorded = 11,
  kDeathRetracted = 12,
  kFilterRun = 13,
  kRecordErased = 14,
  kPermitApproved = 15,
  kTimesHealed = 16,
};
constexpr EventKind kEventKindMax = EventKind::kTimesHealed;

struct Event {
  Timestamp registered_at;  // stamped by the log: never before the previous event's
  std::string caller;       // the principal that submitted it
  EventBody body;
  friend bool operator==(const Event&, const Event&) = default;
};

EventKind kind_of(const EventBody& body);
const char* name_of(EventKind kind);  // "objection"
// The tokens an event speaks about, in its own order; empty for policy and runs. That of a permit is nobody's.
std::vector<Token> subjects_of(const EventBody& body);

}  // namespace ishi
