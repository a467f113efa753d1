// EvidenceParts: the handlers and threads that make answers provable, when the configuration names a key. Without a
// key the registry works and signs nothing: there is no /log and no receipt, and a restored backup is not noticed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/evidence/checkpoint_signer.h"
#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "api/server/config.h"

namespace ishi::api {

class EvidenceParts {
 public:
  // `evidence`, `store` and `confirmer` (null: nothing to fail over to) outlive this. Errors: those of read_key_file;
  // kInvalidArgument "witness_invalid".
  static Result<std::unique_ptr<EvidenceParts>> create(const Config& config, const Evidence& evidence,
                                                       CheckpointStore& store, ReceiptHandler::BookSource book,
                                                       CheckpointSigner::Report report, const ReadConfirmer* confirmer);
  void add_routes(Router& router) const { add_log_routes(router, log_, receipts_); }
  void start() { signer_.start(); }
  void stop() { signer_.stop(); }
  CheckpointSigner::Stats stats() const { return signer_.stats(); }
  const std::vector<VerifierKey>& keys() const { return log_.keys(); }
  std::optional<std::string> last_signed() const { return signer_.last_signed(); }  // as a note
  std::string_view refusal_reason() const { return signer_.refusal_reason(); }

 private:
  EvidenceParts(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> witnesses, const Evidence& evidence,
                CheckpointStore& store, ReceiptHandler::BookSource book, CheckpointSigner::Report report,
                std::size_t tile_memory_bytes_max);
  LogHandler log_;
  ReceiptHandler receipts_;
  CheckpointSigner signer_;
};

}  // namespace ishi::api
