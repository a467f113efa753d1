// The rows that make writes repeatable and keep the books of the feeds (migrations/0003_intake.sql), read and written
// inside an append's transaction.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "registry/ports/event_log.h"
#include "sql/log/append_queue.h"
#include "sql/session/session.h"

namespace ishi::sql {

struct KnownAnswer {
  Digest body_digest{};
  Appended appended;
};
struct KeptAnswer {  // to be kept; neither pointer is null
  const IdempotencyKey* key;
  const Appended* appended;
};

// What earlier transactions wrote under the keys of a group, by (caller, key).
Result<std::map<std::pair<std::string, std::string>, KnownAnswer>> read_known_answers(Session& session,
                                                                                      const AppendGroup& group);
Result<void> save_answers(Session& session, const std::vector<KeptAnswer>& answers);

// The books of the sources that a group names, by source; one that never sent anything is missing.
Result<std::map<std::string, IntakeSource>> read_books(Session& session, const AppendGroup& group);
Result<void> save_books(Session& session, const IntakeSource& books);

Result<std::vector<IntakeSource>> read_all_books(Session& session);     // in a snapshot of its own
Result<std::vector<IntakeSource>> read_books_within(Session& session);  // in the transaction that is open
Result<std::optional<std::string>> read_answer(Session& session, const IdempotencyKey& key);

}  // namespace ishi::sql
