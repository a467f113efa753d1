// What holders owe besides notices: filings, changes and campaigns (LAW.md 2.5, 2.9, 6.2). Public facts, about nobody.
#pragma once

#include <array>

#include "registry/events/vocabulary.h"

namespace ishi {

// The ministers published a filing (Art. 52(3), 57(3)).
struct FilingPublished {
  Token token;            // made of filing_id
  std::string filing_id;  // its number, <= kFactIdBytesMax bytes
  std::string holder, regime;
  CivilDate filed_on;
  std::optional<CivilDate> published_on = std::nullopt;
  CivilDate valid_from;                              // first day in JST on which it counts
  std::optional<CivilDate> valid_to = std::nullopt;  // last day; missing: until a later one says so
  std::string supersedes;  // number of the filing that it replaces, <= kFactIdBytesMax bytes, or empty
  std::string url;         // where it is published, <= kEventNameBytesMax bytes
  std::optional<std::array<std::uint8_t, 32>> document_digest = std::nullopt;  // SHA-256 of the published file
  friend bool operator==(const FilingPublished&, const FilingPublished&) = default;
};

enum class HolderChange : std::uint8_t { kItems = 0, kEnds = 1, kSucceeded = 2, kSuspended = 3, kResumed = 4 };
// A holder changed what its notice says, or its provision ends (Art. 52(2), 57(2)).
struct HolderChanged {
  Token token;  // made of the holder's code
  std::string holder;
  std::vector<std::string> regimes;  // concerned, <= kFactCodesMax; empty: all
  HolderChange change = HolderChange::kItems;
  std::uint8_t items = 0;     // of a notice (LAW.md 2.1) that change: bit n - 1 is item n
  CivilDate takes_effect_on;  // in JST
  std::string successor;      // code, of kSucceeded
  std::string template_id;    // the letter that says the new items, or empty
  friend bool operator==(const HolderChanged&, const HolderChanged&) = default;
};
enum class ChangeAudience : std::uint8_t { kPersons = 0, kMinisters = 1 };
struct ChangeNotified {
  Token token;        // that of the change
  EventIndex change;  // the HolderChanged
  ChangeAudience audience = ChangeAudience::kPersons;
  std::string regime;
  NoticeMethod method = NoticeMethod::kPublicOnly;      // how persons were told
  CivilDate notified_on;                                // first day in JST
  std::string template_id;                              // the letter used, or empty
  std::string filing_id;                                // of kMinisters, <= kFactIdBytesMax bytes
  std::optional<std::uint64_t> persons = std::nullopt;  // told, where they were counted
  friend bool operator==(const ChangeNotified&, const ChangeNotified&) = default;
};

// A composite notice (N5) is being shown (LAW.md 2.5).
struct CampaignStarted {
  Token token;              // made of campaign_id
  std::string campaign_id;  // <= kFactIdBytesMax bytes
  std::string holder;
  std::vector<std::string> regimes, template_ids;  // 1 to kFactCodesMax of each
  std::vector<std::string> ways;                   // POSTER, LEAFLET, WEB …, 1 to kFactCodesMax
  CivilDate starts_on;                             // first day in JST
  std::optional<std::array<std::uint8_t, 32>> evidence_digest = std::nullopt;  // SHA-256 of a photograph or a page
  friend bool operator==(const CampaignStarted&, const CampaignStarted&) = default;
};
struct CampaignStopped {
  Token token;  // made of campaign_id
  std::string campaign_id;
  CivilDate last_day;  // on which it was shown, in JST
  std::string reason;  // <= kFactGroundBytesMax bytes
  friend bool operator==(const CampaignStopped&, const CampaignStopped&) = default;
};

}  // namespace ishi
