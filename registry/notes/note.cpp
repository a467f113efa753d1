#include "registry/notes/note.h"

#include "registry/assert.h"
#include "registry/notes/note_text.h"

namespace ishi {
namespace {

constexpr std::string_view kDash = "\u2014 ";
constexpr std::size_t kKeyIdBytes = 4;

tl::unexpected<Error> malformed_note(std::string detail) {
  return fail(ErrorKind::kInvalidArgument, "note_format", std::move(detail));
}

}  // namespace

std::string format_signature_line(const NoteSignature& signature) {
  Bytes blob;
  for (std::size_t i = 0; i < kKeyIdBytes; ++i) {
    blob.push_back(static_cast<std::uint8_t>(signature.key_id >> (24 - 8 * i)));
  }
  blob.insert(blob.end(), signature.signature.begin(), signature.signature.end());
  return std::string(kDash) + signature.name + " " + to_base64(blob) + "\n";
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed_note("a signature line begins with an em dash and a space");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) {
    return malformed_note("a signature line holds a key name and a signature");
  }
  const auto blob = from_base64(line.substr(space + 1));
  if (!blob || blob->size() <= kKeyIdBytes) return malformed_note("a signature is base64 of a key id and more");
  NoteSignature signature;
  signature.name = line.substr(0, space);
  for (std::size_t i = 0; i < kKeyIdBytes; ++i) signature.key_id = (signature.key_id << 8) | (*blob)[i];
  signature.signature.assign(blob->begin() + kKeyIdBytes, blob->end());
  return signature;
}

std::string format_note(const SignedNote& note) {
  ISHI_ASSERT(note.text.ends_with('\n') && is_note_text(note.text));
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) bytes += format_signature_line(signature);
  return bytes;
}

Result<SignedNote> parse_note(std::string_view bytes) {
  if (bytes.size() > kNoteBytesMax) return fail(ErrorKind::kTooLarge, "note_too_large", "a note has at most 1 MiB");
  if (!is_note_text(bytes)) return malformed_note("a note is UTF-8 without control characters");
  const std::size_t gap = bytes.rfind("\n\n");
  if (gap == std::string_view::npos || !bytes.ends_with('\n')) {
    return malformed_note("a note is a text, an empty line and signature lines");
  }
  SignedNote note;
  note.text = bytes.substr(0, gap + 1);
  std::string_view rest = bytes.substr(gap + 2);
  while (const auto line = take_line(rest)) {
    if (note.signatures.size() == kNoteSignaturesMax) {
      return fail(ErrorKind::kTooLarge, "note_too_large", "a note has at most 100 signatures");
    }
    auto signature = parse_signature_line(*line);
    if (!signature) return fail(signature.error());
    note.signatures.push_back(*std::move(signature));
  }
  if (note.signatures.empty()) return malformed_note("the note has no signature");
  return note;
}

Result<std::vector<std::size_t>> verify_note(const SignedNote& note, std::span<const VerifierKey> keys) {
  std::vector<std::size_t> signers;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    bool signed_by_it = false;
    for (const NoteSignature& signature : note.signatures) {
      if (!keys[i].matches(signature)) continue;
      if (!keys[i].verify(note.text, signature)) {
        return fail(ErrorKind::kUnprocessable, "bad_signature",
                    "the signature in the name of " + keys[i].name() + " is not of that key over this text");
      }
      signed_by_it = true;
    }
    if (signed_by_it) signers.push_back(i);
  }
  if (signers.empty()) return fail(ErrorKind::kUnprocessable, "no_known_signature", "none of the known keys signed it");
  return signers;
}

}  // namespace ishi
