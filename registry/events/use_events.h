// What was provided, confirmed and counted (LAW.md 10.1, 11.2). Lists of persons lie beside the log; an event holds
// their digest and their number.
#pragma once

#include <array>

#include "registry/events/vocabulary.h"

namespace ishi {

// Distinct persons as counted by the writer, and where the list of them lies.
struct PersonCount {
  std::uint64_t persons = 0;
  std::optional<std::array<std::uint8_t, 32>> set_digest = std::nullopt;  // of the person set; missing: a number alone
  friend bool operator==(const PersonCount&, const PersonCount&) = default;
};

// A holder provided data (Art. 54, 58).
struct ProvisionRecorded {
  Token token;                                          // made of provision_id
  std::string provision_id;                             // the holder's own, <= kFactIdBytesMax bytes
  std::string regime, holder, recipient, purpose;       // codes
  std::string recipient_name, recipient_address;        // as Art. 54 asks, <= kEventNameBytesMax bytes each
  CivilDate provided_on;                                // in JST
  std::optional<Timestamp> provided_at = std::nullopt;  // within that day, where it is known
  std::vector<std::string> items;                       // categories provided, <= kFactCodesMax
  std::optional<CivilDate> record_from = std::nullopt, record_to = std::nullopt;  // of the records, inclusive
  std::optional<EventIndex> run = std::nullopt;                                   // the filter run that it rests on
  PersonCount persons = {};                             // of whom at least one record was provided
  std::optional<std::uint64_t> records = std::nullopt;  // how many; missing: not counted
  friend bool operator==(const ProvisionRecorded&, const ProvisionRecorded&) = default;
};
// An operator confirmed from whom data came and how they were obtained (Art. 55, 58).
struct ConfirmationRecorded {
  Token token;               // made of provision_id
  std::string provision_id;  // <= kFactIdBytesMax bytes
  std::string regime, holder, recipient;
  Timestamp confirmed_at;
  std::string holder_name, holder_address, representative;  // as confirmed, <= kEventNameBytesMax bytes each
  std::string acquisition;                                  // 取得の経緯, <= kEventNameBytesMax bytes
  std::vector<std::string> evidence;  // how it was confirmed, <= kEvidenceTypesMax of <= kEvidenceTypeBytesMax bytes
  friend bool operator==(const ConfirmationRecorded&, const ConfirmationRecorded&) = default;
};
// Who came to a holder in a period: V of LAW.md 11.2.
struct VisitsReported {
  Token token;  // made of the holder's code
  std::string holder;
  CivilDate from, to;  // inclusive, in JST
  PersonCount persons = {};
  std::optional<std::uint64_t> visits = std::nullopt;  // all of them; missing: not counted
  friend bool operator==(const VisitsReported&, const VisitsReported&) = default;
};
// Who stands on a holder's list: L of LAW.md 11.2.
struct PatientListReported {
  Token token;  // made of the holder's code
  std::string holder;
  CivilDate as_of;                                          // in JST
  std::optional<CivilDate> last_visit_from = std::nullopt;  // nobody on it came last before this day
  PersonCount persons = {};
  friend bool operator==(const PatientListReported&, const PatientListReported&) = default;
};

}  // namespace ishi
