// Proof files (C2SP tlog-proof, ".tlog-proof"): that a log holds an entry, for ever checkable offline. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/merkle/sha256.h"
#include "registry/notes/note.h"
#include "registry/result.h"

namespace ishi {

constexpr std::size_t kProofFileBytesMax = 16u * 1024 * 1024;

struct ProofFile {
  std::optional<Bytes> extra;  // what the application needs to rebuild the entry; not to be believed by itself
  std::uint64_t index = 0;
  std::vector<Digest> proof;  // from the leaf's sibling up
  SignedNote checkpoint;
  friend bool operator==(const ProofFile&, const ProofFile&) = default;
};

std::string format_proof_file(const ProofFile& file);
// Errors: kInvalidArgument "proof_format" or those of parse_note, kTooLarge. Takes exactly what format_proof_file
// writes.
Result<ProofFile> parse_proof_file(std::string_view text);

}  // namespace ishi
