// LogHandler: the public face of the log (C2SP tlog-tiles under the prefix /log), and proofs as JSON. It answers only
// for what a signed checkpoint covers. Nothing here names a person: leaves are commitments.
//   GET /log/checkpoint                     the last signed checkpoint with its cosignatures
//   GET /log/vkey                           the log's keys, newest first, one a line
//   GET /log/tile/<L>/<N>[.p/<W>]           hashes; immutable
//   GET /log/tile/entries/<N>[.p/<W>]       commitments; immutable
//   GET /v1/proofs/inclusion?position=P|index=I[&size=S]     the event at index I = P - 1
//   GET /v1/proofs/consistency?from=A[&to=B]
// Any thread.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "api/evidence/checkpoint_publisher.h"
#include "api/evidence/tile_cache.h"
#include "api/http/router.h"
#include "registry/ports/checkpoint_store.h"
#include "registry/ports/evidence.h"

namespace ishi::api {

class LogHandler {
 public:
  static constexpr std::size_t kTileMemoryBytesMax = 64 * 1024 * 1024;

  // All outlive the handler. `keys`: of the log, newest first. Full tiles are kept in `tile_memory_bytes_max` of
  // memory.
  LogHandler(const Evidence& evidence, const CheckpointStore& store, std::vector<VerifierKey> keys,
             std::size_t tile_memory_bytes_max = kTileMemoryBytesMax)
      : evidence_(evidence), store_(store), keys_(std::move(keys)), tiles_(tile_memory_bytes_max) {}

  Response checkpoint(const Request& request) const;
  Response vkey(const Request& request) const;
  Response tile(const Request& request) const;
  Response inclusion(const Request& request) const;
  Response consistency(const Request& request) const;

  const Evidence& evidence() const { return evidence_; }
  const std::vector<VerifierKey>& keys() const { return keys_; }
  // The last signed checkpoint. Errors: kNotFreshYet "receipt_not_ready" before the first; kCorrupt, kUnavailable.
  Result<Signed> latest() const;

 private:
  Result<std::string> tile_bytes(std::string_view path) const;
  Result<std::string> hashes_bytes(const Tile& tile) const;
  Result<void> check_covered(const Tile& tile) const;  // by a signed checkpoint
  Result<std::string> entries_bytes(const Tile& tile) const;
  // What lies beyond the checkpoint is not there, or not signed yet.
  Error not_covered(std::uint64_t size) const;

  const Evidence& evidence_;
  const CheckpointStore& store_;
  const std::vector<VerifierKey> keys_;
  mutable TileCache tiles_;
  mutable std::atomic<std::uint64_t> signed_size_{0};  // at least so much is signed; the log only grows
};

class ReceiptHandler;
// Both handlers outlive the router.
void add_log_routes(Router& router, const LogHandler& log, const ReceiptHandler& receipts);

}  // namespace ishi::api
