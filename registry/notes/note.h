// Signed notes (C2SP signed-note): a text, an empty line, and one line per signature. What a checkpoint travels in.
// Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/notes/note_key.h"
#include "registry/result.h"

namespace ishi {

constexpr std::size_t kNoteBytesMax = 1 << 20;
constexpr std::size_t kNoteSignaturesMax = 100;  // of one note; the standard asks for at least 16

struct SignedNote {
  std::string text;  // ends in a newline
  std::vector<NoteSignature> signatures;
  friend bool operator==(const SignedNote&, const SignedNote&) = default;
};

std::string format_signature_line(const NoteSignature& signature);  // with its newline
// Errors: kInvalidArgument "note_format".
Result<NoteSignature> parse_signature_line(std::string_view line);  // without its newline

// REQUIRES: is_note_text(note.text) and it ends in a newline.
std::string format_note(const SignedNote& note);
// Errors: kInvalidArgument "note_format", kTooLarge "note_too_large". Nothing in it is to be believed yet.
Result<SignedNote> parse_note(std::string_view bytes);

// Which of these keys signed the note: positions in `keys`, ascending. Signatures of other keys are ignored. Errors:
// kUnprocessable "bad_signature" (one that claims to be of a known key is not), "no_known_signature".
Result<std::vector<std::size_t>> verify_note(const SignedNote& note, std::span<const VerifierKey> keys);

}  // namespace ishi
