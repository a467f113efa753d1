// A receipt: that an event is in the registry's log, and what it says. It is a proof file whose extra data open the
// commitment:
//   "ishi-receipt/1" newline, 16 bytes of salt, the canonical bytes of the event
// With it and the log's public key anybody can recompute all: salt and bytes give the commitment, that gives the leaf
// hash, the proof leads to the root, the root is signed. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "registry/events/event.h"
#include "registry/merkle/leaf.h"
#include "registry/notes/note.h"
#include "registry/notes/proof_file.h"
#include "registry/notes/witness_policy.h"
#include "registry/result.h"

namespace ishi {

// REQUIRES: leaf.salt. The caller has checked that proof and checkpoint fit.
std::string format_receipt(const StoredLeaf& leaf, std::span<const Digest> proof, const SignedNote& checkpoint);

struct OpenedReceipt {
  EventIndex index;  // the receipt number
  Event event;
  TrustedCheckpoint trusted;
};
// Believes nothing that it hasn't recomputed. Errors: those of parse_proof_file and WitnessPolicy::check;
// kInvalidArgument "receipt_format" (no or other extra data); kUnprocessable "not_included" (the proof does not lead
// from this event to that root).
Result<OpenedReceipt> open_receipt(std::string_view text, const WitnessPolicy& policy);

}  // namespace ishi
