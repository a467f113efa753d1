// Supervision: complaints, looks at single cases, published figures, and what figures are broken down by (LAW.md 11).
#pragma once

#include <array>

#include "registry/events/vocabulary.h"

namespace ishi {

enum class ComplaintAbout : std::uint8_t {
  kNotice = 1,
  kObjection = 2,
  kReceipt = 3,
  kUse = 4,
  kErasure = 5,
  kService = 6,
  kOther = 7,
};
// Somebody complained (Art. 29, 40; EHDS 81(4)). What they said is not kept here.
struct ComplaintReceived {
  Token token;                                 // made of complaint_id
  std::string complaint_id;                    // <= kFactIdBytesMax bytes
  std::optional<Token> person = std::nullopt;  // whom it is about, where that is said
  ComplaintAbout about = ComplaintAbout::kOther;
  std::string holder, recipient, regime;  // against whom and under what; each may be empty
  Timestamp received_at;                  // <= registered_at
  Channel channel = Channel::kCounterPaper;
  std::string authority;  // to which it was passed on, <= kDeskBytesMax bytes, or empty
  friend bool operator==(const ComplaintReceived&, const ComplaintReceived&) = default;
};
enum class ComplaintOutcome : std::uint8_t {
  kUpheld = 1,
  kPartlyUpheld = 2,
  kRejected = 3,
  kPassedOn = 4,
  kTakenBack = 5,
};
struct ComplaintClosed {
  Token token;           // that of the complaint
  EventIndex complaint;  // the ComplaintReceived
  ComplaintOutcome outcome = ComplaintOutcome::kUpheld;
  Timestamp closed_at;    // <= registered_at
  std::string ground;     // <= kFactGroundBytesMax bytes, about no person
  std::string authority;  // of kPassedOn, <= kDeskBytesMax bytes
  friend bool operator==(const ComplaintClosed&, const ComplaintClosed&) = default;
};

enum class CaseContent : std::uint8_t {
  kStatus = 1,
  kHistory = 2,
  kReceipt = 3,
  kRun = 4,
  kPersonSet = 5,
  kUseHistory = 6,
};
// A regulator or the registry looked at one case (LAW.md 11.1): the caller of the event did.
struct CaseViewed {
  std::optional<Token> person = std::nullopt;      // whose case; missing: a run or a set of persons
  std::optional<EventIndex> event = std::nullopt;  // the event that was opened, if one was
  CaseContent content = CaseContent::kStatus;
  std::string ground;                         // the law or the file it was opened for, <= kFactGroundBytesMax bytes
  std::optional<Token> staff = std::nullopt;  // pseudonym of who looked
  friend bool operator==(const CaseViewed&, const CaseViewed&) = default;
};

enum class FigureAudience : std::uint8_t { kPublic = 0, kRegulators = 1 };
// A figure was given out (LAW.md 11.3, 11.5): which one, of which days, computed from what, and its bytes' digest.
struct FigurePublished {
  std::string figure;  // "K05", <= kFactIdBytesMax bytes
  std::uint32_t definition_version = 1;
  Position position;   // everything before it was counted
  CivilDate from, to;  // of the period, inclusive, in JST
  FigureAudience audience = FigureAudience::kPublic;
  std::array<std::uint8_t, 32> content_digest{};  // SHA-256 of the file
  std::string url;                                // where it is, <= kEventNameBytesMax bytes, or empty
  friend bool operator==(const FigurePublished&, const FigurePublished&) = default;
};

// Kind of insurer by 法別番号 (LAW.md 5.1).
enum class InsurerGroup : std::uint8_t {
  kUnknown = 0,
  kKyokai = 1,
  kSeamen = 2,
  kDayLabor = 3,
  kKumiai = 4,
  kSelfDefence = 5,
  kKyosai = 6,
  kMunicipal = 7,
  kNationalSociety = 8,
  kLateElderly = 9,
  kRetired = 10,
  kWelfare = 11,
  kOtherPublic = 12,
  kNone = 13,
};
enum class Sex : std::uint8_t { kUnknown = 0, kMale = 1, kFemale = 2 };
constexpr std::uint8_t kAgeClassMax = 19;
// What a writer knows of a person and figures are broken down by (K30). It changes no answer. Erasable.
struct PersonDescribed {
  Token token;
  InsurerGroup insurer = InsurerGroup::kUnknown;
  Sex sex = Sex::kUnknown;
  std::uint8_t age_class = 0;  // 0 unknown, 1 is 0 to 4 years, 2 is 5 to 9 … kAgeClassMax is 90 and over
  CivilDate as_of;             // the day in JST on which that was so
  friend bool operator==(const PersonDescribed&, const PersonDescribed&) = default;
};

}  // namespace ishi
