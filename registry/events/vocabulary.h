// The words that events share: who speaks, by which way, what is covered, and what was seen of who asks. The values of
// the enumerators are part of the stored format (event_codec.h): never change or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Was the requester's claim seen, or only said? Online a person is signed in, but what they say about others is their
// word.
enum class Assurance : std::uint8_t { kSelfDeclared = 0, kSeen = 1 };
// What was seen of a requester who speaks for themselves or for somebody else (LAW.md 4.6, 12.2). No copy of a
// document, no number on it, no name, no diagnosis.
struct OnBehalf {
  std::string relation;  // to the person: SPOUSE, PARENT …, <= kRelationBytesMax; empty: the person themselves
  Assurance assurance = Assurance::kSelfDeclared;
  std::vector<std::string> evidence;  // kinds of document, <= kEvidenceTypesMax of <= kEvidenceTypeBytesMax each
  std::optional<Token> seen_by = std::nullopt;      // pseudonym of the member of staff who saw them (Reception::staff)
  std::optional<CivilDate> seen_on = std::nullopt;  // the day in JST on which they were seen
  friend bool operator==(const OnBehalf&, const OnBehalf&) = default;
};
constexpr std::size_t kRelationBytesMax = 64, kEvidenceTypesMax = 8, kEvidenceTypeBytesMax = 64;

// Where a request was taken in, by whom, and what they saw.
struct Reception {
  std::string accepted_by;  // institution code or name of the desk that accepted it, <= kDeskBytesMax; empty: not said
  std::optional<Token> staff =
      std::nullopt;  // pseudonym of the member of staff: a keyed hash (Tokenizer::staff_mark), never a name
  std::optional<OnBehalf> on_behalf = std::nullopt;
  // When the person agreed to have receipts in electronic form (Art. 53(2)); missing: on paper.
  std::optional<Timestamp> electronic_receipt_agreed_at = std::nullopt;
  friend bool operator==(const Reception&, const Reception&) = default;
};
constexpr std::size_t kDeskBytesMax = 128;

// The bounds of what the later kinds of event hold, in bytes unless said. Wider than any code in use.
constexpr std::size_t kFactIdBytesMax = 128;      // ids that a caller gives: provisions, filings, campaigns, complaints
constexpr std::size_t kFactGroundBytesMax = 500;  // a ground or a reason in words
constexpr std::size_t kFactCodesMax = 64;         // items: regimes, categories, letters of one fact

}  // namespace ishi
