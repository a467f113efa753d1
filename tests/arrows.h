// The rooms and what each may see; tidy_test holds every include to it.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace ishi::testing {

// Which room sees which. One line a room; what a room sees, it sees without what that room sees in turn. Arrows lead
// one way: EveryArrowLeadsOneWay proves that no circle can be written here.
struct Arrows {
  std::string room;
  std::set<std::string> sees;
};
const std::vector<Arrows> kArrows = {
    // The vocabulary: result, assert, bytes, time, position, reason_code.
    {"registry", {}},
    // Locks, and what says what they guard. No other room of registry/ sees it.
    {"registry/threads", {}},
    {"registry/identifiers", {"registry"}},
    {"registry/merkle", {"registry"}},
    {"registry/events", {"registry", "registry/identifiers"}},
    {"registry/notes", {"registry", "registry/events", "registry/merkle"}},
    {"registry/policy", {"registry", "registry/events"}},
    {"registry/policy/reading", {"registry", "registry/events", "registry/identifiers", "registry/policy"}},
    {"registry/status", {"registry", "registry/events", "registry/merkle"}},
    {"registry/rules", {"registry", "registry/events", "registry/policy", "registry/status"}},
    {"registry/ports",
     {"registry", "registry/events", "registry/identifiers", "registry/merkle", "registry/notes", "registry/policy",
      "registry/rules", "registry/status"}},
    {"registry/intake", {"registry", "registry/policy", "registry/ports"}},
    {"registry/commands",
     {"registry", "registry/events", "registry/identifiers", "registry/policy", "registry/ports", "registry/rules",
      "registry/status"}},
    {"registry/commands/permits",
     {"registry", "registry/commands", "registry/events", "registry/policy", "registry/ports", "registry/rules"}},
    {"registry/commands/promises",
     {"registry", "registry/commands", "registry/events", "registry/identifiers", "registry/ports"}},
    {"registry/commands/clocks",
     {"registry", "registry/commands", "registry/events", "registry/policy", "registry/ports"}},

    {"sql/session", {"registry/*"}},
    {"sql/log", {"registry/*", "sql/session"}},
    {"sql/standby", {"registry/*", "sql/session", "sql/log"}},
    {"sql/migrations", {"registry/*", "sql/session"}},
    {"sql/fsck", {"registry/*", "sql/session", "sql/log"}},

    {"cache/feed", {"registry/*"}},
    {"cache/near", {"registry/*", "cache/feed"}},
    {"cache/redis", {"registry/*"}},
    {"cache/tasks", {"registry/*", "cache/feed"}},
    {"cache/shared", {"registry/*", "cache/feed", "cache/near", "cache/redis"}},
    {"cache/follow", {"registry/*", "cache/feed", "cache/near", "cache/shared"}},
    {"cache/snapshot", {"registry/*", "cache/feed", "cache/follow"}},

    {"api/messages", {"registry"}},
    {"api/records", {"registry"}},
    {"api/http_client", {"registry"}},
    {"api/host", {"registry", "registry/merkle", "registry/notes", "registry/threads"}},
    {"api/auth", {"registry/*", "api/messages"}},
    {"api/http", {"registry", "registry/threads", "api/messages", "api/auth"}},
    {"api/witness", {"registry/*", "api/host", "api/http", "api/messages"}},
    {"api/evidence",
     {"registry/*", "api/auth", "api/host", "api/http", "api/http_client", "api/messages", "api/witness"}},
    {"api/feeds", {"registry/*", "api/auth", "api/messages"}},
    {"api/filter", {"registry/*", "api/auth", "api/http", "api/messages", "api/records"}},
    {"api/intake", {"registry/*", "api/auth", "api/messages"}},
    {"api/writes/rows", {"registry/*", "api/messages", "api/records"}},
    {"api/writes/kinds", {"registry/*", "api/writes/rows"}},
    {"api/writes", {"registry/*", "api/auth", "api/messages", "api/records", "api/writes/kinds", "api/writes/rows"}},
    {"api/operations", {"registry/*", "api/auth", "api/filter", "api/host", "api/http", "api/intake", "api/messages"}},
    {"api/policy", {"registry/*", "api/auth", "api/messages", "api/operations"}},
    {"api/server",
     {"registry/*", "sql/*", "cache/*", "api/auth", "api/evidence", "api/feeds", "api/filter", "api/host", "api/http",
      "api/intake", "api/messages", "api/operations", "api/policy", "api/writes"}},

    {"api/client/text", {"registry"}},
    {"api/client/files", {"registry"}},
    {"api/client/formats", {"registry", "registry/identifiers", "api/client/text"}},
    {"api/client/evidence", {"registry", "registry/notes", "registry/rules", "api/http_client", "api/client/files"}},
    {"api/client/runs",
     {"registry", "registry/identifiers", "registry/notes", "registry/rules", "api/http_client", "api/client/evidence",
      "api/client/files", "api/client/formats", "api/client/text"}},
    {"api/client/commands",
     {"registry", "registry/identifiers", "registry/notes", "registry/policy/reading", "api/host", "api/http_client",
      "api/client/evidence", "api/client/files", "api/client/runs", "api/client/text"}},
    {"api/client", {"api/host", "api/client/commands"}},
    {"api/admin",
     {"registry", "registry/commands/clocks", "registry/policy/reading", "sql/fsck", "sql/log", "api/auth", "api/host",
      "api/http_client", "api/server", "api/client/commands"}},

    {"api/synth/random", {"registry"}},
    {"api/synth/world", {"registry", "registry/events", "registry/identifiers", "api/synth/random"}},
    {"api/synth/files", {"registry", "registry/policy", "api/synth/random", "api/synth/world"}},
    {"api/synth", {"registry", "registry/rules", "api/synth/files", "api/synth/random", "api/synth/world"}},
};

}  // namespace ishi::testing
