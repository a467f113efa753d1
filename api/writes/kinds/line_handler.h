// LineHandler: one per kind of write. It fills a command of registry/commands from a row and lets it
// judge; no rule stands here. Reading bodies, finding people and appending is the line batch's work. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/writes/rows/fields.h"
#include "registry/commands/command.h"
#include "registry/ports/permits.h"

namespace ishi::api {

struct Line {
  const Row& row;
  const Subject& subject;
  const Subject* other;        // links and unlinks, when the row names a second identity
  const PermitSheets* permit;  // permits: what is registered under this id
  const Tokenizer& tokenizer;
};
inline constexpr std::string_view kPermitIdField = "permit_id";

// The outcome of the command, or why the line is refused: because it cannot be read, or by the command. A refused line
// adds no event to the batch.
using LineHandler = FieldResult<Outcome> (*)(const CommandContext& context, const Line& line, CommandBatch& batch);

// A command's answer as that of its line.
inline FieldResult<Outcome> answer_of(CommandResult<Outcome> result) {
  if (!result) return tl::unexpected(line_refusal_of(result.error()));
  return std::move(*result);
}

// By whose ids members of staff are named: the institution or the operator of the caller, else the caller.
inline std::string_view employer_of(const Actor& actor) {
  if (!actor.holder.empty()) return actor.holder;
  return actor.recipient.empty() ? actor.id : actor.recipient;
}

// Of whom a kind of write needs to know who recorded what (registry/commands/standing.h).
enum class HistoryOf : std::uint8_t { kNobody, kKnown, kObjecting, kLinked };

struct WriteKind {
  std::string_view name;                     // "notices": the last segment of the path
  std::span<const std::string_view> fields;  // known names besides the identity's
  bool names_two = false;                    // other_token, other_id, …
  bool about_permits = false;                // a row is about a permit, by kPermitIdField, and about nobody
  bool identity_always = false;              // record the identifier's weak forms and kin even for a known person
  HistoryOf history = HistoryOf::kNobody;
  std::string_view history_if = {};  // only for rows with this field; empty: for every row
  LineHandler handle = nullptr;
};

// kUnlinks is "splits" on the wire: paths, idempotency keys and intake books know it by that name.
extern const WriteKind kNotices, kObjections, kWithdrawals, kConsents, kLinks, kUnlinks, kDeaths, kVisits, kPermits,
    kReceipts;
std::span<const WriteKind* const> write_kinds();

}  // namespace ishi::api
