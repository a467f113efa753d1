// WriteRun: notices, objections, withdrawals, consents, links, splits, deaths and visits, from a file in batches or a
// single one. Sending again is safe: the key of a batch follows from the file and its place in it. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_client/http_client.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi::client {

struct WriteOptions {
  static constexpr std::uint64_t kLinesPerBatch = 50'000;
  static constexpr std::size_t kBytesPerBatch = 16u << 20;
  std::string kind;                   // last segment of the path: "notices"
  std::string source;                 // Ishi-Source of a feed; empty = none
  std::uint64_t source_sequence = 0;  // of the first batch; the next ones count on
  std::string key;                    // Idempotency-Key; empty = made from the file (or at random for a single one)
  bool atomic = false;                // each batch whole or not at all
};

struct WriteLine {
  std::uint64_t line = 0;  // of the file
  std::string status, code, field, detail, receipt;
  std::vector<std::string> flags;  // of an accepted line: what the server noticed, as codes: check_digit
};

struct WriteReport {
  static constexpr std::size_t kLinesMax = 1000;
  std::string position;
  std::uint64_t accepted = 0, rejected = 0, remarked = 0, batches = 0;
  std::vector<WriteLine> rejected_lines;  // the first kLinesMax
  std::vector<WriteLine> remarked_lines;  // accepted, with something to say; the first kLinesMax
  std::string single_receipt;             // of a single write
  std::vector<EventIndex> receipts;       // of the accepted lines, in order; the first kReceiptsMax and one more
};

// NDJSON or CSV (by its first byte: { is NDJSON), UTF-8. A closing count (#TRAILER,N or {"trailer":…}) is compared
// before anything is sent. With a source each batch says how many records it holds, and a file without any is sent as
// an empty batch. Errors: kNotFound, kTooLarge (a line beyond 1 MB), kInvalidArgument trailer_mismatch, the server's
// refusal of a batch as a whole; `report` then tells how far it came.
Result<void> write_file(const std::string& path, const WriteOptions& options, HttpClient& client,
                        const Patience& patience, WriteReport& report);
Result<WriteReport> write_single(std::string_view json_object, const WriteOptions& options, HttpClient& client,
                                 const Patience& patience);

}  // namespace ishi::client
