// What the commands of this room share. A command is a filled-in struct (ObjectCommand, TellCommand …) and a function
// that judges it: refused with a code and a field, or accepted and turned into events. Pure; one thread per batch.
//
//   CommandBatch batch;                                             // for one request: a page's form, a file's lines
//   const auto done = object(context, subject, command, batch);     // done.error(): code and field to show
//   …                                                               // further commands of the same request
//   log.append(std::move(batch.events));
//
// What every command keeps to:
//   - A refused command adds no event, and nothing that the batch remembers of it changes a later answer.
//   - The first event of an accepted command is its receipt. An accepted command without events says why
//     (Outcome::nothing_written).
//   - Fields of a command are values that were read already. A missing std::optional or empty text means "not given":
//     the command says which it needs (field_missing) and what stands for the others. Text views must outlive the call.
//   - Field names in refusals are those of the contract (/openapi.json).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/commands/refusal.h"
#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/status/person_status.h"
#include "registry/time.h"

namespace ishi {

// Who acts, as far as judging needs it. Whether they may use this command at all is decided before, at the door
// (LAW.md 9.2).
struct Actor {
  Role role = Role::kPublic;
  // May they act for that institution? Missing: for none.
  std::function<bool(std::string_view institution)> may_act_for;
  std::string id = {};             // as the log names them
  std::string holder = {};         // the institution they belong to, else empty
  std::string recipient = {};      // the operator they belong to, else empty
  bool may_record_deaths = false;  // LAW.md 4.12
};

class History;  // registry/commands/standing.h

struct CommandContext {
  const PolicyBook& book;
  const Actor& actor;
  Timestamp now;  // never before the log's last event
  // What was recorded of the persons of these commands; needed by those that take back. Missing: nothing is known, so
  // nothing can be taken back.
  const History* history = nullptr;
};

// The person a command is about: the token on which it is recorded, and what the log says of them.
struct Subject {
  Token token;
  const PersonStatus* status = nullptr;  // nullptr: nothing is known
  bool without_branch = false;           // given by a card without branch, which names a household
};
inline bool names_household(const Subject& subject) {
  return subject.without_branch || (subject.status != nullptr && subject.status->household_card);
}

struct Outcome {
  std::optional<NothingWritten> nothing_written;      // why the batch got no event
  std::vector<Remark> remarks;                        // in the order in which they arose
  std::optional<EventIndex> standing = std::nullopt;  // the receipt of the fact that says it already
  static Outcome none_because(NothingWritten reason) { return {reason, {}}; }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// What the commands of one request did so far and Subject::status does not show yet, because all of them are judged by
// what was known before the request. It keeps a request from doing one thing twice. Commands alone write it.
struct CommandMemory {
  std::set<EventIndex> taken_back;                                   // objections, consents and links
  std::set<Token> deaths;                                            // recorded together with an objection
  std::map<Token, std::vector<Objection>> objections;                // made by this request
  std::map<std::pair<Token, std::string>, CivilDate> told_by_visit;  // the person's token, the campaign: first visit
  std::set<std::pair<Token, Token>> linked;                          // the lower token first
  std::set<EventIndex> receipted;                                    // objections whose receipt this request gives
  std::set<std::pair<Token, std::string>> permits;                   // registered by this request, and their regimes
  // How many identifiers are one person's: by the first of each person's tokens known before, joined by links.
  struct Identifiers {
    std::size_t count = 0;
    std::optional<Token> part_of;  // of this larger person, since a link
  };
  std::map<Token, Identifiers> identifiers;
  // The institution that was checked last: a file names the same one in every line.
  std::string institution;
  std::optional<Refusal> institution_refusal;
};

// One request: made empty, used with one CommandContext, and appended as a whole.
struct CommandBatch {
  std::vector<EventBody> events;
  CommandMemory memory;
};

}  // namespace ishi
