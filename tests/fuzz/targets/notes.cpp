// Signed notes, checkpoints, proof files, keys and witness requests: what is accepted is written again as it was.
#include "api/witness/witness_protocol.h"
#include "registry/notes/checkpoint.h"
#include "registry/notes/note_text.h"
#include "registry/notes/proof_file.h"
#include "registry/notes/receipt.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

void check_note(std::string_view input) {
  const auto note = parse_note(input);
  if (!note) return;
  FUZZ_MUST(note->signatures.size() <= kNoteSignaturesMax && is_note_text(note->text));
  FUZZ_MUST(format_note(*note) == input);
}

void check_checkpoint(std::string_view input) {
  const auto checkpoint = parse_checkpoint(input);
  if (!checkpoint) return;
  FUZZ_MUST(is_origin(checkpoint->origin) && format_checkpoint(*checkpoint) == input);
}

void check_proof(std::string_view input) {
  static const WitnessPolicy kTrustsNobody = WitnessPolicy::logs_only({});
  FUZZ_MUST(!open_receipt(input, kTrustsNobody));
  const auto proof = parse_proof_file(input);
  if (proof) FUZZ_MUST(format_proof_file(*proof) == input);
}

void check_add_checkpoint(std::string_view input) {
  const auto request = api::parse_add_checkpoint(input);
  if (!request) return;
  FUZZ_MUST(request->proof.size() <= api::kConsistencyHashesMax && api::format_add_checkpoint(*request) == input);
}

void check_keys(std::string_view input) {
  if (const auto key = VerifierKey::parse(input)) {
    // As others read it, the key's id may have capital letters.
    const auto again = VerifierKey::parse(key->format());
    FUZZ_MUST(again && again->format() == key->format() && key->format().size() == input.size());
  }
  const auto secret = SigningKey::parse(input);
  if (secret)
    FUZZ_MUST(SigningKey::parse(secret->format_secret()) && secret->format_secret().size() == input.size());
  else if (secret.error().code == "skey_format")
    // Whatever was written: fixed words, for a secret must not come back.
    FUZZ_MUST(secret.error() == SigningKey::parse("").error() ||
              secret.error().detail == "the signing key's id does not fit it");
}

const Registration kTarget("notes", [](std::string_view input) {
  switch (take_choice(input, 5)) {
    case 0: return check_note(input);
    case 1: return check_checkpoint(input);
    case 2: return check_proof(input);
    case 3: return check_add_checkpoint(input);
    default: return check_keys(input);
  }
});

}  // namespace
}  // namespace ishi::fuzz
