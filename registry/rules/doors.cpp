#include "registry/rules/doors.h"

#include <algorithm>
#include <string>

#include "registry/policy/names.h"

namespace ishi {
namespace {

// What visitors are called in the lists of a profile; empty where no list knows them.
std::string_view as_reader(Role role) {
  switch (role) {
    case Role::kDeskClerkHolder:
    case Role::kHolderAdmin:
    case Role::kHolderBatch: return "HOLDER";
    case Role::kOperatorBatch:
    case Role::kOperatorAdmin: return "OPERATOR";
    case Role::kReviewer: return "REVIEWER";
    case Role::kStateIngest: return "STATE_INGEST";
    default: return {};
  }
}
std::string_view as_objection_writer(Role role) {
  switch (role) {
    case Role::kPatient:
    case Role::kProxy:
    case Role::kBereaved: return "PORTAL";
    case Role::kDeskClerkMunicipal: return "MUNICIPAL";
    case Role::kCallAgent: return "CALLCENTRE";
    case Role::kDeskClerkHolder:
    case Role::kHolderAdmin:
    case Role::kHolderBatch: return "HOLDER";
    case Role::kOperatorBatch:
    case Role::kOperatorAdmin: return "OPERATOR_RELAY";
    default: return {};
  }
}
std::string_view as_notice_writer(Role role) {
  switch (role) {
    case Role::kDeskClerkHolder:
    case Role::kHolderAdmin:
    case Role::kHolderBatch: return "HOLDER";
    case Role::kDeskClerkMunicipal: return "MUNICIPAL";
    default: return {};
  }
}

bool is_operator(Role role) {
  return role == Role::kOperatorBatch || role == Role::kOperatorAdmin;
}
bool is_supervisor(Role role) {
  return role == Role::kAuditorMinister || role == Role::kAuditorPpc || role == Role::kAuditorGovernor;
}

bool lists(const std::set<std::string>& words, std::string_view word) {
  return !word.empty() && words.contains(std::string(word));
}

tl::unexpected<Error> closed(const PolicyBook& book, std::string_view list, std::string_view word) {
  return fail(ErrorKind::kForbidden, "closed_by_option",
              "Under the framework option in force (" + book.profile.code + ") this door is closed to you: its " +
                  std::string(list) + " do not list " + std::string(word) + ".");
}
Result<void> open_if_listed(const PolicyBook& book, const std::set<std::string>& words, std::string_view list,
                            std::string_view word) {
  if (lists(words, word)) return {};
  return closed(book, list, word);
}

// A ministry that is not named in the book is one of those that the option lists, as far as it lists one.
Result<void> check_supervisor(const PolicyBook& book, const Visitor& visitor) {
  const std::set<std::string>& readers = book.profile.audit_readers;
  switch (visitor.role) {
    case Role::kAuditorPpc: return open_if_listed(book, readers, "audit_readers", "PPC");
    case Role::kAuditorGovernor: return open_if_listed(book, readers, "audit_readers", "GOVERNOR");
    default: break;
  }
  if (!visitor.ministry.empty()) return open_if_listed(book, readers, "audit_readers", visitor.ministry);
  for (const char* ministry : {"CAO", "MHLW", "METI", "MEXT"})
    if (readers.contains(ministry)) return {};
  return closed(book, "audit_readers", "a ministry");
}

Result<void> check_peer(const PolicyBook& book, const Visitor& visitor) {
  const std::set<std::string>& peers = book.profile.federation_peers;
  if (!is_operator(visitor.role) || peers.empty()) return {};
  const std::string own = book.current_operator(visitor.recipient);
  const bool shares = std::any_of(peers.begin(), peers.end(),
                                  [&](const std::string& peer) { return book.current_operator(peer) == own; });
  if (shares && !own.empty()) return {};
  return closed(book, "federation_peers", visitor.recipient);
}

bool matches_regime(std::string_view pattern, std::string_view regime) {
  if (!pattern.ends_with('*')) return pattern == regime;
  pattern.remove_suffix(1);
  return regime.starts_with(pattern);
}

// Does the reader ask at this point: under that regime, or, if none is named, under any?
bool asks_at(const PolicyBook& book, std::string_view reader, FilterPoint point, std::string_view regime = {}) {
  if (!lists(book.profile.batch_readers, reader)) return false;
  if (!book.profile.filters) return true;
  const auto readers = book.profile.filters->find(point);
  if (readers == book.profile.filters->end()) return false;
  const auto found = readers->second.find(std::string(reader));
  if (found == readers->second.end()) return false;
  return regime.empty() || std::any_of(found->second.begin(), found->second.end(),
                                       [&](const std::string& pattern) { return matches_regime(pattern, regime); });
}

Result<void> check_reviewer(const PolicyBook& book, const Visitor& visitor) {
  const std::string_view reader = as_reader(visitor.role);
  if (reader == "REVIEWER") return open_if_listed(book, book.profile.batch_readers, "batch_readers", reader);
  if (reader.empty()) return {};  // REGISTRY_KEYHOLDER: two people, under any option
  // An old book does not say who reviews but REVIEWER.
  if (book.profile.filters && asks_at(book, reader, FilterPoint::kReview)) return {};
  return closed(book, "filters at F3", reader);
}

Result<void> check_changes(const PolicyBook& book, const Visitor& visitor) {
  const std::string_view reader = as_reader(visitor.role);
  if (reader.empty() || asks_at(book, reader, FilterPoint::kResweep)) return {};
  return closed(book, "filters at F5", reader);
}

}  // namespace

Result<void> check_door(const PolicyBook& book, const Visitor& visitor, Door door) {
  if (door == Door::kAnybodys) return {};
  if (is_supervisor(visitor.role)) return check_supervisor(book, visitor);
  if (door == Door::kOwn) return {};
  if (const auto peer = check_peer(book, visitor); !peer) return peer;
  const Profile& profile = book.profile;
  switch (door) {
    case Door::kAnybodys:
    case Door::kOwn: return {};
    case Door::kNotices:
      if (visitor.role == Role::kRegistryOps) return {};  // takes in what institutions report; see tells_for_all
      return open_if_listed(book, profile.notice_writers, "notice_writers", as_notice_writer(visitor.role));
    case Door::kWishes:
      if (visitor.role == Role::kRegistryOps)
        return {};  // a wish that came to the registry itself is never turned away
      return open_if_listed(book, profile.objection_writers, "objection_writers", as_objection_writer(visitor.role));
    case Door::kQuestions: return open_if_listed(book, profile.batch_readers, "batch_readers", as_reader(visitor.role));
    case Door::kPermits: return check_reviewer(book, visitor);
    case Door::kChanges: return check_changes(book, visitor);
    case Door::kSelfAudit:
      if (!is_operator(visitor.role)) return {};
      return open_if_listed(book, profile.audit_readers, "audit_readers", "OPERATOR");
  }
  return closed(book, "lists", role_name(visitor.role));
}

Result<void> check_reader(const PolicyBook& book, const Visitor& visitor, const Question& question) {
  if (is_supervisor(visitor.role)) return {};
  if (const auto open = check_door(book, visitor, Door::kQuestions); !open) return open;
  const std::string_view reader = as_reader(visitor.role);
  // Of a linkage, one side is the asker's; the other side's law is asked as well (rules/parts.h).
  if (asks_at(book, reader, question.point, question.regime)) return {};
  return fail(ErrorKind::kForbidden, "closed_by_option",
              "Under the framework option in force (" + book.profile.code + ") " + std::string(reader) +
                  " does not ask at " + std::string(name_of(question.point)) + " about " + question.regime +
                  " (its filters).");
}

bool needs_permit(const PolicyBook& book, const Visitor& visitor, const Question& question) {
  return question.point == FilterPoint::kExtraction && lists(book.profile.permit_readers, as_reader(visitor.role));
}

bool reviews(const PolicyBook& book, const Visitor& visitor, std::string_view regime) {
  const std::string_view reader = as_reader(visitor.role);
  return reader.empty() || !book.profile.filters || asks_at(book, reader, FilterPoint::kReview, regime);
}

bool asks_for_permits(const PolicyBook& book) {
  return !book.profile.permit_readers.empty();
}

bool tells_for_all(const PolicyBook& book, const Visitor& visitor) {
  const std::set<std::string>& writers = book.profile.notice_writers;
  if (visitor.role == Role::kRegistryOps) return writers.contains("STATE");
  return visitor.role == Role::kDeskClerkMunicipal && writers.contains("MUNICIPAL");
}

}  // namespace ishi
