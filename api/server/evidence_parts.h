// EvidenceParts: the desks and threads that make answers provable, when the configuration names a key. Without one
// the registry works and signs nothing: /log and receipts are then not there, and a restored backup is not noticed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/log/checkpoint_signer.h"
#include "api/log/log_desk.h"
#include "api/log/receipt_desk.h"
#include "api/server/config.h"

namespace ishi::api {

class EvidenceParts {
 public:
  // `evidence` and `store` outlive this. Errors: those of read_key_file; kInvalidArgument "witness_invalid".
  static Result<std::unique_ptr<EvidenceParts>> create(const Config& config, const Evidence& evidence, CheckpointStore& store,
                                                       ReceiptDesk::BookSource book, CheckpointSigner::Report report);
  void add_routes(Router& router) const { add_log_routes(router, log_, receipts_); }
  void start() { signer_.start(); }
  void stop() { signer_.stop(); }
  CheckpointSigner::Figures figures() const { return signer_.figures(); }
  const std::vector<VerifierKey>& keys() const { return log_.keys(); }
  std::optional<std::string> last_signed() const { return signer_.last_signed(); }  // as a note
  std::string_view objection() const { return signer_.objection(); }

 private:
  EvidenceParts(SignerOptions options, std::vector<std::unique_ptr<WitnessCourier>> couriers, const Evidence& evidence,
                CheckpointStore& store, ReceiptDesk::BookSource book, CheckpointSigner::Report report,
                std::size_t tile_memory_bytes_max);
  LogDesk log_;
  ReceiptDesk receipts_;
  CheckpointSigner signer_;
};

}  // namespace ishi::api
