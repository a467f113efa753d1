// Writes: the door through which facts enter. POST /v1/{notices, objections, withdrawals, consents, links, splits,
// deaths, visits, permits}: NDJSON or CSV, one verdict per line, one append per request. Any thread; calls block for
// the append.
//
// What 200 means: every line reported as accepted is durable at `position`. What 422 means: nothing was written, not
// even the key or the sequence number; mend and send again. Other problems (RFC 9457): invalid_parameter, bad_header,
// csv_header, too_many_lines, trailer_mismatch, and what the log and the status source say (409, 503).
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "api/auth/principal.h"
#include "api/messages/message.h"
#include "api/writes/kinds/line_handler.h"
#include "registry/ports/event_log.h"
#include "registry/ports/intake_books.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

struct WritePorts {
  EventLog& log;
  const StatusSource& status;
  const Tokenizer& tokenizer;
  const Clock& clock;
  IntakeBooks& intake;  // what each source delivered, and what could not be written
};
struct WriteLimits {
  std::size_t lines_max = 200'000;            // per request; send more in several
  std::chrono::milliseconds wait_max{2'000};  // for the strict view against which lines are judged
};

class Writes {
 public:
  explicit Writes(WritePorts ports, WriteLimits limits = {}) : ports_(ports), limits_(limits) {}

  Response handle(const WriteKind& kind, const Request& request, const Principal& principal) const;

 private:
  WritePorts ports_;
  WriteLimits limits_;
};

// For the route table.
std::vector<std::string> write_query_parameters();  // atomic, results
std::vector<std::string> write_media_types();

}  // namespace ishi::api
