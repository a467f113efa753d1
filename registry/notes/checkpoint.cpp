#include "registry/notes/checkpoint.h"

#include <algorithm>

#include "registry/assert.h"
#include "registry/merkle/merkle.h"
#include "registry/notes/note_text.h"

namespace ishi {
namespace {

tl::unexpected<Error> malformed_checkpoint(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "checkpoint_format", std::move(detail));
}

}  // namespace

bool is_origin(std::string_view origin) {
  return !origin.empty() && origin.find('\n') == std::string_view::npos && is_note_text(origin);
}

std::string format_checkpoint(const Checkpoint& checkpoint) {
  ISHI_ASSERT(is_origin(checkpoint.origin) && checkpoint.size <= kTreeSizeMax);
  std::string text =
      checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + to_base64(checkpoint.root) + "\n";
  for (const std::string& extension : checkpoint.extensions) {
    ISHI_ASSERT(is_origin(extension));
    text += extension + "\n";
  }
  return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  if (!is_note_text(text) || !text.ends_with('\n')) return malformed_checkpoint("a checkpoint is lines of UTF-8");
  Checkpoint checkpoint;
  const auto origin = take_line(text);
  const auto digits = take_line(text);
  const auto encoded = take_line(text);
  if (!origin || !digits || !encoded) return malformed_checkpoint("a checkpoint has three lines: origin, size, root");
  if (!is_origin(*origin)) return malformed_checkpoint("the first line names the log");
  checkpoint.origin = *origin;
  const auto size = parse_decimal(*digits);
  if (!size || *size > kTreeSizeMax) return malformed_checkpoint("the second line is the size in decimal");
  checkpoint.size = *size;
  const auto root = from_base64(*encoded);
  if (!root || root->size() != checkpoint.root.size())
    return malformed_checkpoint("the third line is the root in base64");
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  if (checkpoint.size == 0 && checkpoint.root != empty_root())
    return malformed_checkpoint("an empty log has one root only");
  while (const auto line = take_line(text)) {
    if (line->empty()) return malformed_checkpoint("a checkpoint has no empty lines");
    checkpoint.extensions.emplace_back(*line);
  }
  return checkpoint;
}

Result<Checkpoint> open_checkpoint(const SignedNote& note, std::span<const VerifierKey> keys) {
  auto checkpoint = parse_checkpoint(note.text);
  if (!checkpoint) return checkpoint;
  std::vector<VerifierKey> named;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(named), [&](const VerifierKey& key) {
    return key.type() == NoteKeyType::kSignature && key.name() == checkpoint->origin;
  });
  const auto signers = verify_note(note, named);
  if (!signers) return fail(signers.error());
  return checkpoint;
}

}  // namespace ishi
