// The log on PostgreSQL. Appends go through one thread that takes all that wait into one transaction (group commit);
// reads go through a pool. Construction connects to nothing and cannot fail: a database that is away is an error of
// each call, and its return is noticed by the next one.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "registry/ports/event_log.h"
#include "registry/ports/evidence.h"
#include "registry/ports/intake_books.h"

namespace ishi::sql {

// A primary's head, and which server said it: one server since its start, as long as it is a primary.
struct PrimaryHead {
  Head head;
  std::string server;
};

struct PgLogOptions {
  std::string connection_string;      // libpq's; the primary
  std::string role = "ishi_service";  // taken on after connecting
  std::size_t read_sessions_max = 4;
  std::size_t lookup_sessions_max = 2;  // of their own, so that no long reading holds up a strict answer
  int lock_wait_ms_max = 5'000;         // for the log's lock, when another server holds it
  int statement_ms_max = 60'000;
  // How long a database may say nothing before the connection is given up. A frozen one would else hold every caller.
  int lookup_ms_max = 2'000;    // the head, a stored answer, the policy in force: what strict answers wait for
  int silence_ms_max = 10'000;  // any other reading; appends have append_wait_max
  std::chrono::milliseconds session_wait_max{2'000};  // for a free session
  std::chrono::milliseconds append_wait_max{30'000};  // for one append, all in all
  std::size_t waiting_requests_max = 10'000;
  std::size_t waiting_bytes_max = 256u * 1024 * 1024;
  std::size_t group_events_max = 20'000;  // of one transaction, unless a single request has more
  // As of SessionOptions: servers of an older timeline are passed over, and sessions with them are given up.
  std::shared_ptr<const std::atomic<std::uint32_t>> timeline_min = nullptr;
  // By how much `clock` and the database's may differ; by more, nothing is appended (kUnavailable "clock_differs"), and
  // nothing is registered later than so long after the database's time. 0: not compared.
  std::chrono::milliseconds clock_difference_max{0};
  // Called before what is committed is acknowledged, with the end of the log: on the writer's thread. After an error
  // the callers hear kOutcomeUnknown. last_commitment may be zeros. Empty: nobody keeps it.
  std::function<Result<void>(const Head&)> keep_acknowledged = {};
};

// Any thread. The destructor finishes the appends that wait; when the database hangs, each for append_wait_max.
class PgLog : public EventLog, public Evidence, public IntakeBooks {
 public:
  // As head() and head_at_once(), and from which server.
  virtual Result<PrimaryHead> primary_head() const = 0;
  virtual Result<PrimaryHead> primary_head_at_once() const = 0;
};

// `clock` outlives the log.
std::unique_ptr<PgLog> make_pg_log(PgLogOptions options, const Clock& clock);

}  // namespace ishi::sql
