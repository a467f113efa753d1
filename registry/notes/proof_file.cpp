#include "registry/notes/proof_file.h"

#include <algorithm>

#include "registry/merkle/merkle.h"
#include "registry/notes/note_text.h"

namespace ishi {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ", kIndex = "index ";
constexpr std::size_t kPathHashesMax = 63;

tl::unexpected<Error> malformed_proof(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "proof_format", std::move(detail));
}

}  // namespace

std::string format_proof_file(const ProofFile& file) {
  std::string text(kFirstLine);
  text += '\n';
  if (file.extra) text += std::string(kExtra) + to_base64(*file.extra) + "\n";
  text += std::string(kIndex) + std::to_string(file.index) + "\n";
  for (const Digest& hash : file.proof) text += to_base64(hash) + "\n";
  return text + "\n" + format_note(file.checkpoint);
}

Result<ProofFile> parse_proof_file(std::string_view text) {
  if (text.size() > kProofFileBytesMax)
    return fail(ErrorKind::kTooLarge, "proof_too_large", "a proof file has at most 16 MiB");
  if (take_line(text) != kFirstLine) return malformed_proof("the first line must be " + std::string(kFirstLine));
  ProofFile file;
  auto line = take_line(text);
  if (line && line->starts_with(kExtra)) {
    file.extra = from_base64(line->substr(kExtra.size()));
    if (!file.extra) return malformed_proof("the extra line is not base64");
    line = take_line(text);
  }
  if (!line || !line->starts_with(kIndex)) return malformed_proof("an index line is missing");
  const auto index = parse_decimal(line->substr(kIndex.size()));
  if (!index) return malformed_proof("the index is not a number");
  file.index = *index;
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    const auto hash = from_base64(*line);
    if (!hash || hash->size() != sizeof(Digest) || file.proof.size() == kPathHashesMax) {
      return malformed_proof("between index and empty line there are at most 63 hashes in base64");
    }
    std::copy(hash->begin(), hash->end(), file.proof.emplace_back().begin());
  }
  if (!line) return malformed_proof("the checkpoint is missing");
  auto checkpoint = parse_note(text);
  if (!checkpoint) return fail(checkpoint.error());
  file.checkpoint = *std::move(checkpoint);
  return file;
}

}  // namespace ishi
