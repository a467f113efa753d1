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

#include "registry/events/holder_events.h"
#include "registry/events/oversight_events.h"
#include "registry/events/promise_events.h"
#include "registry/events/times_healed.h"
#include "registry/events/use_events.h"
#include "registry/events/vocabulary.h"

namespace ishi {

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
// What shows that the person was told (LAW.md 2.3).
enum class NoticeEvidence : std::uint8_t {
  kNone = 0,
  kStaff = 1,        // a member of staff handed it over
  kPostingList = 2,  // a list of what was posted
  kDelivered = 3,    // a message was delivered
  kOpened = 4,       // a message was opened
  kTerminal = 5,     // confirmed on a terminal's screen
  kVisit = 6,        // a visit while the campaign ran
};
struct NoticeDetails {
  std::optional<CivilDate> posted_on =
      std::nullopt;  // of letters by post; NoticeGiven::date is when it is taken to have arrived
  NoticeEvidence evidence = NoticeEvidence::kNone;
  std::string reference;  // of that evidence: id of the list, message or terminal, <= kFactIdBytesMax bytes
  std::optional<Token> staff = std::nullopt;  // pseudonym of who handed it over
  std::string language;  // of the letter, as BCP 47 says ("ja", "en", "ja-Hira"), <= kLanguageBytesMax bytes
  friend bool operator==(const NoticeDetails&, const NoticeDetails&) = default;
};
constexpr std::size_t kLanguageBytesMax = 35;
struct NoticeGiven {
  Token token;
  std::string holder, regime, template_id;
  NoticeMethod method = NoticeMethod::kHanded;
  CivilDate date;           // legal notice date in JST: handed, delivered, or first visit of a campaign
  std::string campaign_id;  // for kComposite, else empty
  std::optional<NoticeDetails> details = std::nullopt;  // missing in format 1
  friend bool operator==(const NoticeGiven&, const NoticeGiven&) = default;
};
struct VoidedLetter {
  NoticeMethod method = NoticeMethod::kHanded;
  std::string template_id;
  friend bool operator==(const VoidedLetter&, const VoidedLetter&) = default;
};
enum class VoidReason : std::uint8_t {
  kReturnedMail = 1,
  kWrongPerson = 2,
  kNotDelivered = 3,
  kWrongLetter = 4,
  kRecordedByMistake = 5,
  kOther = 6,
};
struct NoticeVoided {  // returned mail, wrong person: it never was a notice
  Token token;
  std::string holder, regime;
  CivilDate date;
  // Only notices with this way and letter (LAW.md 2.12). Missing in format 1: every notice of that day.
  std::optional<VoidedLetter> letter = std::nullopt;
  std::optional<VoidReason> reason = std::nullopt;  // missing in formats 1 and 2
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
  std::optional<Reception> reception = std::nullopt;    // missing in formats 1 and 2
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
  std::optional<Reception> reception = std::nullopt;    // missing in formats 1 and 2
  friend bool operator==(const ObjectionWithdrawn&, const ObjectionWithdrawn&) = default;
};
struct ConsentGiven {
  Token token;
  Scope scope;
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  std::optional<CivilDate> expires_on;  // last day on which it holds
  Channel channel = Channel::kCounterPaper;
  std::optional<Reception> reception = std::nullopt;  // missing in format 1
  friend bool operator==(const ConsentGiven&, const ConsentGiven&) = default;
};
struct ConsentWithdrawn {
  Token token;
  std::vector<EventIndex> consents;  // never empty
  RequesterKind requester = RequesterKind::kSelf;
  Timestamp accepted_at;
  Channel channel = Channel::kCounterPaper;
  std::optional<Reception> reception = std::nullopt;  // missing in format 1
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

using EventBody =
    std::variant<PolicyPublished, TokenIdentity, NoticeGiven, NoticeVoided, Objection, ObjectionWithdrawn, ConsentGiven,
                 ConsentWithdrawn, TokensLinked, Unlinked, DeathRecorded, DeathRetracted, FilterRun, RecordErased,
                 PermitApproved, TimesHealed, ReceiptIssued, LetterCodeIssued, ErasureOrdered, ErasureAcknowledged,
                 ReaffirmDue, ReaffirmDone, ProvisionRecorded, ConfirmationRecorded, VisitsReported,
                 PatientListReported, FilingPublished, HolderChanged, ChangeNotified, CampaignStarted, CampaignStopped,
                 ComplaintReceived, ComplaintClosed, CaseViewed, FigurePublished, PersonDescribed>;

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
  kReceiptIssued = 17,
  kLetterCodeIssued = 18,
  kErasureOrdered = 19,
  kErasureAcknowledged = 20,
  kReaffirmDue = 21,
  kReaffirmDone = 22,
  kProvisionRecorded = 23,
  kConfirmationRecorded = 24,
  kVisitsReported = 25,
  kPatientListReported = 26,
  kFilingPublished = 27,
  kHolderChanged = 28,
  kChangeNotified = 29,
  kCampaignStarted = 30,
  kCampaignStopped = 31,
  kComplaintReceived = 32,
  kComplaintClosed = 33,
  kCaseViewed = 34,
  kFigurePublished = 35,
  kPersonDescribed = 36,
};
constexpr EventKind kEventKindMax = EventKind::kPersonDescribed;

struct Event {
  Timestamp registered_at;  // stamped by the log: never before the previous event's
  std::string caller;       // the principal that submitted it
  EventBody body;
  friend bool operator==(const Event&, const Event&) = default;
};

EventKind kind_of(const EventBody& body);
// No event of this kind yet, with its fields empty; nullopt: there is no such kind.
std::optional<EventBody> empty_body(EventKind kind);
const char* name_of(EventKind kind);  // "objection"
// The tokens under which the log finds an event, in its own order: of the persons it speaks about, and those made of
// the ids of permits, filings, campaigns …, which are nobody's (reference_token). Empty for policy, runs and figures.
std::vector<Token> subjects_of(const EventBody& body);
// Does an event of this kind change what is answered about anybody? Of the others what is known of people holds
// nothing: they make nobody known, and no feed of changes tells of them.
bool bears_on_answers(EventKind kind);
// Of persons alone: subjects_of without what was made of an id or of a letter's code.
std::vector<Token> persons_of(const EventBody& body);

}  // namespace ishi
