// Policy documents (TOML) -> PolicyBook, whole or not at all. Every complaint names document, line and field and
// says what would be right. Documents add up: a profile, then institutions, operators, templates, campaigns,
// callers; the same code twice is an error. Pure. The five profiles that ship are in ops/policy/.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/result.h"

namespace ishi {

struct PolicyComplaint {
  std::string document;
  std::uint32_t line = 0;      // 1-based; 0 = the document as a whole
  std::string field, message;  // "regime[2].wait.days", "must be 0..3650"
  friend bool operator==(const PolicyComplaint&, const PolicyComplaint&) = default;
};

struct PolicyReading {
  std::shared_ptr<const PolicyBook> book;   // set exactly when complaints is empty
  std::vector<PolicyComplaint> complaints;  // at most 100
};

// A book that is handed in may say nothing that would have no effect; one that a log holds is read as it is.
enum class PolicySource : std::uint8_t { kLog, kHandedIn };
PolicyReading read_policy(std::span<const PolicyDocument> documents, PolicySource source = PolicySource::kLog);

}  // namespace ishi
