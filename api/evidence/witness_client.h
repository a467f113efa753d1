// WitnessClient: offers checkpoints to one witness and brings its cosignatures back. It learns what the witness saw
// last by asking (409), and proves the growth since then. One thread.
#pragma once

#include <memory>

#include "api/evidence/checkpoint_publisher.h"
#include "api/evidence/witness_transport.h"

namespace ishi::api {

class WitnessClient {
 public:
  // REQUIRES: witness.type() == kCosignature. `evidence` outlives the client.
  WitnessClient(VerifierKey witness, std::unique_ptr<WitnessTransport> transport, const Evidence& evidence);
  const VerifierKey& witness() const { return witness_; }
  // Errors: kUnavailable (no answer), kConflict "witness_ahead" (it says that it saw a larger tree: either it errs or
  // our log was set back), kUnprocessable "witness_refused" (any other answer), "witness_signature" (not its own).
  Result<NoteSignature> offer(const Signed& head);

 private:
  Result<WitnessReply> send(const Signed& head);
  Result<NoteSignature> cosignature_in(const Signed& head, std::string_view body) const;

  const VerifierKey witness_;
  const std::unique_ptr<WitnessTransport> transport_;
  const Evidence& evidence_;
  std::uint64_t seen_ = 0;  // by the witness, as far as we know
};

}  // namespace ishi::api
