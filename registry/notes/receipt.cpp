#include "registry/notes/receipt.h"

#include <algorithm>

#include "registry/assert.h"
#include "registry/events/event_codec.h"
#include "registry/merkle/merkle.h"

namespace ishi {
namespace {

constexpr std::string_view kHeading = "ishi-receipt/1\n";

}  // namespace

std::string format_receipt(const StoredLeaf& leaf, std::span<const Digest> proof, const SignedNote& checkpoint) {
  ISHI_ASSERT(leaf.salt.has_value());
  ProofFile file;
  const ByteView heading = as_bytes(kHeading);
  Bytes extra(heading.begin(), heading.end());
  extra.insert(extra.end(), leaf.salt->begin(), leaf.salt->end());
  extra.insert(extra.end(), leaf.event_bytes.begin(), leaf.event_bytes.end());
  file.extra = std::move(extra);
  file.index = leaf.index.value();
  file.proof.assign(proof.begin(), proof.end());
  file.checkpoint = checkpoint;
  return format_proof_file(file);
}

Result<OpenedReceipt> open_receipt(std::string_view text, const WitnessPolicy& policy) {
  const auto file = parse_proof_file(text);
  if (!file) return fail(file.error());
  Salt salt;
  if (!file->extra || !as_text(*file->extra).starts_with(kHeading) ||
      file->extra->size() < kHeading.size() + salt.size()) {
    return fail(ErrorKind::kInvalidArgument, "receipt_format", "the proof opens no event of Ishi");
  }
  const ByteView opened = ByteView(*file->extra).subspan(kHeading.size());
  std::copy_n(opened.begin(), salt.size(), salt.begin());
  const ByteView event_bytes = opened.subspan(salt.size());

  auto trusted = policy.check(file->checkpoint);
  if (!trusted) return fail(trusted.error());
  const Digest leaf_hash = leaf_hash_of(commitment_of(salt, event_bytes));
  const Checkpoint& checkpoint = trusted->checkpoint;
  if (file->index >= checkpoint.size ||
      !check_inclusion(file->index, checkpoint.size, leaf_hash, file->proof, checkpoint.root)) {
    return fail(ErrorKind::kUnprocessable, "not_included",
                "the proof does not lead from this event to the signed root");
  }
  auto event = decode_event(event_bytes);
  if (!event)
    return fail(ErrorKind::kInvalidArgument, "receipt_format", "the event is in the log but cannot be read here");
  return OpenedReceipt{EventIndex(file->index), *std::move(event), *std::move(trusted)};
}

}  // namespace ishi
