#include <algorithm>
#include <array>

#include "registry/policy/names.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

constexpr std::array<std::string_view, 4> kMinistries{"CAO", "MHLW", "METI", "MEXT"};

bool is_key_digest(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool belongs_to_holder(Role role) {
  return role == Role::kDeskClerkHolder || role == Role::kHolderAdmin || role == Role::kHolderBatch;
}
bool belongs_to_operator(Role role) {
  return role == Role::kOperatorBatch || role == Role::kOperatorAdmin;
}

// Who acts for an institution, an operator or a prefecture must say for which: without it, any would be its own.
void require_owner(const Caller& caller, TableReader& reader) {
  const std::string role(role_name(caller.role));
  if (belongs_to_holder(caller.role) && caller.holder.empty()) {
    reader.complain("holder", "is missing; a caller with role " + role + " belongs to an institution");
  }
  if (belongs_to_operator(caller.role) && caller.recipient.empty()) {
    reader.complain("recipient", "is missing; a caller with role " + role + " belongs to an operator");
  }
  if (caller.role == Role::kAuditorGovernor && caller.prefecture.empty()) {
    reader.complain("prefecture", "is missing; a caller with role " + role + " sees one prefecture");
  }
}

void read_caller(Draft& draft, TableReader& reader) {
  const std::optional<std::string> id = reader.required_code("id");
  Caller caller;
  std::optional<Role> role;
  if (reader.require("role")) role = reader.choice("role", parse_role, role_names);
  caller.key_sha256 = reader.required_text("key_sha256");
  // The value is not repeated: someone may have written the key itself.
  if (!caller.key_sha256.empty() && !is_key_digest(caller.key_sha256)) {
    reader.complain("key_sha256", "must be 64 of 0-9 a-f: printf %s KEY | sha256sum");
    caller.key_sha256.clear();
  }
  caller.holder = reader.text("holder").value_or(std::string());
  caller.recipient = reader.text("recipient").value_or(std::string());
  caller.prefecture = reader.text("prefecture").value_or(std::string());
  caller.ministry = reader.text("ministry").value_or(std::string());
  caller.valid = reader.range("valid_from", "valid_to", false);
  reader.finish();

  if (!caller.holder.empty()) {
    refers(draft, draft.book.institutions, caller.holder, reader.place_of("holder"), reader.field("holder"),
           "institution");
  }
  if (!caller.recipient.empty()) {
    refers(draft, draft.book.operators, caller.recipient, reader.place_of("recipient"), reader.field("recipient"),
           "operator");
  }
  if (!caller.prefecture.empty() && !is_prefecture(caller.prefecture)) {
    reader.complain("prefecture", "must be two digits, 01..47");
  }
  if (!caller.ministry.empty() &&
      std::find(kMinistries.begin(), kMinistries.end(), caller.ministry) == kMinistries.end()) {
    reader.complain("ministry", "must be CAO, MHLW, METI or MEXT");
  }
  if (role) {
    caller.role = *role;
    if (draft.handed_in && (caller.role == Role::kAuditorMinister) == caller.ministry.empty()) {
      reader.complain("ministry", "goes with role AUDITOR_MINISTER, and it with ministry: an option lists ministries");
    }
    require_owner(caller, reader);
  }
  if (!caller.key_sha256.empty()) {
    const auto [first, is_new] = draft.places.try_emplace("key " + caller.key_sha256, reader.place());
    if (!is_new) {
      reader.complain("key_sha256", "is the key of the caller in " + draft.complaints.describe(first->second) +
                                        " too; each caller needs its own");
    }
  }
  if (!id || !draft.claim("caller", *id, reader.place(), reader.field("id"))) return;
  caller.id = *id;
  draft.book.callers.emplace(*id, std::move(caller));
}

}  // namespace

void read_callers(Draft& draft) {
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("caller", kEntriesMax)) read_caller(draft, reader);
  }
}

}  // namespace ishi
